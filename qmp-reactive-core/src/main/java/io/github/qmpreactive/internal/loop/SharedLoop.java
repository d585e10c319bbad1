package io.github.qmpreactive.internal.loop;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FutureListener;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the sessions on one event loop share, as long as there are any: one listener to its end, where Netty would search a list of
 * listeners for each session that ends, and the slices in which they end.
 */
final class SharedLoop {

    private static final ConcurrentMap<EventLoop, SharedLoop> BY_LOOP = new ConcurrentHashMap<>();

    private final EventLoop loop;
    private final Slices slices;
    private final FutureListener<Object> listener = ended -> end();
    private final Set<Runnable> watches = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isNew = new AtomicBoolean(true);

    private SharedLoop(EventLoop loop) {
        this.loop = loop;
        this.slices = new Slices(loop, System::nanoTime);
    }

    /** Runs a task when the event loop has ended, unless {@link #unwatch} comes first. */
    static SharedLoop watch(EventLoop loop, Runnable task) {
        SharedLoop shared = BY_LOOP.compute(loop, (same, known) -> {
            SharedLoop used = known == null ? new SharedLoop(loop) : known;
            used.watches.add(task);
            return used;
        });
        if (shared.isNew.compareAndSet(true, false)) {
            shared.listen();
        }
        return shared;
    }

    private void listen() {
        try {
            loop.terminationFuture().addListener(listener);
        } catch (UnsupportedOperationException e) {
            // The loop of a channel that is made for tests: it never ends, and would be kept for ever.
            BY_LOOP.remove(loop);
        }
    }

    void unwatch(Runnable task) {
        watches.remove(task);
        SharedLoop left =
                BY_LOOP.computeIfPresent(loop, (same, known) -> known == this && watches.isEmpty() ? null : known);
        if (left == null && watches.isEmpty()) {
            stopListening();
        }
    }

    private void stopListening() {
        try {
            loop.terminationFuture().removeListener(listener);
        } catch (UnsupportedOperationException e) {
            // It was not listened to.
        }
    }

    /** For what thousands of sessions do at the same time, as when a host goes down. */
    Slices slices() {
        return slices;
    }

    private void end() {
        BY_LOOP.remove(loop, this);
        Queue<Runnable> tasks = new ArrayDeque<>();
        watches.forEach(watch -> tasks.add(() -> {
            if (watches.remove(watch)) {
                watch.run();
            }
        }));
        SignalTurn.rethrow(SignalTurn.runAll(tasks, null));
    }
}
