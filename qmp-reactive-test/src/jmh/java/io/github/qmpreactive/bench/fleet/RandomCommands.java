package io.github.qmpreactive.bench.fleet;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Commands to sessions that are picked at random, at one rate for all sizes of a fleet, however fast they are answered:
 * a late answer makes no room for itself.
 */
final class RandomCommands {

    static final Duration WARM_UP = Duration.ofSeconds(4);
    static final Duration MEASURED = Duration.ofSeconds(5);

    private static final int PER_SECOND = 10_000;
    private static final long TICK_NANOS = 1_000_000;
    private static final int OUTSTANDING = 100_000;
    private static final long HIGHEST_NANOS = 60_000_000_000L;

    private final List<QmpSession> sessions;
    private final Random random = new Random(42);

    RandomCommands(List<QmpSession> sessions) {
        this.sessions = sessions;
    }

    /** How long each took, in nanoseconds. */
    record Latencies(Histogram nanos) {

        double count() {
            return nanos.getTotalCount();
        }

        double micros(double percentile) {
            return nanos.getValueAtPercentile(percentile) / 1e3;
        }
    }

    /** Sends for a while, and waits for the last answer. */
    Latencies send(Duration time) throws InterruptedException {
        Histogram nanos = new ConcurrentHistogram(HIGHEST_NANOS, 3);
        Semaphore outstanding = new Semaphore(OUTSTANDING);
        QmpCommand command = QmpCommand.of("query-status");
        long perTick = PER_SECOND * TICK_NANOS / 1_000_000_000L;
        long start = System.nanoTime();
        for (long tick = start; tick - start < time.toNanos(); tick += TICK_NANOS) {
            for (int i = 0; i < perTick; i++) {
                outstanding.acquire();
                QmpSession session = sessions.get(random.nextInt(sessions.size()));
                long sent = System.nanoTime();
                session.execute(command).subscribe(result -> {
                    nanos.recordValue(System.nanoTime() - sent);
                    outstanding.release();
                });
            }
            for (long wait = tick + TICK_NANOS - System.nanoTime();
                    wait > 0;
                    wait = tick + TICK_NANOS - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
        }
        if (!outstanding.tryAcquire(OUTSTANDING, 60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("Some commands were not answered");
        }
        return new Latencies(nanos);
    }
}
