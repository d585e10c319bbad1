package io.github.qmpreactive.console;

/** There is no session with a machine at this moment. */
final class NotConnected extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotConnected(String machine) {
        super(machine + " is not connected");
    }
}
