package io.github.qmpreactive.test.junit;

/** The checks of {@link QmpGuards}. Minor releases may add others: a switch needs a default. */
public enum Guard {
    /** Errors and values that reached Reactor's {@code Hooks.onErrorDropped} and {@code Hooks.onNextDropped}. */
    DROPPED_SIGNALS(
            "Dropped by Reactor",
            "Reactor dropped a signal without a subscriber. The stack trace shows its source: end the source first, or"
                    + " handle its errors; a test that expects the drop uses StepVerifier's verifyThenAssertThat()"),

    /**
     * TCP and UNIX sockets that the clients and listeners of this library and the fakes of the kit opened, and
     * connections that a session took over. Not counted: sockets of web servers, of HTTP connection pools and of the
     * JVM itself.
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
