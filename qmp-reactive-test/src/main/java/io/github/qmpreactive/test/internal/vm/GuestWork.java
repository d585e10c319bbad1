package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.net.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.core.scheduler.Schedulers;

/** What a guest is going to do: only while its processors run, and not after a reset. Lives on the fakes' event loop. */
final class GuestWork implements MachineListener {

    private final Machine machine;
    private List<Runnable> held = new ArrayList<>();
    private int boots;

    GuestWork(Machine machine) {
        this.machine = machine;
        machine.add(this);
    }

    /** Does something after a delay, or when the machine runs again if it does not run by then. */
    void after(Duration delay, Runnable work) {
        int boot = boots;
        Runnable attempt = () -> attempt(boot, work);
        if (delay.isZero()) {
            FakeLoop.later(attempt);
        } else {
            var unused = Timers.after(Schedulers::parallel, delay, () -> FakeLoop.run(attempt));
        }
    }

    private void attempt(int boot, Runnable work) {
        if (boot != boots || !machine.isAlive()) {
            return;
        }
        if (machine.isRunning()) {
            work.run();
        } else {
            held.add(work);
        }
    }

    @Override
    public void onRunning() {
        List<Runnable> due = held;
        held = new ArrayList<>();
        due.forEach(work -> after(Duration.ZERO, work));
    }

    @Override
    public void onReset() {
        boots++;
        held.clear();
    }
}
