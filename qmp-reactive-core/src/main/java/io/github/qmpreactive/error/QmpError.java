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

    /**
     * Whether the session is over.
     *
     * @return true if nothing can be run in the session any more, or none has come about; false if this command, or this
     *     subscription to events, alone has failed
     */
    public boolean endsSession() {
        return false;
    }

    /**
     * Whether {@code connect()} may succeed later although nothing else is changed, as in {@code
     * retryWhen(Retry.backoff(...).filter(...))}. Says nothing of commands: no command is sent twice.
     *
     * @return true for "not there yet" and for a connection that was lost; false for "never", such as a server that is
     *     not a monitor, and for errors that leave the session open
     */
    public boolean isTemporary() {
        return false;
    }
}
