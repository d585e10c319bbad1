package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.vm.machine.GuestPlan;
import java.time.Duration;

/**
 * How the guest of a {@link FakeVm} reacts to {@code system_powerdown} and {@code device_del}. Immutable: every method returns a
 * new one. Of several methods on one request the last counts. What a guest does of its own accord is {@link FakeGuest}.
 *
 * <pre>{@code
 * FakeVm.create().withGuest(FakeGuestBehavior.create().answersPowerdown(Duration.ofSeconds(3)).keepsDevices())
 * }</pre>
 *
 * <p>A delay runs by the clock of {@code Schedulers.parallel()}: virtual in {@code StepVerifier.withVirtualTime}. A negative one
 * is an IllegalArgumentException.
 */
public final class FakeGuestBehavior {

    private final GuestPlan plan;

    private FakeGuestBehavior(GuestPlan plan) {
        this.plan = plan;
    }

    /** {@return a guest that shuts down at once, and releases devices at once} */
    public static FakeGuestBehavior create() {
        return new FakeGuestBehavior(GuestPlan.DEFAULT);
    }

    /**
     * {@return a guest that shuts down when the power button is pressed; if it is stopped by then, when it goes on; if it has
     * not run since its start or its reset, never}
     *
     * @param delay from {@code system_powerdown} on
     */
    public FakeGuestBehavior answersPowerdown(Duration delay) {
        Checks.delay(delay);
        return new FakeGuestBehavior(new GuestPlan(delay, plan.release(), plan.refusesUnplug()));
    }

    /** {@return a guest that ignores the power button, as one that hangs, or has not booted yet} */
    public FakeGuestBehavior ignoresPowerdown() {
        return new FakeGuestBehavior(new GuestPlan(null, plan.release(), plan.refusesUnplug()));
    }

    /**
     * {@return a guest that releases a device as {@code device_del} asks, if it has to}
     *
     * @param delay from {@code device_del} on
     */
    public FakeGuestBehavior releasesDevices(Duration delay) {
        Checks.delay(delay);
        return new FakeGuestBehavior(new GuestPlan(plan.powerdown(), delay, false));
    }

    /** {@return a guest that ignores {@code device_del} until {@link FakeGuest#releases} or a reset} */
    public FakeGuestBehavior keepsDevices() {
        return new FakeGuestBehavior(new GuestPlan(plan.powerdown(), null, false));
    }

    /**
     * {@return a guest that refuses to release devices, as by {@link FakeGuest#refuses}}
     *
     * @param delay from {@code device_del} on
     */
    public FakeGuestBehavior refusesUnplug(Duration delay) {
        Checks.delay(delay);
        return new FakeGuestBehavior(new GuestPlan(plan.powerdown(), delay, true));
    }

    GuestPlan plan() {
        return plan;
    }
}
