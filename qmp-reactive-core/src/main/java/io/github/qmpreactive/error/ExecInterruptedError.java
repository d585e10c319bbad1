package io.github.qmpreactive.error;

/**
 * The session ended before the reply to a command arrived. If the command was written, its outcome is unknown: QEMU may
 * have run it, may be running it, or may never have read it. The library never sends it again.
 */
public final class ExecInterruptedError extends QmpError {

    private static final long serialVersionUID = 1L;

    /** The name of the command. */
    private final String command;
    /** Whether the command may have reached the server. */
    private final boolean written;

    /**
     * Creates the error of one command.
     *
     * @param message the command, and how the session ended
     * @param command the name of the command
     * @param written whether it was handed to the socket
     * @param cause why the session ended; the same for all of its commands
     */
    public ExecInterruptedError(String message, String command, boolean written, QmpError cause) {
        super(message, cause);
        this.command = command;
        this.written = written;
    }

    /**
     * The command that was interrupted.
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

    @Override
    public boolean endsSession() {
        return true;
    }

    @Override
    public boolean isTemporary() {
        return true;
    }
}
