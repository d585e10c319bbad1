package io.github.qmpreactive.error;

/**
 * One message of the server is larger than {@code maxMessageSize}, or its tree would take more than eight times that in
 * memory. Of a command: its reply was; the session goes on. Of a session: it was known neither as a reply nor as an event,
 * or had more than 64 times the bytes; the session has ended, or does not come about.
 */
public final class MessageTooLargeError extends ProtocolError {

    private static final long serialVersionUID = 1L;

    /** The limit in bytes. */
    private final int limit;

    /** Whether it was more than the reply to one command. */
    private final boolean endsSession;

    /**
     * An error with the limit.
     *
     * @param message what happened, and which option raises the limit
     * @param limit the limit in bytes
     * @param endsSession whether it was more than the reply to one command
     */
    public MessageTooLargeError(String message, int limit, boolean endsSession) {
        super(message, null);
        this.limit = limit;
        this.endsSession = endsSession;
    }

    /**
     * The limit that was passed.
     *
     * @return the limit in bytes
     */
    public int limit() {
        return limit;
    }

    @Override
    public boolean endsSession() {
        return endsSession;
    }
}
