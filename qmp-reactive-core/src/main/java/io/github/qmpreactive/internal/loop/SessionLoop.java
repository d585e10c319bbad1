package io.github.qmpreactive.internal.loop;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/** The event loop that a session's state is confined to. */
public final class SessionLoop {

    private final EventLoop loop;
    private @Nullable Runnable watch;

    /** Shared by the sessions on this event loop; known from {@link #watch} on. */
    private @Nullable SharedLoop shared;

    private final SignalTurn onLoop = new SignalTurn();

    /** For a loop that is shut down: its own thread may not have ended yet. Guarded by this. */
    private @Nullable SharedTurn inPlace;

    public SessionLoop(EventLoop loop) {
        this.loop = loop;
    }

    /** For assertions. */
    public boolean isCurrent() {
        return loop.inEventLoop() || loop.isShutdown();
    }

    /** Whether it has been shut down, so that nothing runs on it any more. */
    public boolean isOver() {
        return loop.isShutdown();
    }

    /**
     * Runs a task when the loop has been shut down, unless {@link #unwatch} comes first. Netty closes the channels of such a
     * loop, but now and then it overlooks them, and completes no close future.
     */
    public void watch(Runnable task) {
        Runnable watching = () -> execute(task);
        watch = watching;
        shared = SharedLoop.watch(loop, watching);
    }

    public void unwatch() {
        Runnable watching = watch;
        SharedLoop watched = shared;
        if (watching != null && watched != null) {
            watch = null;
            watched.unwatch(watching);
        }
    }

    /** Whether the caller is on the event loop's thread. */
    public boolean isHere() {
        return loop.inEventLoop();
    }

    /**
     * Begins to deliver a signal on the event loop: what callbacks pass to {@link #execute} meanwhile runs in {@link
     * #leave}. Returns false if a signal is being delivered already; then {@code leave} must not be called.
     */
    public boolean enter() {
        assert loop.inEventLoop();
        return onLoop.enter();
    }

    /** The signal has reached every subscriber: runs what their callbacks have asked for. */
    public void leave() {
        assert loop.inEventLoop();
        onLoop.leave();
    }

    /**
     * Runs a task on the event loop: at once if this is the event loop and no signal is being delivered there; if one is,
     * after it has reached every subscriber; from any other thread, as one of the loop's next tasks. If the loop is shut
     * down, the task runs on the caller's thread, since the loop runs no more tasks; if another thread is running one there,
     * on that, after it.
     */
    public void execute(Runnable task) {
        if (loop.inEventLoop()) {
            onLoop.run(task);
            return;
        }
        try {
            loop.execute(() -> onLoop.run(task));
        } catch (RejectedExecutionException e) {
            runInPlace(task);
        }
    }

    /**
     * Runs a task of a session that {@link #watch watches} its loop, called on that: at once, or, where other sessions of the loop
     * do the same at the same time, in {@link Slices}. A loop that is shut down forgets what waits.
     */
    public void inSlices(Runnable task) {
        assert isCurrent();
        Slices slices = Objects.requireNonNull(shared, "not watched").slices();
        if (loop.isShuttingDown()) {
            task.run();
        } else {
            slices.run(() -> onLoop.run(task));
        }
    }

    /**
     * Runs a task on the event loop, once, after a time; what is longer than timers can count is counted as 100 years. Where
     * Reactor's clock is shut down, or is being replaced, the event loop's own counts; a clock that is shut down later takes
     * its timers with it. Disposed if the event loop is over, and with it the session.
     */
    public Disposable schedule(Duration delay, Runnable task) {
        return Timers.start(() -> loop, delay, () -> execute(task));
    }

    /** Runs a task in this turn of the loop, after what it is doing now. */
    public void afterThis(Runnable task) {
        assert isCurrent();
        try {
            loop.execute(() -> onLoop.run(task));
        } catch (RejectedExecutionException e) {
            runInPlace(task);
        }
    }

    /** Several threads may find that the loop is over: one at a time, as on the loop. */
    private void runInPlace(Runnable task) {
        sharedTurn().run(task);
    }

    /** Most sessions need none. */
    private synchronized SharedTurn sharedTurn() {
        SharedTurn turn = inPlace;
        if (turn == null) {
            turn = new SharedTurn();
            inPlace = turn;
        }
        return turn;
    }
}
