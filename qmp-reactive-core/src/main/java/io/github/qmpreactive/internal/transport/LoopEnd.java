package io.github.qmpreactive.internal.transport;

import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.FutureListener;
import java.util.concurrent.RejectedExecutionException;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** The end of event loops: what they were given at that moment they may reject, or forget. */
final class LoopEnd {

    private LoopEnd() {}

    /**
     * Watches event loops.
     *
     * @param loops the event loops
     * @param task what to run when they are terminated, on whichever thread
     * @return ends the watch
     */
    static Disposable watch(EventExecutorGroup loops, Runnable task) {
        FutureListener<Object> listener = ended -> task.run();
        try {
            loops.terminationFuture().addListener(listener);
            return () -> loops.terminationFuture().removeListener(listener);
        } catch (UnsupportedOperationException e) {
            // The loop of a channel that is made for tests: it never ends.
            return Disposables.disposed();
        }
    }

    static RejectedExecutionException error() {
        return new RejectedExecutionException("the event loops are shut down");
    }
}
