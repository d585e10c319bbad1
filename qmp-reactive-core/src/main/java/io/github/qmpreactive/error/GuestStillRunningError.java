package io.github.qmpreactive.error;

import java.time.Duration;

/**
 * A process in the guest has not ended within the limit. It runs on, and its result can still be asked for by its {@link
 * #pid() pid}. The agent counts a process as running, too, while its children keep its outputs open.
 */
public final class GuestStillRunningError extends GuestProcessError {

    private static final long serialVersionUID = 1L;

    /** The time that passed. */
    private final Duration limit;

    /**
     * The error of one process.
     *
     * @param message the process and the limit
     * @param pid its id in the guest
     * @param limit the time that passed
     */
    public GuestStillRunningError(String message, long pid, Duration limit) {
        super(message, pid, null);
        this.limit = limit;
    }

    /**
     * The time that passed.
     *
     * @return the limit of the call
     */
    public Duration limit() {
        return limit;
    }
}
