package io.github.qmpreactive.error;

/** {@code maxQueued} commands wait already; nothing was sent. */
public final class CommandQueueFullError extends QmpError {

    private static final long serialVersionUID = 1L;

    /** The limit, a number of commands. */
    private final int maxQueued;

    /**
     * An error with the limit.
     *
     * @param message the command, the limit, and which option raises it
     * @param maxQueued the limit, a number of commands
     */
    public CommandQueueFullError(String message, int maxQueued) {
        super(message, null);
        this.maxQueued = maxQueued;
    }

    /**
     * The limit that was reached.
     *
     * @return a number of commands
     */
    public int maxQueued() {
        return maxQueued;
    }
}
