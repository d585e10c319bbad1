package io.github.qmpreactive.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A migration of QEMU did not end as it was to, or there is none. The session stays open. */
public abstract sealed class MigrationError extends QmpError
        permits MigrationFailedError, MigrationCancelledError, MigrationNotFoundError, MigrationPostcopyError {

    private static final long serialVersionUID = 1L;

    /** The run state of the source, empty text if unknown. */
    private final String sourceState;

    MigrationError(String message, String sourceState, @Nullable Throwable cause) {
        super(message, cause);
        this.sourceState = sourceState;
    }

    /**
     * The run state of the source after the end, as {@code query-status} tells it.
     *
     * @return {@code "running"} if the guest runs on there; {@code "postmigrate"} if the source has handed it over: {@code
     *     cont} there would run it, also if it runs at the destination, too; {@code "finish-migrate"} in post-copy, where
     *     {@code cont} is refused; {@code "shutdown"} and {@code "internal-error"}, where it is refused before {@code
     *     system_reset}; {@code "paused"}, {@code "prelaunch"} and others if it was so before: {@code cont} would
     *     run it; empty if it is not known
     */
    public Optional<String> sourceState() {
        return sourceState.isEmpty() ? Optional.empty() : Optional.of(sourceState);
    }
}
