package io.github.qmpreactive.job;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.JobError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.error.JobNotFoundError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.internal.operation.Turns;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.EventOptions;
import java.time.Duration;
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

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final QmpSession session;
    private final JobCommands commands;
    private final JobOptions options;
    private final boolean dismisses;
    private final FluxSink<JobProgress> sink;
    private final Map<String, FollowedJob> jobs = new LinkedHashMap<>();
    private final Turns turns;
    private @Nullable Disposable start;
    private boolean started;

    /** Whether the start was not answered: a job that was not seen to be created may be another client's. */
    private boolean uncertain;

    private boolean querying;
    private boolean triesAgain;
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
        turns.run(this::listen);
        turns.run(() -> start = turns.subscribe(
                command == null ? Flux.empty() : session.execute(command).flux(),
                reply -> {},
                this::onStartFailed,
                this::onStarted));
    }

    /** The query is what makes it listen without taking the events that are kept for the first subscriber. */
    private void listen() {
        listenerEnd = null;
        turns.subscribe(
                session.executeAndListen(
                        commands.queryCommand(),
                        EventOptions.named("JOB_STATUS_CHANGE", "BLOCK_JOB_COMPLETED", "BLOCK_JOB_CANCELLED")
                                .filter(event -> jobs.containsKey(JobState.idIn(event)))),
                this::onEvent,
                this::onListenerEnd,
                () -> onListenerEnd(ended()));
    }

    private void onEvent(QmpEvent event) {
        FollowedJob job = jobs.get(JobState.idIn(event));
        if (job != null && !job.isEnded()) {
            job.state.onEvent(event);
            if (started || job.state.wasCreated()) {
                onChange(job);
            }
        }
    }

    private void onStarted() {
        started = true;
        if (listenerEnd != null) {
            onListenerEnd(listenerEnd);
        }
        if (!jobs.values().stream().allMatch(job -> job.state.isGone())) {
            query();
        }
        jobs.values().forEach(this::proceed);
        turns.subscribe(Operations.ticks(options.interval()), tick -> onTick(), this::finish, () -> {});
    }

    /**
     * A reply may come after the whole job, and QEMU may be silent meanwhile: a limit that passes says nothing of the job.
     */
    private void onStartFailed(Throwable failure) {
        if (failure instanceof ExecTimeoutError timeout && timeout.isWritten()) {
            unanswered = timeout;
            uncertain = true;
            onStarted();
        } else {
            finish(failure);
        }
    }

    /** While the start is not answered its own error, which follows, says more. */
    private void onListenerEnd(Throwable end) {
        listenerEnd = end;
        if (!started) {
            return;
        }
        if (end instanceof CommandQueueFullError) {
            later(() -> {
                listen();
                // For what has happened meanwhile.
                query();
            });
            return;
        }
        jobs.values().stream().filter(job -> job.state.isOutcomeKnown()).forEach(this::end);
        finish(end);
    }

    private void onTick() {
        if (!sink.isCancelled() && sink.requestedFromDownstream() > 0) {
            query();
        }
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
        for (FollowedJob job : jobs.values()) {
            if (!job.isEnded()) {
                job.state.onQuery(isForeign(job) ? null : found.get(job.state.id()));
                onChange(job);
            }
        }
    }

    /** QEMU reads the query behind the start: what was not created by then is not of that start. */
    private boolean isForeign(FollowedJob job) {
        return uncertain && !job.state.wasCreated();
    }

    /** A full queue has room at another time. */
    private void onCommandFailed(Throwable failure) {
        if (failure instanceof CommandQueueFullError) {
            if (!triesAgain) {
                triesAgain = true;
                later(() -> {
                    triesAgain = false;
                    query();
                });
            }
        } else if (!Operations.isEnd(failure)) {
            finish(failure);
        }
    }

    private void later(Runnable step) {
        turns.subscribe(Operations.delay(RETRY).flux(), tick -> step.run(), this::finish, () -> {});
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
        if (isForeign(job) && !job.state.isGone()) {
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
        } else if (job.startsToBeCancelled()) {
            turns.perform(
                    commands.run("job-cancel", job.state.id()), failure -> onCancelFailed(job, failure), () -> {});
        } else if (job.startsToEnd()) {
            turns.perform(job.end(commands), failure -> onEndFailed(job, failure), () -> {});
        }
    }

    /** Its end decides. */
    private void onCancelFailed(FollowedJob job, Throwable failure) {
        if (failure instanceof ExecuteError) {
            query();
        } else {
            onCommandFailed(job, failure);
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
        boolean isReason = how instanceof JobFailedError && !(outcome instanceof JobFailedError);
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
        uncertain |= !started;
        started = true;
        if (jobs.values().stream().anyMatch(this::isForeign)) {
            query();
        }
        jobs.values().forEach(FollowedJob::cancelWhenKnown);
        jobs.values().forEach(this::proceed);
    }

    private void finish(@Nullable Throwable error) {
        if (turns.hasEnded()) {
            return;
        }
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
