package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/**
 * A descriptor cannot be passed. Neither the descriptor nor its command was sent; the session stays open.
 */
public final class DescriptorPassingError extends QmpError {

    /** Why it cannot be passed. Minor releases may add others: a switch needs a default. */
    public enum Reason {
        /** The connection is not a UNIX socket; only UNIX sockets carry descriptors. */
        NOT_A_UNIX_SOCKET,
        /** The connection is encrypted, and TLS carries bytes alone. */
        TLS,
        /** The connection is a UNIX socket of NIO's, which carries bytes alone: a native transport is needed. */
        NO_NATIVE_TRANSPORT,
        /** The system is not a 64-bit Linux of a kind that is supported. */
        UNSUPPORTED_PLATFORM,
        /** JNA, through which the system is called, is not on the class path. */
        JNA_MISSING,
        /** JNA is on the class path but does not work here; see the cause. */
        JNA_UNUSABLE,
        /** The number is not that of an open descriptor. */
        BAD_DESCRIPTOR,
        /** The file cannot be opened: it is not there, the user may not, or there are too many open files. */
        CANNOT_OPEN,
        /** The system refused to send the descriptor. */
        SEND_REFUSED
    }

    private static final long serialVersionUID = 1L;

    /** Why it cannot be passed. */
    private final Reason reason;

    /**
     * An error with its reason.
     *
     * @param reason why it cannot be passed
     * @param message what was to be passed, what is wrong, and what can be done
     * @param cause what it came from, if anything
     */
    public DescriptorPassingError(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /**
     * Why it cannot be passed.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
