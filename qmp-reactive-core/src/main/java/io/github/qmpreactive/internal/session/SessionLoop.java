package io.github.qmpreactive.internal.session;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FutureListener;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The event loop that a session's state is confined to. */
final class SessionLoop {

    private final EventLoop loop;
    private @Nullable FutureListener<Object> watch;

    SessionLoop(EventLoop loop) {
        this.loop = loop;
    }

    /** For assertions. */
    boolean isCurrent() {
        return loop.inEventLoop() || loop.isShutdown();
    }

    /** Whether it has been shut down, so that nothing runs on it any more. */
    boolean isOver() {
        return loop.isShutdown();
    }

    /**
     * Runs a task when the loop has been shut down, unless {@link #unwatch} comes first. Netty closes the channels of such a
     * loop, but now and then it overlooks them and tells nobody.
     */
    void watch(Runnable task) {
        FutureListener<Object> listener = over -> execute(task);
        try {
            loop.terminationFuture().addListener(listener);
            watch = listener;
        } catch (UnsupportedOperationException e) {
            // The loop of a channel that is made for tests: it never ends.
        }
    }

    void unwatch() {
        FutureListener<Object> watching = watch;
        if (watching != null) {
            watch = null;
            loop.terminationFuture().removeListener(watching);
        }
    }

    /**
     * Runs a task at once if this is the event loop, else as one of its next tasks. Where the loop is shut down the task
     * runs right here: nothing else runs there any more, and nobody must be left waiting.
     */
    void execute(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            return;
        }
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            runInPlace(task);
        }
    }

    /** Runs a task in this turn of the loop, after what it is doing now. */
    void afterThis(Runnable task) {
        assert isCurrent();
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            runInPlace(task);
        }
    }

    /** Several threads may find that the loop is over: one at a time, as on the loop. */
    private synchronized void runInPlace(Runnable task) {
        task.run();
    }
}
