package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/**
 * There is no session, and the supervisor does not open one: it was not started, was stopped, or gave up. If it gave up, the
 * cause is the error that was permanent.
 */
public final class SupervisorStoppedError extends QmpError {

    private static final long serialVersionUID = 1L;

    /**
     * The error of one caller.
     *
     * @param message what happened, and what can be done
     * @param cause why the supervisor gave up, if it did
     */
    public SupervisorStoppedError(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * Whether the supervisor gave up, rather than was stopped.
     *
     * @return whether there is a cause
     */
    public boolean hasGivenUp() {
        return getCause() != null;
    }

    @Override
    public boolean endsSession() {
        return true;
    }
}
