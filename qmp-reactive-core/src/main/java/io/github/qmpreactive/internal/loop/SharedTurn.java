package io.github.qmpreactive.internal.loop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs the tasks of any number of threads one after the other, in the order of adding. No thread waits for another one, since
 * tasks call subscribers, which may add tasks to another session's: if another thread is running tasks, it runs this one, too.
 */
final class SharedTurn {

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger busy = new AtomicInteger();

    /** Runs a task, after those that were added before. Throws what the first task that failed has thrown, after the last one. */
    void run(Runnable task) {
        waiting.add(task);
        if (busy.getAndIncrement() != 0) {
            return;
        }
        Throwable thrown = null;
        int seen = 1;
        while (seen != 0) {
            thrown = SignalTurn.runAll(waiting, thrown);
            seen = busy.addAndGet(-seen);
        }
        SignalTurn.rethrow(thrown);
    }
}
