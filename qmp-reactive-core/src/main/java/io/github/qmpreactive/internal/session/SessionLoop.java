package io.github.qmpreactive.internal.session;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;

/** The event loop that a session's state is confined to. */
final class SessionLoop {

    private final EventLoop loop;

    SessionLoop(EventLoop loop) {
        this.loop = loop;
    }

    /** For assertions. */
    boolean isCurrent() {
        return loop.inEventLoop() || loop.isShutdown();
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
            task.run();
        }
    }

    /** Runs a task in this turn of the loop, after what it is doing now. */
    void afterThis(Runnable task) {
        assert isCurrent();
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }
}
