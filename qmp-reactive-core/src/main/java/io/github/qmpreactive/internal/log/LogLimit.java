package io.github.qmpreactive.internal.log;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/** Bounds how many lines the other side of a connection can have written to a log. */
public final class LogLimit {

    /** How many lines are written in each period. */
    public static final int LINES = 20;

    /** How long a period is. */
    public static final Duration PERIOD = Duration.ofSeconds(10);

    private final IntConsumer leftOut;
    private long start = Long.MIN_VALUE;
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
    public synchronized boolean tryAcquire() {
        long now = Schedulers.parallel().now(TimeUnit.MILLISECONDS);
        if (start == Long.MIN_VALUE || now - start >= PERIOD.toMillis()) {
            start = now;
            written = 0;
        }
        if (written < LINES) {
            written++;
            return true;
        }
        if (omitted++ == 0) {
            try {
                Disposable unused = Schedulers.parallel()
                        .schedule(this::report, PERIOD.toMillis() - (now - start), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                // Reactor's schedulers are shut down: the next line tries again.
                omitted = 0;
            }
        }
        return false;
    }

    private void report() {
        int lines;
        synchronized (this) {
            lines = omitted;
            omitted = 0;
        }
        leftOut.accept(lines);
    }
}
