package io.github.qmpreactive.test;

import java.time.Duration;
import java.util.Comparator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Holds the timers that are started on {@code Schedulers.parallel()} while this is open. Each runs out when the test says
 * so, after what has to happen before it; none runs out because the machine is slow.
 */
public final class HeldTimers implements AutoCloseable {

    /** What is no longer is not held: it is a pause, and no limit. */
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final Scheduler tasks = Schedulers.newParallel("held-timers", 2, true);
    private final Queue<Timer> timers = new ConcurrentLinkedQueue<>();
    private final AtomicLong passed = new AtomicLong();
    private final Schedulers.Snapshot before = Schedulers.setFactoryWithSnapshot(new Schedulers.Factory() {
        @Override
        public Scheduler newParallel(int parallelism, ThreadFactory threads) {
            return new Holding();
        }
    });

    /** Waits until a timer of this length has been started, and lets it run out unless it was stopped. */
    public void runOut(Duration length) {
        runOut(length, 1);
    }

    /** Waits until so many timers of this length have been started, and lets the last of them run out. */
    public void runOut(Duration length, int number) {
        Patience.until(
                () -> started(length) >= number,
                () -> "Timer " + number + " of " + length + " was not started: " + timers);
        tasks.schedule(of(length).skip(number - 1L).findFirst().orElseThrow());
    }

    /** Time passes: lets those run out that have been started by now and are due by then, the earliest first. */
    public void pass(Duration time) {
        long until = passed.addAndGet(time.toNanos());
        timers.stream()
                .filter(timer -> timer.due <= until)
                .sorted(Comparator.comparingLong(timer -> timer.due))
                .forEach(tasks::schedule);
    }

    /** How many timers of this length have been started, those included that were stopped or have run out. */
    public long started(Duration length) {
        return of(length).count();
    }

    /** How many timers of this length are held, those excluded that were stopped. */
    public long held(Duration length) {
        return of(length).filter(timer -> !timer.stopped).count();
    }

    private Stream<Timer> of(Duration length) {
        return timers.stream().filter(timer -> timer.length.equals(length));
    }

    @Override
    public void close() {
        Schedulers.resetFrom(before);
        tasks.dispose();
    }

    private static final class Timer implements Disposable, Runnable {

        private final Duration length;
        private final long due;
        private final Runnable task;
        private final AtomicBoolean ran = new AtomicBoolean();
        private volatile boolean stopped;

        Timer(Duration length, long due, Runnable task) {
            this.length = length;
            this.due = due;
            this.task = task;
        }

        @Override
        public void run() {
            if (!stopped && ran.compareAndSet(false, true)) {
                task.run();
            }
        }

        @Override
        public void dispose() {
            stopped = true;
        }

        @Override
        public String toString() {
            return length.toString();
        }
    }

    private final class Holding implements Scheduler {

        private final long start = tasks.now(TimeUnit.NANOSECONDS);

        @Override
        public Disposable schedule(Runnable task) {
            return tasks.schedule(task);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            Duration length = Duration.of(delay, unit.toChronoUnit());
            if (length.compareTo(PAUSE) <= 0) {
                return tasks.schedule(task, delay, unit);
            }
            Timer timer = new Timer(length, passed.get() + length.toNanos(), task);
            timers.add(timer);
            return timer;
        }

        /** It stands still, too, but for what the test lets pass. */
        @Override
        public long now(TimeUnit unit) {
            return unit.convert(start + passed.get(), TimeUnit.NANOSECONDS);
        }

        @Override
        public Worker createWorker() {
            return tasks.createWorker();
        }
    }
}
