package io.github.qmpreactive.observe;

/** Why an event did not reach a subscriber. Minor releases may add others: a switch needs a default. */
public enum EventDrop {
    /** The buffer of the subscriber was full, and the oldest event was dropped ({@code EventOverflow.DROP_OLDEST}). */
    OLDEST,
    /** The buffer of the subscriber was full, and the latest event was dropped ({@code EventOverflow.DROP_LATEST}). */
    LATEST,
    /** The buffer of the subscriber was full, and its subscription ended with an error ({@code EventOverflow.ERROR}). */
    SUBSCRIPTION_ENDED,
    /** The event was too large, or could not be read; no subscriber gets it. */
    UNUSABLE
}
