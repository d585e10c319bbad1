package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/**
 * What every error of this library is. Its message begins with the name of the session. The JSON that some errors carry
 * is left out when they are serialised.
 */
public abstract class QmpError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * For the subclasses.
     *
     * @param message what happened, and what can be done
     * @param cause what it came from, if anything
     */
    protected QmpError(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
