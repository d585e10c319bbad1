package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/**
 * An established session was ended without having been asked to. Whether the kernel reported an end of file or a
 * reset says nothing about what became of QEMU: a killed one shows as either.
 */
public final class ConnectionLostError extends QmpError {

    /** How the end showed itself. Minor releases may add others: a switch needs a default. */
    public enum How {
        /** A clean end of file, between two messages. */
        END_OF_FILE,
        /** The connection was reset, or failed otherwise; the cause tells. */
        RESET,
        /** The connection ended in the middle of a message. */
        INSIDE_MESSAGE,
        /** It was closed on this side by something other than {@code disconnect()}: its event loop was shut down, say. */
        CLOSED_LOCALLY,
        /** Nothing was received any more, not even an answer to the question of {@code QmpClient.probe}. */
        SILENT
    }

    private static final long serialVersionUID = 1L;

    /** How the end showed itself. */
    private final How how;

    /**
     * An error that says how the connection ended.
     *
     * @param how how the end showed itself
     * @param message what happened
     * @param cause what the transport reported, if anything
     */
    public ConnectionLostError(How how, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.how = how;
    }

    /**
     * How the end showed itself.
     *
     * @return how
     */
    public How how() {
        return how;
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
