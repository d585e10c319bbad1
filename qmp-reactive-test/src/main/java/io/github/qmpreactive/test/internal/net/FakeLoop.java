package io.github.qmpreactive.test.internal.net;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

/**
 * The event loop that all fakes share, so that one starts and stops in a millisecond or so, and what happens on it happens
 * in one order for all of their clients. Always NIO: it has UNIX sockets on every platform, and one address class.
 */
public final class FakeLoop {

    /** How long the blocking methods of the fakes wait. */
    public static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("qmp.test.patience", 10));

    static final boolean NATIVE = false;
    static final LoopResources RESOURCES = LoopResources.create("fake-qmp", 1, 1, true);

    private FakeLoop() {}

    /**
     * Runs a task on the event loop: at once if this is its thread; else it waits until that was done, unless this is a
     * thread that must not wait. What the task throws comes out of here if it was waited for.
     *
     * @throws AssertionError if the event loop is blocked for 10 seconds
     */
    public static void run(Runnable task) {
        run(loop(), task, PATIENCE);
    }

    static void run(EventLoop loop, Runnable task, Duration patience) {
        if (loop.inEventLoop()) {
            task.run();
        } else if (Schedulers.isInNonBlockingThread()) {
            loop.execute(task);
        } else {
            Future<?> done = loop.submit(task);
            if (!done.awaitUninterruptibly(patience.toMillis())) {
                throw blocked(loop, patience);
            }
            done.syncUninterruptibly();
        }
    }

    private static AssertionError blocked(EventLoop loop, Duration patience) {
        AssertionError error = new AssertionError(
                "The event loop of the fakes has been blocked for " + patience
                        + ": what answers a command, or is subscribed to a fake, must not wait. Its stack is the cause of this");
        if (loop instanceof SingleThreadEventExecutor executor) {
            Throwable where = new Throwable(executor.threadProperties().name());
            where.setStackTrace(executor.threadProperties().stackTrace());
            error.initCause(where);
        }
        return error;
    }

    /**
     * Runs a task on the event loop, behind what it is busy with: after the reply to the command that is being answered.
     */
    public static void later(Runnable task) {
        loop().execute(task);
    }

    /** Runs a task on the event loop after a time that QEMU takes: by the clock on the wall, also where a test's is virtual. */
    public static void later(Duration time, Runnable task) {
        var unused = loop().schedule(task, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static EventLoop loop() {
        return RESOURCES.onServer(NATIVE).next();
    }
}
