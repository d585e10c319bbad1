package io.github.qmpreactive.test.junit;

/** What {@link QmpGuards} looks at. */
public enum Guard {
    /** Errors and values that reached Reactor's {@code Hooks.onErrorDropped} and {@code Hooks.onNextDropped}. */
    DROPPED_SIGNALS(
            "Dropped by Reactor",
            "A signal came when it had no subscriber any more: see where it comes from in the stack trace, and end that first, or"
                    + " handle its errors; a test that means it asks with StepVerifier's verifyThenAssertThat()"),

    /**
     * TCP and UNIX sockets that clients and listeners of this library and the fakes of the kit have opened, and connections
     * that a session has taken over. Not those of others: web servers, pools of HTTP connections, the JVM itself.
     */
    SOCKETS(
            "Sockets left open",
            "Wait for the end of what has opened them: session.disconnect().block(), listener.close().block(), or"
                    + " try-with-resources with RunningFakeQmpServer and QemuProcess"),

    /** Processes that this JVM has started. */
    PROCESSES(
            "Processes left running",
            "Close each QemuProcess (try-with-resources), or take it as a parameter of a @Qemu test, which closes it");

    private final String finding;
    private final String remedy;

    Guard(String finding, String remedy) {
        this.finding = finding;
        this.remedy = remedy;
    }

    /** What a failed test says. */
    String report(Iterable<String> found) {
        return finding + ":\n  " + String.join("\n  ", found) + "\n" + remedy
                + ". To leave this guard out: @QmpGuards(except = Guard." + name() + ")";
    }
}
