package io.github.qmpreactive.test.internal.verify;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * One run of a verification: what came, how far it got, what it called. The thread that verifies waits here for what other
 * threads signal.
 */
final class Run<T> implements AutoCloseable {

    private static final int SHOWN = 20;

    private final List<String> expectations;
    private final String end;
    private final Duration limit;
    private final @Nullable VirtualTimeScheduler clock;
    private final long begin = System.nanoTime();
    private final Disposable.Swap source = Disposables.swap();
    private final Disposable.Composite callers = Disposables.composite();
    private final List<Signal<T>> came = new ArrayList<>();

    /** Names of the calls that have no answer. */
    private final List<String> calls = new ArrayList<>();

    private int callCount;
    private int taken;
    private int step;
    private @Nullable AssertionError failure;

    Run(List<String> expectations, String end, Duration limit, boolean virtualTime) {
        this.expectations = expectations;
        this.end = end;
        this.limit = limit;
        this.clock = virtualTime ? VirtualTimeScheduler.getOrSet(true) : null;
    }

    /** Sees the end as one signal among the others. */
    void subscribe(Flux<T> watched) {
        source.update(watched.materialize().subscribe(this::onSignal));
    }

    private synchronized void onSignal(Signal<T> signal) {
        came.add(signal);
        notifyAll();
    }

    synchronized void endStep() {
        step++;
    }

    void expectNext(Expectation<T> expected) {
        check(expected, next());
    }

    void skipUntil(Expectation<T> expected) {
        Signal<T> signal = next();
        while (signal.isOnNext() && !expected.isFulfilledBy(signal)) {
            signal = next();
        }
        check(expected, signal);
    }

    void expectNothing(Duration duration) {
        if (clock != null) {
            // As with StepVerifier: what comes when the time is over does not come within it.
            clock.advanceTimeBy(duration.minusNanos(1));
        }
        if (await(this::hasNext, clock == null ? duration : Duration.ZERO)) {
            throw unexpected(expectations.get(step), next(), Expectation.NOT_AT_ALL);
        }
        if (clock != null) {
            clock.advanceTimeBy(Duration.ofNanos(1));
        }
        requireTime();
    }

    void pass(Duration duration) {
        if (clock == null) {
            boolean unused = await(() -> false, duration);
            requireTime();
        } else {
            clock.advanceTimeBy(duration);
        }
    }

    /** Subscribes to a call; should it fail, so does the run. */
    void call(String name, Mono<?> call) {
        String numbered = "call " + ++callCount + ", " + name;
        synchronized (this) {
            calls.add(numbered);
        }
        // Without the result, which a subscriber that is cancelled would drop onto Reactor's hooks.
        callers.add(call.then()
                .doOnError(error -> onFailure(name, error))
                .onErrorComplete()
                .doOnSuccess(nothing -> onAnswer(numbered))
                .subscribe());
    }

    private synchronized void onFailure(String name, Throwable error) {
        if (failure == null) {
            failure = described(
                    "Expected the success of " + name + ", but received " + Wording.error(error), came.size(), error);
        }
    }

    private synchronized void onAnswer(String call) {
        calls.remove(call);
        notifyAll();
    }

    /**
     * Cancels what is verified, and waits for the calls that are not answered yet.
     *
     * @return how long the run took until then
     */
    Duration awaitCalls() {
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        source.dispose();
        if (!await(calls::isEmpty, limit)) {
            synchronized (this) {
                if (!calls.isEmpty()) {
                    throw described("Timed out: there is no answer to " + calls.get(0), came.size(), null);
                }
            }
        }
        return took;
    }

    /** Unsubscribes from whatever is still subscribed to. */
    @Override
    public void close() {
        source.dispose();
        callers.dispose();
        if (clock != null) {
            clock.dispose();
            VirtualTimeScheduler.reset();
        }
    }

    private boolean hasNext() {
        return came.size() > taken;
    }

    private Signal<T> next() {
        if (!await(this::hasNext, limit)) {
            throw timedOut();
        }
        synchronized (this) {
            return came.get(taken++);
        }
    }

    /** Waits until a condition holds; false if the time is over before. */
    private synchronized boolean await(BooleanSupplier condition, Duration time) {
        long deadline = System.nanoTime() + Math.min(time.toNanos(), left());
        try {
            for (long rest = deadline - System.nanoTime();
                    rest > 0 && failure == null && !condition.getAsBoolean();
                    rest = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, rest);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            String what = step < expectations.size() ? expectations.get(step) : "answers to calls";
            throw described("Interrupted while waiting for " + what, came.size(), null);
        }
        if (failure != null) {
            throw failure;
        }
        return condition.getAsBoolean();
    }

    private long left() {
        return begin + limit.toNanos() - System.nanoTime();
    }

    void requireTime() {
        if (left() <= 0) {
            throw timedOut();
        }
    }

    private void check(Expectation<T> expected, Signal<T> signal) {
        List<String> problems = expected.problems().apply(signal);
        if (!problems.isEmpty()) {
            throw unexpected(expected.name(), signal, problems);
        }
    }

    private AssertionError unexpected(String expected, Signal<T> signal, List<String> problems) {
        StringBuilder text = new StringBuilder("Expected " + expected + ", but received " + Wording.of(signal, end));
        if (!problems.equals(Expectation.NOT_AT_ALL)) {
            problems.forEach(problem -> text.append("\n  ").append(problem));
        }
        return described(text.toString(), taken - 1, signal.getThrowable());
    }

    private AssertionError timedOut() {
        String text = "Timed out after " + limit + ": expected " + expectations.get(step);
        return described(text + ", but received nothing more", came.size(), null);
    }

    /** A failure that shows the newest of what came before. */
    private synchronized AssertionError described(String text, int before, @Nullable Throwable cause) {
        StringBuilder full = new StringBuilder(text);
        full.append("\n  step ").append(Math.min(step + 1, expectations.size()));
        full.append(" of ").append(expectations.size());
        full.append(before == 0 ? "; nothing was received before" : "; received before:");
        int hidden = Math.max(0, before - SHOWN);
        if (hidden > 0) {
            full.append("\n    (").append(hidden).append(" more)");
        }
        came.subList(hidden, before).forEach(signal -> full.append("\n    ").append(Wording.of(signal, end)));
        return new AssertionError(full.toString(), cause);
    }
}
