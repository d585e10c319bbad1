package io.github.qmpreactive.observe;

import org.jspecify.annotations.Nullable;

/**
 * How a command has ended for its subscriber.
 *
 * @param outcome what ended it
 * @param written whether it was written to the connection: if so it may take effect, or have taken effect, whatever the
 *     outcome
 * @param errorClass the class of QEMU's error, such as {@code GenericError}, as the server sent it; null unless the
 *     outcome is {@link Outcome#ERROR}
 * @param error what the subscriber is given; null if it is given none. Its message may quote arguments, in which secrets
 *     are hidden as in the log
 */
public record CommandEnd(
        Outcome outcome,
        boolean written,
        @Nullable String errorClass,
        @Nullable Throwable error) {

    /** What ended a command. Minor releases may add others: a switch needs a default. */
    public enum Outcome {
        /** It was answered with success. */
        SUCCESS,
        /** It was answered with an error. */
        ERROR,
        /** Its answer could not be used: too large, or not as the protocol has it. */
        UNUSABLE_REPLY,
        /** Its time limit passed. */
        TIMEOUT,
        /** Its subscriber cancelled. */
        CANCELLED,
        /** The session ended first; for {@code quit} that is what the caller wants. */
        DISCONNECTED,
        /** The client did not send it: the session was not running, the queue full, or the command cannot be encoded. */
        REFUSED
    }
}
