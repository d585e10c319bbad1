package io.github.qmpreactive.internal.loop;

import io.netty.util.concurrent.EventExecutorGroup;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Timers on Reactor's clock, which tests replace, or on that of event loops where Reactor's is shut down or is being
 * replaced. A timer that was started on a clock that is shut down later never runs.
 */
public final class Timers {

    /** Schedulers count nanoseconds in 64 bits, on top of their clock's, which is enough for 292 years. */
    private static final Duration LONGEST = Duration.ofDays(36_525);

    private Timers() {}

    /**
     * Runs a task, once, after a time.
     *
     * @param loops the event loops whose clock counts if Reactor's does not
     * @param delay what is longer than timers can count is counted as 100 years
     * @param task runs on a thread of the clock
     * @return cancels the timer; disposed if the event loops are shut down, too, and the task never runs
     */
    public static Disposable start(Supplier<? extends EventExecutorGroup> loops, Duration delay, Runnable task) {
        long nanos = (delay.compareTo(LONGEST) > 0 ? LONGEST : delay).toNanos();
        try {
            return Schedulers.parallel().schedule(task, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return startOn(loops.get(), nanos, task);
        }
    }

    private static Disposable startOn(EventExecutorGroup loops, long nanos, Runnable task) {
        try {
            Future<?> timer = loops.schedule(task, nanos, TimeUnit.NANOSECONDS);
            return () -> cancel(timer);
        } catch (RejectedExecutionException e) {
            return Disposables.disposed();
        }
    }

    private static void cancel(Future<?> timer) {
        try {
            timer.cancel(false);
        } catch (RejectedExecutionException e) {
            // The event loop is shut down: the timer never runs.
        }
    }

    /**
     * A delay.
     *
     * @param loops as for {@link #start}
     * @param delay as for {@link #start}
     * @return completes after the delay, on a thread of the clock, or at once if no clock counts; cancelling cancels the
     *     timer
     */
    public static Mono<Void> delay(Supplier<? extends EventExecutorGroup> loops, Duration delay) {
        return Mono.create(sink -> {
            Disposable timer = start(loops, delay, sink::success);
            sink.onDispose(timer);
            if (timer.isDisposed()) {
                sink.success();
            }
        });
    }
}
