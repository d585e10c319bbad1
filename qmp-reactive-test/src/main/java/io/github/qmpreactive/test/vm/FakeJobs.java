package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.vm.job.Jobs;
import io.github.qmpreactive.test.internal.vm.machine.JobPlan;
import java.util.Objects;

/**
 * Moves the jobs of a {@link RunningFakeVm} on, makes them fail, and drains them. Each method returns when that is done, with its events
 * written to all clients; on Reactor's non-blocking threads it returns before.
 */
public final class FakeJobs {

    private final Jobs jobs;

    FakeJobs(Jobs jobs) {
        this.jobs = jobs;
    }

    /**
     * Moves a job on, as if the time for it had passed. With 1, it is READY or ends. A {@linkplain FakeJob#failsAt
     * failure} on the way happens.
     *
     * @param id of the job, or {@code "dump-guest-memory"} for a dump
     * @param fraction how much is done then, from 0 to 1
     * @throws IllegalArgumentException if there is no such job, the fraction is not from 0 to 1, or less than what is done
     * @throws IllegalStateException if the job or the machine does not run
     */
    public void reaches(String id, double fraction) {
        JobPlan.requireFraction(fraction);
        FakeLoop.run(() -> jobs.reach(id, fraction));
    }

    /**
     * Gives a job an error now, as {@link FakeJob#failsAt} describes; one that is READY, too.
     *
     * @param id of the job, or {@code "dump-guest-memory"} for a dump
     * @param reason for example {@code "No space left on device"}
     * @throws IllegalArgumentException if there is no such job
     * @throws IllegalStateException if the job or the machine does not run
     */
    public void fails(String id, String reason) {
        Objects.requireNonNull(reason, "reason");
        FakeLoop.run(() -> jobs.fail(id, reason));
    }

    /**
     * Drains all jobs, as QEMU does when it changes block nodes: each that runs sends {@code paused} and {@code running},
     * or {@code standby} and {@code ready}, without a command for it.
     *
     * @throws IllegalStateException if the machine does not run
     */
    public void drains() {
        FakeLoop.run(jobs::drainNow);
    }
}
