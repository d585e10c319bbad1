package io.github.qmpreactive.test;

/** What a test does has no effect since the server was closed; no mistake of a stub's, which may run at that moment. */
final class ServerClosedException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    ServerClosedException(String message) {
        super(message);
    }
}
