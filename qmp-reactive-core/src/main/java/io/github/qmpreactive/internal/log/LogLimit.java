package io.github.qmpreactive.internal.log;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;

/** Bounds how many lines the other side of a connection can have written to a log. */
public final class LogLimit {

    /** How many lines are written in each period. */
    public static final int LINES = 20;

    /** How long a period is. */
    public static final Duration PERIOD = Duration.ofSeconds(10);

    private final IntConsumer leftOut;
    private Disposable timer = Disposables.disposed();
    private boolean began;
    private long start;
    private int written;
    private int omitted;

    /**
     * A limit.
     *
     * @param leftOut is given, at the end of a period, how many lines were left out in it, if there were any
     */
    public LogLimit(IntConsumer leftOut) {
        this.leftOut = leftOut;
    }

    /**
     * Counts a line.
     *
     * @return whether to write it
     */
    public boolean tryAcquire() {
        int untold = 0;
        boolean write;
        synchronized (this) {
            // In nanoseconds the clock is not that of the wall, which may be set.
            long now = Schedulers.parallel().now(TimeUnit.NANOSECONDS);
            if (isOver(now)) {
                untold = takeOmitted();
                began = true;
                start = now;
                written = 0;
            }
            write = count(now);
        }
        tell(untold);
        return write;
    }

    /** A clock that takes the place of another one may be behind it. */
    private boolean isOver(long now) {
        long passed = now - start;
        return !began || passed < 0 || passed >= PERIOD.toNanos();
    }

    private boolean count(long now) {
        if (written < LINES) {
            written++;
            return true;
        }
        if (omitted++ == 0) {
            try {
                timer = Schedulers.parallel()
                        .schedule(this::report, PERIOD.toNanos() - (now - start), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                // Reactor's schedulers are shut down: the next line tries again.
                omitted = 0;
            }
        }
        return false;
    }

    /**
     * Returns how many omitted lines are not reported yet, and stops the timer that would report them. A timer whose clock was
     * replaced may never fire; then the first line of a later period reports them.
     */
    private int takeOmitted() {
        int lines = omitted;
        omitted = 0;
        timer.dispose();
        return lines;
    }

    private void report() {
        int lines;
        synchronized (this) {
            lines = takeOmitted();
        }
        tell(lines);
    }

    private void tell(int lines) {
        if (lines > 0) {
            leftOut.accept(lines);
        }
    }
}
