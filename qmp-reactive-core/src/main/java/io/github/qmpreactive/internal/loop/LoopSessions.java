package io.github.qmpreactive.internal.loop;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What the sessions on one event loop share. Its end, of which Netty keeps a list of listeners that is searched for each session
 * that ends: here it has one. And turns for what thousands of them do at the same time, as when a host goes down: between slices
 * of 1 ms the event loop serves the other sessions.
 */
final class LoopSessions {

    private static final ConcurrentMap<EventLoop, LoopSessions> BY_LOOP = new ConcurrentHashMap<>();
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final EventLoop loop;
    private final LongSupplier nanoTime;
    private final Set<Runnable> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean over;

    // What follows is used on the event loop.
    private final Queue<Runnable> waiting = new ArrayDeque<>();

    /** Whether a slice follows. */
    private boolean scheduled;

    LoopSessions(EventLoop loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
    }

    static LoopSessions on(EventLoop loop) {
        LoopSessions known = BY_LOOP.get(loop);
        if (known != null) {
            return known;
        }
        LoopSessions made = new LoopSessions(loop, System::nanoTime);
        LoopSessions first = BY_LOOP.putIfAbsent(loop, made);
        return first == null ? made.awaitEnd() : first;
    }

    private LoopSessions awaitEnd() {
        try {
            loop.terminationFuture().addListener(ended -> end());
        } catch (UnsupportedOperationException e) {
            // The loop of a channel that is made for tests: it never ends, and would be kept for ever.
            BY_LOOP.remove(loop);
        }
        return this;
    }

    private void end() {
        over = true;
        BY_LOOP.remove(loop);
        Queue<Runnable> tasks = new ArrayDeque<>();
        watches.forEach(watch -> tasks.add(() -> runWatch(watch)));
        SignalTurn.rethrow(SignalTurn.runAll(tasks, null));
    }

    /** Runs a task when the event loop has ended, unless {@link #unwatch} comes first. */
    void watch(Runnable task) {
        watches.add(task);
        if (over) {
            GlobalEventExecutor.INSTANCE.execute(() -> runWatch(task));
        }
    }

    void unwatch(Runnable task) {
        watches.remove(task);
    }

    private void runWatch(Runnable task) {
        if (watches.remove(task)) {
            task.run();
        }
    }

    /**
     * Runs a task on the event loop: the first at once, and others that come before the loop has looked at its connections again
     * in slices behind that. A task that is added by another one waits, too.
     */
    void inTurn(Runnable task) {
        assert loop.inEventLoop();
        if (scheduled) {
            waiting.add(task);
        } else {
            schedule();
            task.run();
        }
    }

    private void slice() {
        long start = nanoTime.getAsLong();
        try {
            Runnable task = waiting.poll();
            while (task != null) {
                task.run();
                task = nanoTime.getAsLong() - start < SLICE_NANOS ? waiting.poll() : null;
            }
        } finally {
            scheduled = false;
            if (!waiting.isEmpty()) {
                schedule();
            }
        }
    }

    /**
     * A timer, since tasks run before the loop looks at its connections. It starts a task, since Netty logs what a task throws, and not what a timer does.
     */
    private void schedule() {
        var unused = loop.schedule(() -> loop.execute(this::slice), 0, TimeUnit.NANOSECONDS);
        scheduled = true;
    }
}
