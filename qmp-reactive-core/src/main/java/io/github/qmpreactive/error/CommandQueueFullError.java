package io.github.qmpreactive.error;

/** Too many commands wait already, or commands of too many bytes; nothing was sent. */
public final class CommandQueueFullError extends QmpError {

    /** What there is too much of. Minor releases may add others: a switch needs a default. */
    public enum Limit {
        /** As many commands wait as {@code maxQueued} allows. */
        MAX_QUEUED,
        /** With this command, those that wait or are unanswered would have more bytes than {@code maxQueuedBytes} allows. */
        MAX_QUEUED_BYTES
    }

    private static final long serialVersionUID = 2L;

    /** The limit that was reached. */
    private final Limit limit;

    /** The limit of commands. */
    private final int maxQueued;

    /** The limit of bytes. */
    private final long maxQueuedBytes;

    /**
     * An error with the limits.
     *
     * @param message the command, the limit that was reached, and which option raises it
     * @param limit the limit that was reached
     * @param maxQueued the limit of commands
     * @param maxQueuedBytes the limit of bytes
     */
    public CommandQueueFullError(String message, Limit limit, int maxQueued, long maxQueuedBytes) {
        super(message, null);
        this.limit = limit;
        this.maxQueued = maxQueued;
        this.maxQueuedBytes = maxQueuedBytes;
    }

    /**
     * The limit that was reached.
     *
     * @return which of the two
     */
    public Limit limit() {
        return limit;
    }

    /**
     * The client's {@code maxQueued}.
     *
     * @return a number of commands
     */
    public int maxQueued() {
        return maxQueued;
    }

    /**
     * The client's {@code maxQueuedBytes}.
     *
     * @return a number of bytes
     */
    public long maxQueuedBytes() {
        return maxQueuedBytes;
    }
}
