package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.internal.net.Timers;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** When the next message is sent: at once, or when as much time has passed as passed when it was recorded. */
final class Pace {

    private final @Nullable Supplier<Scheduler> timer;
    private final Scheduler thread;

    /**
     * A pace.
     *
     * @param timer looked up at each wait; null for none
     * @param thread where what was waited for happens
     */
    Pace(@Nullable Supplier<Scheduler> timer, Scheduler thread) {
        this.timer = timer;
        this.thread = thread;
    }

    /** Whether to wait between two moments of the recording. */
    boolean waits(Duration from, Duration to) {
        return timer != null && to.compareTo(from) > 0;
    }

    private void onThread(Runnable task) {
        try {
            var unused = thread.schedule(task);
        } catch (RejectedExecutionException e) {
            // The replay was closed meanwhile.
        }
    }

    /** Runs a task on the thread of the replay when the time between two moments of the recording has passed. */
    void wait(Duration from, Duration to, Runnable task) {
        if (timer != null) {
            var unused = Timers.after(timer, to.minus(from), () -> onThread(task));
        }
    }
}
