package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/**
 * The file systems of the guest may still be frozen, and then every program that writes to them hangs. Thaw them: {@code
 * QgaGuest.thaw()} on a new session, {@code fsfreeze -u} in the guest, or a reset of the machine. The error of the work that
 * was done meanwhile, if there is one, is {@linkplain Throwable#getSuppressed() suppressed}.
 */
public final class GuestMayBeFrozenError extends QmpError {

    private static final long serialVersionUID = 1L;

    /**
     * An error with the reason.
     *
     * @param message what was tried, and what to do
     * @param cause why the last attempt to thaw failed, or why freezing did; null if the agent thawed
     *     fewer file systems than it froze
     */
    public GuestMayBeFrozenError(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean endsSession() {
        return getCause() instanceof QmpError cause && cause.endsSession();
    }

    @Override
    public boolean isTemporary() {
        return getCause() instanceof QmpError cause && cause.isTemporary();
    }
}
