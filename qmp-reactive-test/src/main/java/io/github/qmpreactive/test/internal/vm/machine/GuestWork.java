package io.github.qmpreactive.test.internal.vm.machine;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.net.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;

/** What a guest is going to do: only while its processors run, and not after a reset. Lives on the fakes' event loop. */
public final class GuestWork {

    private final Machine machine;
    private List<Runnable> held = new ArrayList<>();

    /** The timers since it began. */
    private Disposable.Composite timers = Disposables.composite();

    GuestWork(Machine machine) {
        this.machine = machine;
    }

    /** Does something after a delay, or when the machine runs again if it does not run by then; never without a delay. */
    public void after(@Nullable Duration delay, Runnable work) {
        Disposable.Composite boot = timers;
        Runnable attempt = () -> attempt(boot, work);
        if (delay != null && delay.isZero()) {
            FakeLoop.later(attempt);
        } else if (delay != null) {
            Disposable.Swap timer = Disposables.swap();
            boot.add(timer);
            timer.update(Timers.after(
                    Schedulers::parallel,
                    delay,
                    () -> FakeLoop.run(() -> {
                        boot.remove(timer);
                        attempt.run();
                    })));
        }
    }

    private void attempt(Disposable boot, Runnable work) {
        if (boot.isDisposed()) {
            return;
        }
        if (machine.isRunning()) {
            work.run();
        } else {
            held.add(work);
        }
    }

    /** The guest's processors run again. */
    void goOn() {
        List<Runnable> due = held;
        held = new ArrayList<>();
        due.forEach(work -> after(Duration.ZERO, work));
    }

    /** The guest begins anew, or is gone. */
    void forget() {
        timers.dispose();
        timers = Disposables.composite();
        held.clear();
    }
}
