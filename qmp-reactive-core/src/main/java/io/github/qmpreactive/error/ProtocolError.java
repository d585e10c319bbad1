package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/** The peer violates the protocol. Each subclass says whether the session stays open. */
public abstract class ProtocolError extends QmpError {

    private static final long serialVersionUID = 1L;

    /**
     * For the subclasses.
     *
     * @param message what happened
     * @param cause what it came from, if anything
     */
    protected ProtocolError(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
