package io.github.qmpreactive.internal.loop;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Runs what comes up on an event loop for many sessions at the same time in slices of 1 ms. After each the loop serves the other
 * sessions, for four times as long at least: what is done for one in a slice brings work behind it, and on the other loops, too.
 */
final class Slices {

    private static final long LENGTH = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int PAUSE = 4;

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
                schedule(PAUSE * (nanoTime.getAsLong() - start));
            }
        }
    }

    /** A timer, since tasks run before the loop looks at its connections; for a task, since Netty logs what that throws. */
    private void schedule(long nanos) {
        var unused = loop.schedule(() -> loop.execute(this::slice), nanos, TimeUnit.NANOSECONDS);
        scheduled = true;
    }
}
