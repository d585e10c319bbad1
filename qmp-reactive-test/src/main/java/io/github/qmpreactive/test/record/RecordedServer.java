package io.github.qmpreactive.test.record;

/** What a client talks to while a conversation is recorded or replayed. To be closed at the end of the test. */
public final class RecordedServer implements AutoCloseable {

    private final String address;
    private final Runnable closing;

    RecordedServer(String address, Runnable closing) {
        this.address = address;
        this.closing = closing;
    }

    /** {@return where it listens: {@code unix:/path}, as {@code QmpClient.address} takes it} */
    public String address() {
        return address;
    }

    /**
     * Closes it, 10 s at most; blocks. A recorder closes its file, and fails if that is not what it should be; a replay
     * fails if it was sent anything that was not recorded, or not all that was.
     */
    @Override
    public void close() {
        closing.run();
    }

    /** For people: where it listens. */
    @Override
    public String toString() {
        return "recorded server at " + address;
    }
}
