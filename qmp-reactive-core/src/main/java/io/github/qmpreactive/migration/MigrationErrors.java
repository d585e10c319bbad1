package io.github.qmpreactive.migration;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.MigrationCancelledError;
import io.github.qmpreactive.error.MigrationFailedError;
import org.jspecify.annotations.Nullable;

/** Says how a migration has ended, where the guest is, and what cont would do. */
final class MigrationErrors {

    private MigrationErrors() {}

    static MigrationCancelledError cancelled(QmpSession session, MigrationSide source) {
        return new MigrationCancelledError(
                "[" + session.name() + "] The migration was cancelled. " + whereabouts(source.runState(), false) + ".",
                source.runState());
    }

    static MigrationFailedError failed(QmpSession session, MigrationSide source, @Nullable Destination destination) {
        return failed(session, source, destination, true, destination == null ? null : destination.lost());
    }

    /** Says what to do about a source that waits for a destination that has failed. */
    static MigrationFailedError failed(
            QmpSession session, MigrationSide source, Destination destination, boolean canBeCancelled) {
        return failed(session, source, destination, canBeCancelled, destination.lost());
    }

    static MigrationFailedError failed(
            QmpSession session, MigrationSide source, @Nullable Destination destination, @Nullable Throwable cause) {
        return failed(session, source, destination, true, cause);
    }

    private static MigrationFailedError failed(
            QmpSession session,
            MigrationSide source,
            @Nullable Destination destination,
            boolean canBeCancelled,
            @Nullable Throwable cause) {
        boolean completed = source.is(MigrationSide.COMPLETED);
        String reason = !completed && !source.reason().isEmpty()
                ? source.reason()
                : destination == null ? "" : destination.reason();
        boolean nowhere = destination != null && destination.hasToldFailure();
        String what;
        if (completed) {
            what = nowhere
                    ? "The source has completed, but the destination has not"
                    : "The source has completed, and how the destination has ended is not known";
        } else if (destination != null && destination.hasCompleted()) {
            what = "The source is " + source.status()
                    + ", but the destination has completed and may run the guest, too: stop one of them";
        } else if (destination != null && destination.isLoading()) {
            what = "The source is " + source.status() + (reason.isEmpty() ? "" : " (" + reason + ")")
                    + ", but the destination has not ended and may run the guest, too: end it";
        } else if (!source.isFinal() && !MigrationSide.isPostcopy(source.status())) {
            what = "The source is still in " + source.status() + ", but the destination "
                    + (nowhere ? "has failed" : "cannot be watched any more")
                    + (canBeCancelled
                            ? ": QmpMigration.cancel() ends the migration, and the guest runs on at the source"
                            : ", on the way to post-copy, where QEMU before 10.0 would stop or lose the guest by a cancel:"
                                    + " QmpMigration.cancel() sends none");
        } else if (!source.isFinal() && !nowhere) {
            what = "The migration is in " + source.status()
                    + ", and its destination cannot be watched any more: if that"
                    + " QEMU lives, recover it and follow it on the next session";
        } else {
            what = "The migration failed" + (reason.isEmpty() ? "" : ": " + reason);
        }
        return error(
                session, source, destination, what + ". " + whereabouts(source.runState(), nowhere), reason, cause);
    }

    /**
     * It waits for post-copy, and must not be cancelled. QEMU 5.2 and 7.2 leave the guest in postmigrate by a cancel there, and
     * also by migrate-continue if the destination is gone.
     */
    static MigrationFailedError waits(QmpSession session, @Nullable Destination destination, Throwable cause) {
        String follow =
                "QmpMigration.follow with options, with work that succeeds or without any, lets the migration go on";
        String cancel = "migrate_cancel leaves the guest stopped at the source (postmigrate), where cont would run it";
        String advice;
        if (destination == null || !destination.hasEnded()) {
            advice = follow;
        } else if (destination.hasToldFailure()) {
            advice = "It cannot go on: " + cancel;
        } else {
            advice = "If the QEMU of the destination lives, " + follow + "; else " + cancel;
        }
        return new MigrationFailedError(
                "[" + session.name()
                        + "] The guest is stopped at the source in pre-switchover, on the way to post-copy. The migration was"
                        + " not cancelled, since QEMU before 10.0 would not let the guest run on. " + advice + "."
                        + (destination == null ? "" : " " + destination.report() + "."),
                "",
                "",
                destination == null ? "" : destination.status(),
                cause);
    }

    /** It has moved without the work for which it was to stop before. */
    static MigrationFailedError notStopped(
            QmpSession session, MigrationSide source, @Nullable Destination destination) {
        return error(
                session,
                source,
                destination,
                "The migration has completed without a stop before the switch, so the work of preSwitchover was not done:"
                        + " another client may have unset pause-before-switchover. "
                        + whereabouts(source.runState(), false),
                "",
                destination == null ? null : destination.lost());
    }

    private static MigrationFailedError error(
            QmpSession session,
            MigrationSide source,
            @Nullable Destination destination,
            String what,
            String reason,
            @Nullable Throwable cause) {
        return new MigrationFailedError(
                "[" + session.name() + "] " + what + "."
                        + (destination == null ? "" : " " + destination.report() + "."),
                reason,
                source.runState(),
                destination == null ? "" : destination.status(),
                cause);
    }

    private static String whereabouts(String runState, boolean nowhere) {
        return switch (runState) {
            case "" -> "Whether the source runs is not known";
            case "running" -> "The guest runs on at the source";
            case "postmigrate" ->
                "The guest is stopped at the source (postmigrate). "
                        + (nowhere
                                ? "It runs nowhere: cont at the source would run it"
                                : "If it runs at the destination, cont at the source would run it a second time, on the"
                                        + " same disks");
            case "finish-migrate" -> "The guest is stopped at the source (finish-migrate), and QEMU refuses cont there";
            case "shutdown", "internal-error" ->
                "The guest is stopped at the source (" + runState
                        + "), and QEMU refuses cont there before system_reset";
            default -> "The guest is stopped at the source (" + runState + "): cont there would run it";
        };
    }
}
