package io.github.qmpreactive.test.internal.net;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.util.Logger;
import reactor.util.Loggers;

/** Timers on a clock that a test may replace or dispose of at any moment. */
public final class Timers {

    private static final Logger LOG = Loggers.getLogger(Timers.class);

    private Timers() {}

    /**
     * Runs a task after a delay. A clock that is disposed of stands still, so the task does not run; a warning says so.
     *
     * @param clock looked up at once, and again if the clock was replaced meanwhile
     * @param delay the delay
     * @param task runs on a thread of the clock
     * @return cancels the timer
     */
    public static Disposable after(Supplier<Scheduler> clock, Duration delay, Runnable task) {
        Scheduler current = clock.get();
        while (true) {
            try {
                return current.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                Scheduler disposed = current;
                current = clock.get();
                if (current == disposed) {
                    LOG.warn("Dropped a timer of {}: its clock {} is disposed", delay, disposed);
                    return Disposables.disposed();
                }
            }
        }
    }
}
