package io.github.qmpreactive.internal.commands;

/** What the tests limit commands with. */
public final class Settings {

    /** One command in flight, and one that waits. */
    public static final CommandSettings ONE_PLACE = new CommandSettings(null, null, 1, 1, 1024);

    private Settings() {}
}
