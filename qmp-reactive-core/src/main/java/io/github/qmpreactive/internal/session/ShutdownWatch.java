package io.github.qmpreactive.internal.session;

/**
 * Whether the end of the connection is to be expected: after {@code quit} was written, or after a SHUTDOWN event with
 * nothing since that says the machine lives on. With {@code -no-shutdown} SHUTDOWN is followed by STOP.
 */
final class ShutdownWatch {

    private boolean quitWritten;
    private boolean shutdownSeen;

    void quitWritten() {
        quitWritten = true;
    }

    void quitRefused() {
        quitWritten = false;
    }

    void event(String name) {
        switch (name) {
            case "SHUTDOWN" -> shutdownSeen = true;
            case "STOP", "RESUME", "RESET" -> shutdownSeen = false;
            default -> {}
        }
    }

    boolean endIsExpected() {
        return quitWritten || shutdownSeen;
    }
}
