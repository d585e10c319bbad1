package io.github.qmpreactive.internal.loop;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Runs what comes up on an event loop for many sessions at the same time in slices of 1 ms. After each slice the loop serves the
 * other sessions for four times as long, but no longer than 100 ms: a task may have taken long for a reason of its own.
 */
final class Slices {

    private static final long LENGTH = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int PAUSE = 4;
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private final EventLoop loop;
    private final LongSupplier nanoTime;
    private final Queue<Runnable> waiting = new ArrayDeque<>();

    /** Whether a slice follows. */
    private boolean scheduled;

    Slices(EventLoop loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
    }

    /** Runs a task, called on the event loop: at once, or, until the loop has looked at its connections again, behind others. */
    void run(Runnable task) {
        assert loop.inEventLoop();
        if (scheduled) {
            waiting.add(task);
        } else {
            schedule(0);
            task.run();
        }
    }

    private void slice() {
        long start = nanoTime.getAsLong();
        try {
            Runnable task = waiting.poll();
            while (task != null) {
                task.run();
                task = nanoTime.getAsLong() - start < LENGTH ? waiting.poll() : null;
            }
        } finally {
            scheduled = false;
            if (!waiting.isEmpty()) {
                schedule(Math.min(PAUSE * (nanoTime.getAsLong() - start), LONGEST_PAUSE));
            }
        }
    }

    /**
     * A timer, since the loop runs all tasks before it looks at its connections. It starts a task, since Netty logs what a task
     * throws, and not what a timer throws.
     */
    private void schedule(long nanos) {
        var unused = loop.schedule(() -> loop.execute(this::slice), nanos, TimeUnit.NANOSECONDS);
        scheduled = true;
    }
}
