package io.github.qmpreactive.error;

/**
 * The agent does not know a process: its result was handed out before, or the agent was restarted since the process began.
 * After a restart of the agent alone the process may still run; after one of the guest it does not.
 */
public final class GuestProcessNotFoundError extends GuestProcessError {

    private static final long serialVersionUID = 1L;

    /**
     * The error of one process.
     *
     * @param message the process, and what the agent says
     * @param pid its id in the guest
     * @param cause the agent's refusal
     */
    public GuestProcessNotFoundError(String message, long pid, ExecuteError cause) {
        super(message, pid, cause);
    }
}
