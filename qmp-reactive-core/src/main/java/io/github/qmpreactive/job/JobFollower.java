package io.github.qmpreactive.job;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.JobCancelledError;
import io.github.qmpreactive.error.JobError;
import io.github.qmpreactive.error.JobNotFoundError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.EventOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * One subscription to the progress of a job, or of the jobs of a transaction, from just before their start to their end.
 * Events tell the status. Query-jobs tells the rest: once after the start, at intervals, and how a job has ended. Its
 * state is used in turns alone.
 */
final class JobFollower {

    private final QmpSession session;
    private final JobCommands commands;
    private final JobOptions options;
    private final boolean dismisses;
    private final FluxSink<JobProgress> sink;
    private final Map<String, FollowedJob> jobs = new LinkedHashMap<>();
    private final Turns turns;
    private @Nullable Disposable start;
    private boolean started;
    private volatile boolean querying;
    private volatile boolean triesAgain;
    private boolean detached;
    private @Nullable Throwable listenerEnd;
    private @Nullable ExecTimeoutError unanswered;
    private @Nullable JobError outcome;

    private JobFollower(QmpSession session, JobOptions options, boolean dismisses, FluxSink<JobProgress> sink) {
        this.session = session;
        this.commands = JobCommands.patient(session);
        this.options = options;
        this.dismisses = dismisses;
        this.sink = sink;
        this.turns = new Turns(sink.contextView());
    }

    /** Starts the jobs of a command, and follows them to their end. */
    static Flux<JobProgress> run(QmpSession session, QmpCommand command, JobOptions options) {
        return flux(sink -> {
            JobStart start = JobStart.of(command);
            JobFollower follower = new JobFollower(session, options, true, sink);
            start.types().forEach(follower::add);
            follower.begin(start.command());
        });
    }

    /** Follows a job to its end. */
    static Flux<JobProgress> follow(QmpSession session, String id, JobOptions options, boolean dismisses) {
        return flux(sink -> {
            JobFollower follower = new JobFollower(session, options, dismisses, sink);
            follower.add(id, "");
            follower.begin(null);
        });
    }

    /** A subscriber without demand gets the latest, and does not delay the jobs. */
    private static Flux<JobProgress> flux(Consumer<FluxSink<JobProgress>> onSubscribe) {
        return Flux.create(onSubscribe, FluxSink.OverflowStrategy.LATEST);
    }

    private void add(String id, String type) {
        jobs.put(id, new FollowedJob(new JobState(id, type), options.whenReady()));
    }

    private void begin(@Nullable QmpCommand command) {
        sink.onCancel(() -> turns.run(this::onCancel));
        // The query is what makes it listen without taking the events that are kept for the first subscriber.
        turns.run(() -> turns.subscribe(
                session.executeAndListen(
                        commands.queryCommand(),
                        EventOptions.named("JOB_STATUS_CHANGE", "BLOCK_JOB_COMPLETED", "BLOCK_JOB_CANCELLED")
                                .filter(event -> jobs.containsKey(JobState.idIn(event)))),
                this::onEvent,
                this::onListenerEnd,
                () -> onListenerEnd(ended())));
        turns.run(() -> start = turns.subscribe(
                command == null ? Flux.empty() : session.execute(command).flux(),
                reply -> {},
                this::onStartFailed,
                this::onStarted));
    }

    private void onEvent(QmpEvent event) {
        FollowedJob job = jobs.get(JobState.idIn(event));
        if (job != null) {
            job.state.onEvent(event);
            onChange(job);
        }
    }

    private void onStarted() {
        started = true;
        if (listenerEnd != null) {
            finish(listenerEnd);
            return;
        }
        if (!jobs.values().stream().allMatch(job -> job.state.isGone())) {
            query();
        }
        jobs.values().forEach(this::proceed);
        if (!turns.hasEnded()) {
            turns.subscribe(
                    commands.queries(options.interval(), this::wantsFigures), this::onQueried, this::finish, () -> {});
        }
    }

    /**
     * A reply may come after the whole job, and QEMU may be silent meanwhile: a limit that passes says nothing of the job.
     */
    private void onStartFailed(Throwable failure) {
        if (failure instanceof ExecTimeoutError timeout && timeout.isWritten()) {
            unanswered = timeout;
            onStarted();
        } else {
            finish(failure);
        }
    }

    /** While the start is not answered its own error, which follows, says more. */
    private void onListenerEnd(Throwable end) {
        listenerEnd = end;
        if (started) {
            finish(end);
        }
    }

    /** Called on any thread. */
    private boolean wantsFigures() {
        return !querying && (triesAgain || (!sink.isCancelled() && sink.requestedFromDownstream() > 0));
    }

    private void query() {
        if (!querying) {
            querying = true;
            turns.subscribe(
                    commands.query().flux(),
                    this::onQueried,
                    failure -> {
                        querying = false;
                        onCommandFailed(failure);
                    },
                    () -> {});
        }
    }

    private void onQueried(Map<String, JobProgress> found) {
        querying = false;
        triesAgain = false;
        for (FollowedJob job : jobs.values()) {
            if (!job.isEnded()) {
                job.state.onQuery(found.get(job.state.id()));
                onChange(job);
            }
        }
    }

    /** The events end with the session, too; a full queue has room at another time. */
    private void onCommandFailed(Throwable failure) {
        if (JobCommands.isNotSent(failure)) {
            triesAgain = true;
        } else {
            finish(failure);
        }
    }

    private void onChange(FollowedJob job) {
        JobProgress news = job.news();
        if (news != null && !detached) {
            sink.next(news);
        }
        if (detached || !sink.isCancelled()) {
            proceed(job);
        }
    }

    /** Does what the job needs next. Before the reply to its start nothing is certain: it may be undone. */
    private void proceed(FollowedJob job) {
        if (!started || turns.hasEnded() || job.isEnded()) {
            return;
        }
        if (job.state.isGone() || (job.state.isExamined() && !dismisses)) {
            end(job);
        } else if (job.state.isExamined()) {
            if (job.startsToBeDismissed()) {
                turns.perform(
                        commands.dismiss(job.state.id()), failure -> onCommandFailed(job, failure), () -> end(job));
            }
        } else if (job.state.isIn("concluded")) {
            query();
        } else if (job.startsToEnd()) {
            turns.perform(job.end(commands), failure -> onEndFailed(job, failure), () -> {});
        }
    }

    private void onEndFailed(FollowedJob job, Throwable error) {
        if (error instanceof ExecuteError refusal) {
            turns.subscribe(
                    commands.query().flux(),
                    found -> {
                        ExecuteError stands = job.refused(refusal, found);
                        if (stands == null) {
                            onChange(job);
                        } else {
                            finish(stands);
                        }
                    },
                    failure -> onCommandFailed(job, failure),
                    () -> {});
        } else {
            onCommandFailed(job, error);
        }
    }

    private void onCommandFailed(FollowedJob job, Throwable failure) {
        job.notSent();
        onCommandFailed(failure);
    }

    private void end(FollowedJob job) {
        if (job.isEnded()) {
            return;
        }
        job.end();
        JobError how = job.state.outcome(prefix());
        // What failed is the reason; jobs of the same transaction are cancelled for it.
        boolean isReason = outcome instanceof JobCancelledError && !(how instanceof JobCancelledError);
        if (how != null && (outcome == null || isReason)) {
            outcome = how;
        }
        if (jobs.values().stream().allMatch(FollowedJob::isEnded)) {
            finish(outcome instanceof JobNotFoundError && unanswered != null ? unanswered : outcome);
        }
    }

    private void onCancel() {
        if (!options.cancelsJobOnCancel() || start == null) {
            turns.end();
            return;
        }
        detached = true;
        // Not sent if it waits for its turn. If it was sent, QEMU reads what follows after it.
        start.dispose();
        started = true;
        for (FollowedJob job : jobs.values()) {
            job.leaveAlone();
            turns.perform(commands.run("job-cancel", job.state.id()), refused -> query(), () -> {});
            proceed(job);
        }
    }

    private void finish(@Nullable Throwable error) {
        turns.end();
        if (detached) {
            return;
        }
        if (error == null) {
            sink.complete();
        } else {
            sink.error(error);
        }
    }

    private StateError ended() {
        return new StateError(
                prefix() + "The session ended while it followed " + String.join(", ", jobs.keySet())
                        + "; QmpJobs.follow on the next session tells how it goes on, or has ended",
                SessionState.DISCONNECTED,
                SessionState.RUNNING);
    }

    private String prefix() {
        return "[" + session.name() + "] ";
    }
}
