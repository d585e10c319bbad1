package io.github.qmpreactive.internal.session;

/** What the tests limit commands with. */
final class Settings {

    /** One command in flight, and one that waits. */
    static final CommandSettings ONE_PLACE = new CommandSettings(null, null, 1, 1, 1024);

    private Settings() {}
}
