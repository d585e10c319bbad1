package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/** A job of QEMU did not end as it was to, or is not known to QEMU. The session stays open. */
public abstract sealed class JobError extends QmpError permits JobFailedError, JobCancelledError, JobNotFoundError {

    private static final long serialVersionUID = 1L;

    /** The id of the job. */
    private final String job;

    JobError(String message, String job, @Nullable Throwable cause) {
        super(message, cause);
        this.job = job;
    }

    /**
     * The job. Of the jobs of a transaction it is the one that the error is of.
     *
     * @return its id
     */
    public String job() {
        return job;
    }
}
