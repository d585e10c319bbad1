package io.github.qmpreactive.error;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A migration has failed, at its source, at its destination or at both. The message tells how each is, and what {@code cont}
 * at the source would do. The client never sends {@code cont}: whether the guest runs elsewhere is the caller's to decide.
 */
public final class MigrationFailedError extends MigrationError {

    private static final long serialVersionUID = 1L;

    private static final Set<String> WITHOUT_GUEST = Set.of("", "none", "setup", "failed", "cancelled");

    /** QEMU's text. */
    private final String reason;

    /** The status of the migration at the destination, empty text if unknown. */
    private final String destinationStatus;

    /**
     * An error with QEMU's reason.
     *
     * @param message the reason, and how both ends are
     * @param reason QEMU's text; empty if it has not told
     * @param sourceState the run state of the source; empty if unknown
     * @param destinationStatus the status of the migration at the destination; empty if unknown
     * @param cause how the session of the destination has ended, if it has
     */
    public MigrationFailedError(
            String message, String reason, String sourceState, String destinationStatus, @Nullable Throwable cause) {
        super(message, sourceState, cause);
        this.reason = reason;
        this.destinationStatus = destinationStatus;
    }

    /**
     * Why it failed.
     *
     * @return QEMU's text, meant for people, for example {@code "Unable to write to socket: Broken pipe"}; empty if QEMU has
     *     not told. A destination that exits prints its reason on its standard error alone
     */
    public String reason() {
        return reason;
    }

    /**
     * Whether all is as before: the guest runs at the source, and the destination neither has it nor may still take it.
     *
     * @return whether the source is {@code running}, and the destination, where its session was given and has not ended, has
     *     not begun to take the guest or has {@code failed}; never if the destination has {@code completed}
     */
    public boolean runsOn() {
        return sourceState().equals(Optional.of("running"))
                && (WITHOUT_GUEST.contains(destinationStatus)
                        || (getCause() != null && !destinationStatus.equals("completed")));
    }

    /**
     * What the destination has told last of the migration, where its session was given. With a cause, that session has
     * ended since then.
     *
     * @return for example {@code "failed"}; {@code "completed"} if the destination has the guest although the source has
     *     failed; empty if it is not known
     */
    public Optional<String> destinationStatus() {
        return destinationStatus.isEmpty() ? Optional.empty() : Optional.of(destinationStatus);
    }
}
