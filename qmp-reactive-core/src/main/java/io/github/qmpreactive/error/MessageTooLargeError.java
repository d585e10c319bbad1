package io.github.qmpreactive.error;

/**
 * The server sent a message that is larger than {@code maxMessageSize}, or whose JSON tree would take more than eight
 * times that in memory.
 *
 * <ul>
 *   <li>As the error of a command: its reply was too large. The session stays open.
 *   <li>As the error of a session: the message was recognisable neither as a reply nor as an event, or it had more than
 *       64 times the bytes. The session has ended, or was not opened.
 *   <li>An event that is too large causes no error: it is dropped and logged.
 * </ul>
 */
public final class MessageTooLargeError extends ProtocolError {

    private static final long serialVersionUID = 1L;

    /** The limit in bytes. */
    private final int limit;

    /** Whether the session has ended, not only one command failed. */
    private final boolean endsSession;

    /**
     * An error with the limit.
     *
     * @param message what happened, and which option raises the limit
     * @param limit the limit in bytes
     * @param endsSession whether the session has ended, not only one command failed
     */
    public MessageTooLargeError(String message, int limit, boolean endsSession) {
        super(message, null);
        this.limit = limit;
        this.endsSession = endsSession;
    }

    /**
     * The limit that was exceeded.
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
