package io.github.qmpreactive.migration;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.MigrationCancelledError;
import io.github.qmpreactive.error.MigrationFailedError;
import org.jspecify.annotations.Nullable;

/** Says how a migration has ended, where the guest is, and what cont would do. */
final class MigrationErrors {

    private MigrationErrors() {}

    static MigrationCancelledError cancelled(QmpSession session, MigrationEnd source) {
        return new MigrationCancelledError(
                "[" + session.name() + "] The migration was cancelled. " + whereabouts(source.runState(), false) + ".",
                source.runState());
    }

    static MigrationFailedError failed(QmpSession session, MigrationEnd source, @Nullable Destination destination) {
        boolean completed = source.is(MigrationEnd.COMPLETED);
        String reason = !completed && !source.reason().isEmpty()
                ? source.reason()
                : destination == null ? "" : destination.reason();
        String what = completed
                ? "The source has completed, but the destination has not"
                : destination != null && destination.hasCompleted()
                        ? "The source is " + source.status()
                                + ", but the destination has completed and may run the guest,"
                                + " too: stop one of them"
                        : "The migration failed" + (reason.isEmpty() ? "" : ": " + reason);
        boolean nowhere = destination != null && destination.hasToldFailure();
        return new MigrationFailedError(
                "[" + session.name() + "] " + what + ". " + whereabouts(source.runState(), nowhere) + "."
                        + (destination == null ? "" : " " + destination.report() + "."),
                reason,
                source.runState(),
                destination == null ? "" : destination.status(),
                destination == null ? null : destination.lost());
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
            default -> "The guest is stopped at the source (" + runState + "): cont there would run it";
        };
    }
}
