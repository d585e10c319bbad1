package io.github.qmpreactive.error;

/** QEMU has not migrated since it was started, so there is nothing to follow. */
public final class MigrationNotFoundError extends MigrationError {

    private static final long serialVersionUID = 1L;

    /**
     * The error of one QEMU.
     *
     * @param message what was asked for
     */
    public MigrationNotFoundError(String message) {
        super(message, "", null);
    }
}
