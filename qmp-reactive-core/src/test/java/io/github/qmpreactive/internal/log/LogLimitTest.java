package io.github.qmpreactive.internal.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

@DisplayName("A limit of log lines")
class LogLimitTest {

    private final List<Integer> leftOut = new ArrayList<>();
    private final LogLimit limit = new LogLimit(leftOut::add);

    /** The time of the wall, which may be set, and nanoseconds, which only increase. */
    private static final class SetClock implements Scheduler {

        private long millis = Duration.ofDays(20_000).toMillis();
        private long nanos = -TimeUnit.DAYS.toNanos(1);

        void pass(Duration time) {
            millis += time.toMillis();
            nanos += time.toNanos();
        }

        @Override
        public long now(TimeUnit unit) {
            return unit.compareTo(TimeUnit.MILLISECONDS) >= 0
                    ? unit.convert(millis, TimeUnit.MILLISECONDS)
                    : unit.convert(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public Disposable schedule(Runnable task) {
            return Disposables.single();
        }

        /** It is replaced before a timer runs out. */
        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            return Disposables.single();
        }

        @Override
        public Worker createWorker() {
            throw new UnsupportedOperationException();
        }
    }

    private final SetClock clock = new SetClock();

    @BeforeEach
    void set() {
        Schedulers.setFactory(new Schedulers.Factory() {
            @Override
            public Scheduler newParallel(int parallelism, ThreadFactory threads) {
                return clock;
            }
        });
    }

    @AfterEach
    void reset() {
        VirtualTimeScheduler.reset();
        Schedulers.resetFactory();
    }

    /** How many of 25 lines are written. */
    private int written() {
        int written = 0;
        for (int i = 0; i < LogLimit.LINES + 5; i++) {
            written += limit.tryAcquire() ? 1 : 0;
        }
        return written;
    }

    @Test
    @DisplayName("writes so many lines in each period, and tells at its end how many it left out")
    void periods() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        assertEquals(LogLimit.LINES, written());
        assertEquals(0, written());
        assertEquals(List.of(), leftOut);
        time.advanceTimeBy(LogLimit.PERIOD);
        assertEquals(List.of(30), leftOut);
        assertEquals(LogLimit.LINES, written());
        time.advanceTimeBy(LogLimit.PERIOD);
        assertEquals(List.of(30, 5), leftOut);
        time.advanceTimeBy(LogLimit.PERIOD);
        assertEquals(List.of(30, 5), leftOut);
    }

    @Test
    @DisplayName("writes in the next period when the clock was set back by an hour")
    void setBack() {
        assertEquals(LogLimit.LINES, written());
        clock.millis -= Duration.ofHours(1).toMillis();
        assertEquals(0, written());
        clock.pass(LogLimit.PERIOD);
        assertEquals(LogLimit.LINES, written());
    }

    @Test
    @DisplayName("tells in a later period what it left out when the clock with its timer was replaced")
    void replaced() {
        assertEquals(LogLimit.LINES, written());
        Schedulers.resetFactory();
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        time.advanceTimeBy(Duration.ofDays(1));
        assertEquals(LogLimit.LINES, written());
        assertEquals(List.of(5), leftOut);
        time.advanceTimeBy(LogLimit.PERIOD);
        assertEquals(List.of(5, 5), leftOut);
    }

    @Test
    @DisplayName("writes when the clock that took the place of another one is behind it")
    void behind() {
        clock.pass(Duration.ofDays(2));
        assertEquals(LogLimit.LINES, written());
        VirtualTimeScheduler.getOrSet();
        assertEquals(LogLimit.LINES, written());
        assertEquals(List.of(5), leftOut);
    }
}
