package io.github.qmpreactive.error;

import java.time.Duration;

/**
 * {@code commandTimeout} passed before the reply arrived. The session stays open; the server may still be running the
 * command, and until its answer comes it takes a place among the commands in flight.
 *
 * <p>{@code executeAndAwait} also fails so if its command has succeeded, but the event does not come within {@code
 * eventTimeout}.
 *
 * <p>A session with the guest agent also fails so a command that was not sent, because the agent had to synchronise
 * first and did not do so within {@code handshakeTimeout}.
 */
public final class ExecTimeoutError extends QmpError {

    private static final long serialVersionUID = 1L;

    /** The name of the command. */
    private final String command;
    /** Whether the command may have reached the server. */
    private final boolean written;
    /** The time that passed. */
    private final Duration timeout;

    /**
     * An error that tells how long was waited.
     *
     * @param message the command and the time
     * @param command the name of the command
     * @param written whether it was handed to the socket
     * @param timeout the time that passed
     */
    public ExecTimeoutError(String message, String command, boolean written, Duration timeout) {
        super(message, null);
        this.command = command;
        this.written = written;
        this.timeout = timeout;
    }

    /**
     * The command that timed out.
     *
     * @return its name
     */
    public String command() {
        return command;
    }

    /**
     * Whether the command may have reached the server.
     *
     * @return true if it was handed to the socket; false if it certainly was never sent
     */
    public boolean isWritten() {
        return written;
    }

    /**
     * The time that passed.
     *
     * @return {@code commandTimeout}, {@code eventTimeout} or the limit of the wait, or the guest agent's
     *     {@code handshakeTimeout}
     */
    public Duration timeout() {
        return timeout;
    }
}
