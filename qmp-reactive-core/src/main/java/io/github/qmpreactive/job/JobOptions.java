package io.github.qmpreactive.job;

import io.github.qmpreactive.internal.operation.Operations;
import java.time.Duration;
import java.util.Objects;

/** How a job is followed; immutable, every setter returns a new instance. */
public final class JobOptions {

    /** What happens when a mirror, or a commit of the active layer, has caught up and is ready. */
    public enum WhenReady {
        /** The job is completed: the device uses the target from then on. */
        COMPLETE,
        /** Nothing: the application calls {@code complete} or {@code cancel}. */
        WAIT,
        /**
         * The job is ended, and the device stays as it is. The target is a copy of that moment. For QEMU such a job has
         * completed, so it counts as success.
         */
        CANCEL
    }

    private static final JobOptions DEFAULTS = new JobOptions(WhenReady.COMPLETE, false, Duration.ofSeconds(1));

    private final WhenReady whenReady;
    private final boolean cancelsJob;
    private final Duration interval;

    private JobOptions(WhenReady whenReady, boolean cancelsJob, Duration interval) {
        this.whenReady = whenReady;
        this.cancelsJob = cancelsJob;
        this.interval = interval;
    }

    /**
     * The defaults.
     *
     * @return the options
     */
    public static JobOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets what happens when the job is ready. Default: {@link WhenReady#COMPLETE}.
     *
     * @param action what
     * @return new options
     */
    public JobOptions whenReady(WhenReady action) {
        return new JobOptions(Objects.requireNonNull(action, "action"), cancelsJob, interval);
    }

    /**
     * Cancels the job when the subscription is cancelled, and dismisses it. A job that ends before QEMU reads that is
     * dismissed, too. Default: cancelling the subscription leaves the job alone; it stays in QEMU, concluded in the end,
     * until {@code follow} or {@code dismiss}.
     *
     * @return new options
     */
    public JobOptions cancelJobOnCancel() {
        return new JobOptions(whenReady, true, interval);
    }

    /**
     * Sets how often QEMU is asked how much is done. QEMU is asked only while the subscriber has requested more, and never
     * while an earlier reply is awaited. Changes of the status are emitted at once, whatever the interval. Default: 1 second.
     *
     * @param interval more than zero; {@code ChronoUnit.FOREVER.getDuration()} is never, in effect
     * @return new options
     * @throws IllegalArgumentException if it is not more than zero
     */
    public JobOptions interval(Duration interval) {
        return new JobOptions(whenReady, cancelsJob, Operations.positive("interval", interval));
    }

    /**
     * What happens when the job is ready.
     *
     * @return what
     */
    public WhenReady whenReady() {
        return whenReady;
    }

    /**
     * Whether cancelling the subscription cancels the job.
     *
     * @return true with {@link #cancelJobOnCancel()}
     */
    public boolean cancelsJobOnCancel() {
        return cancelsJob;
    }

    /**
     * How often QEMU is asked how much is done.
     *
     * @return the interval
     */
    public Duration interval() {
        return interval;
    }
}
