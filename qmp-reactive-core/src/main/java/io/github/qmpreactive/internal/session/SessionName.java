package io.github.qmpreactive.internal.session;

/** What a session is called in its logs and errors. It may change; read and set on any thread. */
final class SessionName {

    private volatile String prefix;

    SessionName(String name) {
        prefix = prefixOf(name);
    }

    String get() {
        String current = prefix;
        return current.substring(1, current.length() - 2);
    }

    /** What each line of the log and each message of an error begins with. */
    String prefix() {
        return prefix;
    }

    void set(String name) {
        prefix = prefixOf(name);
    }

    private static String prefixOf(String name) {
        return "[" + name + "] ";
    }
}
