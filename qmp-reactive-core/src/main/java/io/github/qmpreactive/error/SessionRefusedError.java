package io.github.qmpreactive.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A QEMU that connected to a listener was disconnected, since no supervisor takes its session. */
public final class SessionRefusedError extends QmpError {

    private static final long serialVersionUID = 1L;

    /** The key of the session, if it is known. */
    private final @Nullable String key;

    /**
     * An error with the key.
     *
     * @param message why it is refused, and what can be done
     * @param key the key of the session, if it is known
     * @param cause what it came from, if anything
     */
    public SessionRefusedError(String message, @Nullable String key, @Nullable Throwable cause) {
        super(message, cause);
        this.key = key;
    }

    /**
     * The key of the session.
     *
     * @return the key; empty if it was not found out
     */
    public Optional<String> key() {
        return Optional.ofNullable(key);
    }

    @Override
    public boolean endsSession() {
        return true;
    }
}
