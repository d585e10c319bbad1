package io.github.qmpreactive.test.internal.vm.machine;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.net.Timers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** How far a job or a migration has come, from 0 to 1, by the clock of delays. Lives on the fakes' event loop. */
public final class Pace {

    /** Longer than any test, and within what timers can count. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private double done;
    private boolean moving;

    /** Of the present move: where it ends, how long the whole way takes, when it began, by which clock. */
    private double goal;

    private @Nullable Duration whole;
    private long since;
    private Scheduler clock = Schedulers.parallel();
    private Disposable timer = Disposables.disposed();

    /** From 0 to 1. */
    public double done() {
        if (!moving || whole == null || whole.isZero()) {
            return done;
        }
        double passed = clock.now(TimeUnit.NANOSECONDS) - since;
        return Math.min(goal, done + passed / whole.toNanos());
    }

    /**
     * Moves on to a goal.
     *
     * @param duration of the whole way; without one it stands still
     * @param soon runs what takes no time
     * @param then done at the goal
     */
    public void moveTo(double end, @Nullable Duration duration, Consumer<Runnable> soon, Runnable then) {
        goal = end;
        whole = duration != null && duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
        moving = true;
        clock = Schedulers.parallel();
        since = clock.now(TimeUnit.NANOSECONDS);
        if (whole == null) {
            return;
        }
        Disposable.Swap current = Disposables.swap();
        timer = current;
        Runnable arrival = () -> {
            if (!current.isDisposed()) {
                set(end);
                then.run();
            }
        };
        long delay = Math.round((end - done) * whole.toNanos());
        if (delay <= 0) {
            soon.accept(arrival);
        } else {
            current.update(Timers.after(Schedulers::parallel, Duration.ofNanos(delay), () -> FakeLoop.run(arrival)));
        }
    }

    /** Stands still. */
    public void halt() {
        set(done());
    }

    /** Is at a point, and stands still. */
    public void set(double point) {
        done = point;
        moving = false;
        timer.dispose();
    }
}
