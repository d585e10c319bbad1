package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.vm.machine.JobPlan;
import java.time.Duration;

/**
 * How the guest of a {@link FakeVm} moves to another one: how long it takes, how much is sent, where it fails. Immutable: every
 * method returns a new one.
 *
 * <pre>{@code
 * FakeVm.create().withMigration(FakeMigration.takes(Duration.ofMinutes(4)).of(16L << 30))
 * }</pre>
 */
public final class FakeMigration {

    private final JobPlan plan;

    private FakeMigration(JobPlan plan) {
        this.plan = plan;
    }

    /**
     * {@return a migration that makes steady progress}
     *
     * @param duration until the guest is stopped for the switch; by the clock of {@code Schedulers.parallel()}: virtual in
     *     {@code StepVerifier.withVirtualTime}. It takes longer if {@code max-bandwidth} is set, and lower
     * @throws IllegalArgumentException if it is negative
     */
    public static FakeMigration takes(Duration duration) {
        Checks.delay(duration);
        return new FakeMigration(new JobPlan(duration, null, JobPlan.DEFAULT.failures()));
    }

    /**
     * {@return a migration that fails at once, as {@link #failsAt} does at 1: for a destination that cannot load the guest}
     *
     * @param reason the {@code error-desc} of this end
     */
    public static FakeMigration fails(String reason) {
        return takes(Duration.ZERO).failsAt(1, reason);
    }

    /**
     * {@return a migration that sends so much}
     *
     * @param bytes the {@code total} of {@code ram}; by default the memory of the machine and its firmware
     * @throws IllegalArgumentException if it is negative
     */
    public FakeMigration of(long bytes) {
        return new FakeMigration(plan.copying(bytes));
    }

    /**
     * {@return a migration that fails at a point; the first of several counts}
     *
     * <ul>
     *   <li>At the source it fails with the reason, and the guest runs on there. The destination exits.
     *   <li>At the destination, a machine with {@link FakeVm#withIncoming}, that cannot load what was sent, and exits; with
     *       {@code exit-on-error} false it tells the reason. The source fails, too; with 1 only if it has the capability
     *       {@code return-path}, otherwise it completes, as with QEMU.
     * </ul>
     *
     * @param fraction how much is sent by then, from 0 to 1; with 1 it fails at the switch, when the guest is stopped
     * @param reason the {@code error-desc} of this end
     * @throws IllegalArgumentException if the fraction is not from 0 to 1
     */
    public FakeMigration failsAt(double fraction, String reason) {
        return new FakeMigration(plan.failing(fraction, reason));
    }

    JobPlan plan() {
        return plan;
    }
}
