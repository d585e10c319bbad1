package io.github.qmpreactive.job;

import io.github.qmpreactive.error.JobCancelledError;
import io.github.qmpreactive.error.JobError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.error.JobNotFoundError;
import io.github.qmpreactive.message.QmpEvent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What is known of a job. Events and replies of one monitor come in the order in which QEMU made them, so the last one
 * is right.
 *
 * <p>Where the outcome is (QEMU's job.c, blockjob.c): {@code query-jobs} has the error of every job until it is dismissed;
 * of a block job that dismissed itself only BLOCK_JOB_COMPLETED has it; of a cancelled one BLOCK_JOB_CANCELLED tells. A
 * job that fails never passes {@code pending}, but {@code aborting}.
 */
final class JobState {

    /** What QEMU's strerror makes of ECANCELED, the error of a cancelled job. */
    private static final String CANCELED = "Operation canceled";

    private final String id;
    private String type;
    private String status = "";
    private long current;
    private long total;
    private @Nullable String error;
    private boolean created;
    private boolean completed;
    private boolean cancelled;
    private boolean aborted;
    private boolean passedPending;
    private boolean examined;
    private boolean gone;

    JobState(String id, String type) {
        this.id = id;
        this.type = type;
    }

    /** The id of the job that an event is of; empty if it is of none. */
    static String idIn(QmpEvent event) {
        return event.data()
                .path(event.name().equals("JOB_STATUS_CHANGE") ? "id" : "device")
                .asString("");
    }

    String id() {
        return id;
    }

    void onEvent(QmpEvent event) {
        JsonNode data = event.data();
        switch (event.name()) {
            case "JOB_STATUS_CHANGE" -> onStatus(data.path("status").asString(""));
            case "BLOCK_JOB_COMPLETED" -> {
                completed = true;
                error = data.path("error").asString(error);
                onEnd(data);
            }
            case "BLOCK_JOB_CANCELLED" -> {
                cancelled = true;
                onEnd(data);
            }
            default -> {
                // No other event is asked for.
            }
        }
    }

    /** Query-jobs was answered, with this job or without it. */
    void onQuery(@Nullable JobProgress found) {
        if (found == null) {
            gone = true;
            return;
        }
        type = found.type();
        pass(found.status());
        current = found.current();
        total = found.total();
        error = found.error().orElse(error);
        examined = found.isConcluded();
    }

    /** The job as it is now; null while nothing is known of it. */
    @Nullable
    JobProgress progress() {
        return status.isEmpty() ? null : new JobProgress(id, type, status, current, total, Optional.ofNullable(error));
    }

    boolean isIn(String... statuses) {
        for (String one : statuses) {
            if (one.equals(status)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it began after this began to listen: otherwise a job of this id may be another client's. */
    boolean wasCreated() {
        return created;
    }

    /** Whether it is known how it has ended, from query-jobs or from its event. */
    boolean isOutcomeKnown() {
        return examined || completed || cancelled;
    }

    /** Whether query-jobs has told how it ended. */
    boolean isExamined() {
        return examined;
    }

    /** Whether QEMU does not know it any more. */
    boolean isGone() {
        return gone;
    }

    /** How the job has ended; null for success. */
    @Nullable
    JobError outcome(String prefix) {
        String job = prefix + "The job " + id + (type.isEmpty() ? "" : " (" + type + ")");
        if (cancelled || CANCELED.equals(error)) {
            return new JobCancelledError(job + " was cancelled", id);
        }
        if (error != null) {
            return new JobFailedError(job + " failed: " + error, id, type, error);
        }
        boolean seenSucceeding = passedPending && !aborted && isIn("concluded");
        if (examined || completed || seenSucceeding) {
            return null;
        }
        if (aborted) {
            return new JobFailedError(job + " failed, and was gone before QEMU told why", id, type, "");
        }
        return new JobNotFoundError(
                job + " is not known to QEMU: it never existed, or has ended and was dismissed", id, null);
    }

    private void onStatus(String next) {
        switch (next) {
            case "null" -> gone = true;
            case "created" -> {
                // A job of this id before it is another job.
                error = null;
                completed = cancelled = aborted = passedPending = examined = gone = false;
                created = true;
                status = next;
            }
            default -> pass(next);
        }
    }

    private void pass(String next) {
        aborted |= next.equals("aborting");
        passedPending |= next.equals("pending");
        status = next;
    }

    private void onEnd(JsonNode data) {
        type = data.path("type").asString(type);
        current = data.path("offset").asLong(current);
        total = data.path("len").asLong(total);
    }
}
