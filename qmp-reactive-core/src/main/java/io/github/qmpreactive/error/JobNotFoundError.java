package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/**
 * QEMU knows no job of this id: it never existed, or it has ended and was dismissed, by another client or by itself
 * ({@code auto-dismiss}). In the latter case its outcome is unknown.
 */
public final class JobNotFoundError extends JobError {

    private static final long serialVersionUID = 1L;

    /**
     * The error of one job.
     *
     * @param message what was asked for
     * @param job the id
     * @param cause QEMU's refusal of a command, if that is how it was found out
     */
    public JobNotFoundError(String message, String job, @Nullable Throwable cause) {
        super(message, job, cause);
    }
}
