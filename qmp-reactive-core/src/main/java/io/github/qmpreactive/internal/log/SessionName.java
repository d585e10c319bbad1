package io.github.qmpreactive.internal.log;

/** What a session is called in its logs and errors. It may change; read and set on any thread. */
public final class SessionName {

    private volatile String prefix;

    public SessionName(String name) {
        prefix = prefixOf(name);
    }

    public String get() {
        String current = prefix;
        return current.substring(1, current.length() - 2);
    }

    /** What each line of the log and each message of an error begins with. */
    public String prefix() {
        return prefix;
    }

    public void set(String name) {
        prefix = prefixOf(name);
    }

    private static String prefixOf(String name) {
        return "[" + name + "] ";
    }
}
