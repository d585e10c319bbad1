package io.github.qmpreactive.migration;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.internal.operation.Turns;
import org.jspecify.annotations.Nullable;

/**
 * The destination of a migration. By default QEMU exits when it has failed, so the end of its session is a failure, too. Used in
 * turns alone.
 */
final class Destination {

    private final String name;
    private final Turns turns;
    private final MigrationSide end;
    private final Runnable onChange;
    private boolean examining;
    private boolean examined;
    private @Nullable Throwable lost;

    Destination(QmpSession session, Turns turns, Runnable onChange) {
        this.name = session.name();
        this.turns = turns;
        this.end = new MigrationSide(session, turns, this::onStatus, this::onFailure);
        this.onChange = onChange;
    }

    /** The query is what makes it listen without taking the events that are kept for the first subscriber. */
    void begin() {
        end.begin(MigrationCommands.query());
    }

    void look() {
        if (!end.isFinal() && lost == null) {
            end.query();
        }
    }

    private void onStatus() {
        if (hasToldFailure() && !examining) {
            examining = true;
            turns.perform(end.examine(), this::onFailure, () -> {
                examined = true;
                onChange.run();
            });
        }
        onChange.run();
    }

    private void onFailure(Throwable failure) {
        if (lost == null) {
            lost = failure;
            onChange.run();
        }
    }

    boolean isAnswered() {
        return end.isAnswered();
    }

    boolean hasCompleted() {
        return end.is(MigrationSide.COMPLETED);
    }

    /** Whether it is certain. */
    boolean hasToldFailure() {
        return end.isFinal() && !hasCompleted();
    }

    /** Whether there is nothing to wait for any more. */
    boolean hasEnded() {
        return end.isFinal() || lost != null;
    }

    /** Whether it has failed, and all is known of that. */
    boolean hasFailed() {
        return !hasCompleted() && (examined || (lost != null && !examining));
    }

    /** Whether it has begun to take the guest, and its end may still come. */
    boolean isLoading() {
        return MigrationSide.isUnderWay(end.status()) && !end.is("setup") && lost == null;
    }

    /** Whether it has failed, and tells of that in a moment. */
    boolean isExamining() {
        return examining && !examined;
    }

    /** Whether its state is known, as far as it will be; not if it was only too busy to be asked. */
    boolean tells() {
        return isAnswered() || (lost != null && !(lost instanceof CommandQueueFullError));
    }

    String status() {
        return end.status();
    }

    String reason() {
        return hasToldFailure() ? end.reason() : "";
    }

    @Nullable
    Throwable lost() {
        return lost;
    }

    /**
     * Why it cannot be migrated to.
     *
     * @param more what that means, behind the sentence
     */
    Throwable unusable(String more) {
        return lost instanceof CommandQueueFullError
                ? lost
                : new MigrationFailedError("[" + name + "] " + report() + more, reason(), "", status(), lost);
    }

    /** A sentence for people. */
    String report() {
        if (hasCompleted()) {
            return "The destination has completed a migration";
        }
        if (hasToldFailure()) {
            return "The destination has failed: "
                    + (reason().isEmpty() ? "QEMU has printed the reason on its standard error" : reason());
        }
        if (lost != null) {
            return (lost instanceof QmpError && Operations.isEnd(lost)
                            ? "The session of the destination has ended"
                            : "The destination cannot be asked")
                    + " before it told how it ends"
                    + (status().isEmpty() ? "" : ", after " + status());
        }
        return "The destination is in " + (status().isEmpty() ? "an unknown state" : status());
    }
}
