package io.github.qmpreactive.internal.loop;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of one thread one after the other: a task that a callback adds while a signal is delivered runs after
 * that signal has reached every subscriber, in the order of adding. Confined to one thread at a time.
 */
final class SignalTurn {

    private final ArrayDeque<Runnable> deferred = new ArrayDeque<>();
    private boolean busy;

    /** Runs a task now, or after the current signal if one is being delivered. */
    void run(Runnable task) {
        if (!enter()) {
            deferred.add(task);
            return;
        }
        try {
            task.run();
        } finally {
            leave();
        }
    }

    /** Begins to deliver a signal. Returns false if this happens inside another one, which then does the leaving. */
    boolean enter() {
        if (busy) {
            return false;
        }
        busy = true;
        return true;
    }

    /** The signal that {@link #enter} began has reached every subscriber: runs what was deferred. */
    void leave() {
        Throwable thrown = runAll(deferred, null);
        busy = false;
        rethrow(thrown);
    }

    /** Runs tasks until none is left. Returns what the first one that failed has thrown, or what was thrown before. */
    static @Nullable Throwable runAll(Queue<Runnable> tasks, @Nullable Throwable before) {
        Throwable thrown = before;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            try {
                task.run();
            } catch (Throwable e) {
                // The other tasks must not be lost.
                thrown = thrown == null ? e : thrown;
            }
        }
        return thrown;
    }

    static void rethrow(@Nullable Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException unchecked) {
            throw unchecked;
        }
    }
}
