package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.vm.machine.JobPlan;
import java.time.Duration;

/**
 * How a job of a {@link FakeVm} goes: how long it takes, how much it copies, where it fails. Immutable: every method
 * returns a new one. Without any, a job copies as much as its source has at once, and succeeds. A dump of the guest's memory
 * goes as a job of the id {@code "dump-guest-memory"}.
 *
 * <pre>{@code
 * FakeVm.create()
 *         .withNode("disk0", 64L << 20)
 *         .withNode("backup0", 64L << 20)
 *         .withJobs(FakeJob.takes(Duration.ofMinutes(4)).failsAt(0.75, "No space left on device"))
 * }</pre>
 */
public final class FakeJob {

    private final JobPlan plan;

    private FakeJob(JobPlan plan) {
        this.plan = plan;
    }

    /**
     * {@return a job that makes steady progress. One that is paused makes none}
     *
     * @param duration from its beginning to its end, or to READY; by the clock of {@code Schedulers.parallel()}: virtual
     *     in {@code StepVerifier.withVirtualTime}. It takes longer if the {@code speed} of its command is lower
     * @throws IllegalArgumentException if it is negative
     */
    public static FakeJob takes(Duration duration) {
        Checks.delay(duration);
        return new FakeJob(new JobPlan(duration, null, JobPlan.DEFAULT.failures()));
    }

    /** {@return a job that makes no progress until the test says so with {@link FakeJobs#reaches}} */
    public static FakeJob waits() {
        return new FakeJob(new JobPlan(null, null, JobPlan.DEFAULT.failures()));
    }

    /**
     * {@return a job that copies so much. {@code blockdev-create}, {@code x-blockdev-amend}, snapshots and dumps
     * take no notice}
     *
     * @param bytes its {@code total-progress}; by default the size of its source, or 1 GiB if that is not known
     * @throws IllegalArgumentException if it is negative
     */
    public FakeJob copies(long bytes) {
        return new FakeJob(plan.copying(bytes));
    }

    /**
     * {@return a job with an error at a point. Several errors may be given, at one point, too}
     *
     * <ul>
     *   <li>A block job does what its command says in {@code on-target-error} or {@code on-error}, after BLOCK_JOB_ERROR:
     *       it fails, which is the default; with {@code stop} it is paused until {@code job-resume}, and then goes on
     *       to the next error or to its end; with {@code ignore} it goes on. With {@code enospc} it is paused if the
     *       reason is {@code No space left on device}, and fails otherwise.
     *   <li>Other jobs fail, and so do dumps.
     * </ul>
     *
     * @param fraction how much is done by then, from 0 to 1
     * @param reason the {@code error} of the job if it fails, for example {@code "Input/output error"}
     * @throws IllegalArgumentException if the fraction is not from 0 to 1
     */
    public FakeJob failsAt(double fraction, String reason) {
        return new FakeJob(plan.failing(fraction, reason));
    }

    JobPlan plan() {
        return plan;
    }
}
