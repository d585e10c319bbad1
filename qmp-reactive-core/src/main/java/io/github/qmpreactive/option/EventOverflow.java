package io.github.qmpreactive.option;

/** What happens when the buffer of one subscriber to events is full and another event comes for it. */
public enum EventOverflow {
    /**
     * The subscription ends with {@code EventOverflowError}, after what was buffered. Other subscribers are not affected. The
     * default.
     */
    ERROR,
    /** The oldest buffered event is lost. */
    DROP_OLDEST,
    /** The event that has just come is lost. */
    DROP_LATEST
}
