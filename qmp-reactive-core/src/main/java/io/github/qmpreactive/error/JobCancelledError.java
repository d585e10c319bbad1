package io.github.qmpreactive.error;

/**
 * A job of QEMU was cancelled: by any client, by a failure of another job of its transaction, or because QEMU ends. Its
 * work is incomplete. Block nodes that were attached for it stay attached.
 */
public final class JobCancelledError extends JobError {

    private static final long serialVersionUID = 1L;

    /**
     * The error of one job.
     *
     * @param message what happened
     * @param job the id of the job
     */
    public JobCancelledError(String message, String job) {
        super(message, job, null);
    }
}
