package io.github.qmpreactive.error;

/**
 * The file systems of the guest were not frozen, or not until the work had ended: what was done meanwhile, such as a
 * snapshot, need not be consistent. They are not frozen any more.
 */
public final class GuestNotFrozenError extends QmpError {

    private static final long serialVersionUID = 1L;

    /**
     * An error with the reason.
     *
     * @param message what happened
     */
    public GuestNotFrozenError(String message) {
        super(message, null);
    }
}
