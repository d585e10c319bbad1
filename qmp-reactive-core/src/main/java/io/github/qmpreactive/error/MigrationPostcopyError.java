package io.github.qmpreactive.error;

/**
 * A migration in post-copy cannot be cancelled: the guest runs at the destination, and part of its memory is at the source. QEMU
 * before 10.0 would destroy the guest. Nothing was sent, and the migration goes on.
 */
public final class MigrationPostcopyError extends MigrationError {

    private static final long serialVersionUID = 1L;

    /**
     * The error of one migration.
     *
     * @param message what was refused
     */
    public MigrationPostcopyError(String message) {
        super(message, "", null);
    }
}
