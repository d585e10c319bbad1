package io.github.qmpreactive.test.internal.vm.job;

import io.github.qmpreactive.test.internal.vm.job.JobTask.End;
import io.github.qmpreactive.test.internal.vm.job.JobTask.Kind;
import io.github.qmpreactive.test.internal.vm.machine.JobPlan;
import io.github.qmpreactive.test.internal.vm.machine.Pace;
import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One job, from {@code created} to {@code null}, as in QEMU's {@code job.c}. Lives on the fakes' event loop. */
final class Job {

    static final String CANCELLED = "Operation canceled";

    private final Jobs jobs;
    private final JobTask task;
    private final JobPlan plan;
    private final Queue<JobPlan.Failure> failures;
    private final Pace pace = new Pace();
    private final JobState state;

    private JobGroup group = new JobGroup(List.of(this), false);
    private boolean completing;
    private End end = End.SUCCESS;

    Job(Jobs jobs, String id, JobTask task, JsonNode options, JobPlan plan) {
        this.jobs = jobs;
        this.task = task;
        this.plan = plan;
        this.failures = new ArrayDeque<>(plan.failures());
        long total = plan.total() != null && task.isBlockJob() ? plan.total() : task.total;
        this.state = new JobState(id, task.type, options, pace, total, jobs);
        state.changeTo("created");
        if (state.speed < 0) {
            state.changeTo("null");
            throw JobState.negativeSpeed();
        }
        task.hold();
    }

    JobState state() {
        return state;
    }

    boolean isBlockJob() {
        return task.isBlockJob();
    }

    boolean uses(BlockNode node) {
        return task.uses(node);
    }

    /** Whether all jobs are drained when it begins. */
    boolean drainsOthers() {
        return task.type.equals("backup");
    }

    void join(JobGroup members) {
        group = members;
    }

    void begin() {
        state.changeTo("running");
        String reason = task.begin.get();
        if (reason != null) {
            state.total = isBlockJob() ? 0 : state.total;
            soon(() -> abort(reason));
        } else {
            goOn();
        }
    }

    /** Undoes what has not begun. */
    void rollBack() {
        state.changeTo("aborting");
        task.release();
        state.changeTo("concluded");
        leave();
    }

    private void goOn() {
        if (state.ready) {
            later(this::finishIfCompleting);
        } else if (!state.isEnded()) {
            pace.moveTo(goal(), duration(), this::soon, this::arrive);
        }
    }

    /** Where something happens next. */
    private double goal() {
        JobPlan.Failure next = failures.peek();
        return next == null ? 1 : next.fraction();
    }

    private @Nullable Duration duration() {
        Duration planned = task.waits ? null : plan.duration();
        if (planned == null || state.speed == 0) {
            return planned;
        }
        Duration throttled = Duration.ofMillis(Math.round(state.total * 1000.0 / state.speed));
        return throttled.compareTo(planned) > 0 ? throttled : planned;
    }

    private void arrive() {
        if (!jobs.isAlive()) {
            return;
        }
        JobPlan.Failure failure = failures.poll();
        if (failure != null) {
            handle(failure.reason());
        } else if (task.kind == Kind.READY) {
            state.ready = true;
            state.changeTo("ready");
            state.report("READY");
        } else {
            finish();
        }
    }

    /** The test moves it on. */
    void reach(double fraction) {
        requireStatus("running");
        if (fraction < pace.done()) {
            throw new IllegalArgumentException(
                    "The job '" + state.id + "' is further than " + fraction + ": " + pace.done());
        }
        boolean ends = false;
        while (!ends && state.is("running") && goal() <= fraction) {
            ends = failures.isEmpty();
            pace.set(goal());
            arrive();
        }
        if (!ends && state.is("running")) {
            pace.set(fraction);
            goOn();
        }
    }

    /** The test makes it fail. */
    void failNow(String reason) {
        requireStatus("running", "ready");
        pace.halt();
        handle(reason);
    }

    private void requireStatus(String... statuses) {
        if (!List.of(statuses).contains(state.status)) {
            throw new IllegalStateException("The job '" + state.id + "' cannot go on: it is " + state.status);
        }
    }

    /** Handles an error of input or output as the command says. */
    private void handle(String reason) {
        if (!isBlockJob()) {
            abort(reason);
            return;
        }
        switch (state.reportError(reason)) {
            case "stop" -> stand();
            case "ignore" -> goOn();
            default -> abort(reason);
        }
    }

    /** QEMU pauses all jobs for a moment when it changes block nodes. */
    void drain() {
        if (isBlockJob() && (state.is("running") || state.is("ready"))) {
            String before = state.status;
            state.changeTo(state.ready ? "standby" : "paused");
            state.changeTo(before);
        }
    }

    void pause() {
        state.require("pause");
        if (state.paused) {
            throw QmpRefusal.generic("Job is already paused");
        }
        stand();
    }

    private void stand() {
        state.paused = true;
        pace.halt();
        state.changeTo(state.ready ? "standby" : "paused");
    }

    void resume() {
        if (!state.paused) {
            throw QmpRefusal.generic("Can't resume a job that was not paused");
        }
        wake();
        goOn();
    }

    private void wake() {
        if (state.paused) {
            state.paused = false;
            state.ioStatus = "ok";
            state.changeTo(state.ready ? "ready" : "running");
        }
    }

    void complete() {
        state.require("complete");
        completing = true;
        later(this::finishIfCompleting);
    }

    private void finishIfCompleting() {
        if (completing && state.is("ready")) {
            finish();
        }
    }

    /** The command of block jobs, which lets a mirror that is ready end as a copy. */
    void cancelBlockJob(boolean force) {
        if (state.paused && !force) {
            throw QmpRefusal.generic("The block job for device '" + state.id + "' is currently paused");
        }
        if (state.ready && !force && state.is("ready")) {
            end = End.COPY;
            complete();
        } else {
            cancel();
        }
    }

    void cancel() {
        state.require("cancel");
        pace.halt();
        if (state.isActive()) {
            later(() -> abort(CANCELLED));
        } else {
            abort(CANCELLED);
        }
    }

    void setSpeed(long bytesPerSecond) {
        state.setSpeed(bytesPerSecond);
        if (state.is("running")) {
            pace.halt();
            goOn();
        }
    }

    void finalizeNow() {
        state.require("finalize");
        group.conclude();
    }

    void dismiss() {
        state.require("dismiss");
        leave();
    }

    /** QEMU ends. */
    void end() {
        if (!state.isEnded()) {
            // There is nothing any more that it could change.
            task.end = how -> {};
            abort(CANCELLED);
        }
        if (state.is("concluded")) {
            leave();
        }
    }

    private void finish() {
        pace.set(1);
        if (!isBlockJob()) {
            task.end.accept(end);
        }
        if (task.kind == Kind.SNAPSHOT) {
            jobs.later(this::await);
        } else {
            await();
        }
    }

    private void await() {
        state.changeTo("waiting");
        group.finish();
    }

    void becomePending() {
        state.changeTo("pending");
        if (!state.finalizesItself()) {
            state.reportPending();
        }
    }

    private void abort(String reason) {
        // One that waits for others of its group is given up in its turn.
        if (state.isActive()) {
            giveUp(reason);
        }
        group.abort();
    }

    void halt() {
        pace.halt();
    }

    void giveUp(String reason) {
        wake();
        halt();
        state.error = reason;
        end = End.FAILURE;
        if (!isBlockJob()) {
            task.end.accept(end);
        }
        state.changeTo("aborting");
    }

    void conclude() {
        if (isBlockJob()) {
            task.end.accept(end);
            state.report(CANCELLED.equals(state.error) ? "CANCELLED" : "COMPLETED");
        } else {
            pace.set(1);
        }
        if (task.kind != Kind.CHAIN) {
            task.release();
        }
        state.changeTo("concluded");
        if (isBlockJob() && state.dismissesItself()) {
            leave();
        }
    }

    private void leave() {
        if (task.kind == Kind.CHAIN) {
            task.release();
        }
        jobs.remove(this);
        state.changeTo("null");
    }

    /** Block jobs run beside the monitors, other jobs on the thread that answers commands. */
    private void soon(Runnable step) {
        if (isBlockJob()) {
            later(step);
        } else {
            step.run();
        }
    }

    private void later(Runnable step) {
        jobs.later(() -> {
            if (jobs.isAlive() && !state.isEnded()) {
                step.run();
            }
        });
    }
}
