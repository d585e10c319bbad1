package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/** How a process in the guest ended is not known. The process may still run. */
public abstract sealed class GuestProcessError extends QmpError
        permits GuestProcessLostError, GuestProcessNotFoundError, GuestStillRunningError {

    private static final long serialVersionUID = 1L;

    /** The id of the process in the guest. */
    private final long pid;

    GuestProcessError(String message, long pid, @Nullable Throwable cause) {
        super(message, cause);
        this.pid = pid;
    }

    /**
     * The process.
     *
     * @return its id in the guest, as {@code guest-exec} returned it
     */
    public long pid() {
        return pid;
    }
}
