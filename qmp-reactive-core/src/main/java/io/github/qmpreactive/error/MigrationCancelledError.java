package io.github.qmpreactive.error;

/**
 * A migration was cancelled, by this client or another. The source has the guest, as before. If a destination whose session was
 * given may still take it, too, that is a {@link MigrationFailedError}.
 */
public final class MigrationCancelledError extends MigrationError {

    private static final long serialVersionUID = 1L;

    /**
     * The error of one migration.
     *
     * @param message what happened
     * @param sourceState the run state of the source; empty if unknown
     */
    public MigrationCancelledError(String message, String sourceState) {
        super(message, sourceState, null);
    }
}
