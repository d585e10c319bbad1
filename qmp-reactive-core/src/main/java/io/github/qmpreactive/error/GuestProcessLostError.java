package io.github.qmpreactive.error;

/**
 * The agent did not tell how a process in the guest ended: the session ended, the agent did not answer, or its answer cannot
 * be used. The process may still run. Unless the agent has handed out the result, which it does once, the next session can
 * still get it by the {@link #pid() pid}.
 */
public final class GuestProcessLostError extends GuestProcessError {

    private static final long serialVersionUID = 1L;

    /**
     * The error of one process.
     *
     * @param message the process, and what happened
     * @param pid its id in the guest
     * @param cause why {@code guest-exec-status} failed
     */
    public GuestProcessLostError(String message, long pid, Throwable cause) {
        super(message, pid, cause);
    }

    @Override
    public boolean endsSession() {
        return getCause() instanceof QmpError cause && cause.endsSession();
    }

    @Override
    public boolean isTemporary() {
        return getCause() instanceof QmpError cause && cause.isTemporary();
    }
}
