package io.github.qmpreactive.job;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.job.JobOptions.WhenReady;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A job that is followed: what is known of it, and what was asked of it. */
final class FollowedJob {

    final JobState state;
    private WhenReady whenReady;

    /** What was emitted last. */
    private @Nullable JobProgress emitted;

    /** Whether the job was asked to complete. It may become ready again before it does: asking twice is refused. */
    private boolean askedToEnd;

    /** Whether it was refused although the job is ready. */
    private boolean refused;

    private boolean isToBeCancelled;
    private boolean askedToCancel;
    private boolean dismissing;
    private boolean ended;

    FollowedJob(JobState state, WhenReady whenReady) {
        this.state = state;
        this.whenReady = whenReady;
    }

    /** What is to be emitted; null if nothing has changed. */
    @Nullable
    JobProgress news() {
        JobProgress now = state.progress();
        if (now == null || now.equals(emitted)) {
            return null;
        }
        emitted = now;
        return now;
    }

    /** Whether it is to be asked to end now; then it counts as asked. */
    boolean startsToEnd() {
        if (askedToEnd || whenReady == WhenReady.WAIT || !state.isIn("ready")) {
            return false;
        }
        askedToEnd = true;
        return true;
    }

    Mono<Void> end(JobCommands commands) {
        return whenReady == WhenReady.CANCEL
                ? commands.endWithoutPivot(state.id())
                : commands.run("job-complete", state.id());
    }

    /** The queue was full: what was to be sent is tried again later. */
    void notSent() {
        askedToEnd = false;
        askedToCancel = false;
        dismissing = false;
    }

    /**
     * QEMU refused to end it, and this is how it was just afterwards. A job that has left {@code ready} decides by itself
     * what becomes of it. QEMU 5.2 refuses in {@code standby}, where a job may be for a moment. A second refusal in a row of
     * a job that is ready is an error.
     *
     * @return the refusal if it stands; null if it does not matter
     */
    @Nullable
    ExecuteError refused(ExecuteError refusal, Map<String, JobProgress> jobs) {
        state.onQuery(jobs.get(state.id()));
        if (state.isGone()) {
            return null;
        }
        if (state.isIn("ready") && refused) {
            return refusal;
        }
        refused = state.isIn("ready");
        askedToEnd = !state.isIn("ready", "standby", "paused");
        return null;
    }

    /** True the first time. */
    boolean startsToBeDismissed() {
        boolean first = !dismissing;
        dismissing = true;
        return first;
    }

    void cancelWhenKnown() {
        isToBeCancelled = true;
        whenReady = WhenReady.WAIT;
    }

    /** Whether it is to be cancelled now; then it counts as asked. */
    boolean startsToBeCancelled() {
        boolean starts = isToBeCancelled && !askedToCancel;
        askedToCancel |= starts;
        return starts;
    }

    void end() {
        ended = true;
    }

    boolean isEnded() {
        return ended;
    }
}
