package io.github.qmpreactive.error;

/** One message of the server is larger than {@code maxMessageSize}; the session ends, or does not come about. */
public final class MessageTooLargeError extends ProtocolError {

    private static final long serialVersionUID = 1L;

    /** The limit in bytes. */
    private final int limit;

    /**
     * An error with the limit.
     *
     * @param message what happened, and which option raises the limit
     * @param limit the limit in bytes
     */
    public MessageTooLargeError(String message, int limit) {
        super(message, null);
        this.limit = limit;
    }

    /**
     * The limit that was passed.
     *
     * @return the limit in bytes
     */
    public int limit() {
        return limit;
    }
}
