package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/**
 * The superclass of all errors of this library. The message begins with the name of the session. The JSON that some
 * errors carry is not serialised.
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
     * @return true if the session has ended, or was not opened; false if only this command, or this subscription to
     *     events, has failed
     */
    public boolean endsSession() {
        return false;
    }

    /**
     * Whether a later {@code connect()} may succeed although nothing else is changed, as in
     * {@code retryWhen(Retry.backoff(...).filter(...))}. It does not apply to commands: the library never sends a
     * command twice.
     *
     * @return true if the server was not ready yet, or if the session has ended for a reason that need not affect the
     *     next one, such as a lost connection; false if the cause is lasting, such as a server that is not a monitor,
     *     and for errors that leave the session open. After the end of a session that was open, commands fail with errors of
     *     which this is true, whatever ended it
     */
    public boolean isTemporary() {
        return false;
    }
}
