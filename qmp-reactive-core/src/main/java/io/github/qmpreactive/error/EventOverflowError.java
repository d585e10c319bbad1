package io.github.qmpreactive.error;

/**
 * A subscriber to events fell behind by more than its buffer holds. It got the events in the buffer, then this error.
 * The session stays open, and its other subscribers are not affected.
 */
public final class EventOverflowError extends QmpError {

    private static final long serialVersionUID = 1L;

    /** A number of events. */
    private final int bufferSize;

    /**
     * An error with the size of the buffer.
     *
     * @param message what happened, and what can be done
     * @param bufferSize a number of events
     */
    public EventOverflowError(String message, int bufferSize) {
        super(message, null);
        this.bufferSize = bufferSize;
    }

    /**
     * The size of the buffer that was full.
     *
     * @return a number of events
     */
    public int bufferSize() {
        return bufferSize;
    }
}
