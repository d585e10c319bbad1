package io.github.qmpreactive.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An established session ended without an orderly end, as {@code QmpSession} and {@code QgaSession} define it. An end
 * of file or a reset does not show what happened to QEMU: after a kill the kernel reports either.
 */
public final class ConnectionLostError extends QmpError {

    /** How the end was detected. Minor releases may add others: a switch needs a default. */
    public enum How {
        /** A clean end of file, between two messages. */
        END_OF_FILE,
        /** The connection was reset, or failed otherwise; see the cause. */
        RESET,
        /** The connection ended in the middle of a message. */
        INSIDE_MESSAGE,
        /**
         * It was closed on this side by something other than {@code disconnect()}, such as the shutdown of its event
         * loop.
         */
        CLOSED_LOCALLY,
        /** Nothing was received any more, not even a reply to the query of {@code QmpClient.probe}. */
        SILENT
    }

    private static final long serialVersionUID = 1L;

    /** How the end was detected. */
    private final How how;
    /** How long nothing had been received. */
    private final Duration silence;

    /**
     * An error that says how the connection ended.
     *
     * @param how how the end was detected
     * @param message what happened
     * @param cause what the transport reported, if anything
     */
    public ConnectionLostError(How how, String message, @Nullable Throwable cause) {
        this(how, message, Duration.ZERO, cause);
    }

    /**
     * An error that says how the connection ended, and how long nothing had been received.
     *
     * @param how how the end was detected
     * @param message what happened
     * @param silence how long nothing had been received
     * @param cause what the transport reported, if anything
     */
    public ConnectionLostError(How how, String message, Duration silence, @Nullable Throwable cause) {
        super(message, cause);
        this.how = how;
        this.silence = silence;
    }

    /**
     * How the end was detected.
     *
     * @return how
     */
    public How how() {
        return how;
    }

    /**
     * How long nothing had been received when the end was detected, so that events may be missing since then.
     *
     * @return with {@link How#SILENT} that time, else zero
     */
    public Duration silence() {
        return silence;
    }

    @Override
    public boolean endsSession() {
        return true;
    }

    @Override
    public boolean isTemporary() {
        return true;
    }
}
