package io.github.qmpreactive.test.internal.verify;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

/**
 * One run of a verification: what came, how far it got, what it called. Told by whatever thread signals; asked by the one
 * that verifies.
 */
public final class Run<T> {

    private static final int SHOWN = 20;

    private final List<String> expectations;
    private final Wording wording;
    private final List<Signal<T>> came = new CopyOnWriteArrayList<>();
    private final Map<String, CompletableFuture<?>> calls = new LinkedHashMap<>();
    private final NavigableSet<Integer> quiet = new ConcurrentSkipListSet<>();
    private final CompletableFuture<Void> stop = new CompletableFuture<>();
    private final AtomicInteger passed = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();
    private @Nullable AssertionError failure;

    Run(List<String> expectations, Wording wording) {
        this.expectations = expectations;
        this.wording = wording;
    }

    /** What is verified, with its end as one signal among the others; ends when the run does. */
    Flux<Signal<T>> watch(Publisher<T> source) {
        return Flux.from(source).materialize().doOnNext(came::add).takeUntilOther(Mono.fromFuture(stop, true));
    }

    /** Out of order sometimes: a signal may be quicker than a task before it. */
    void passed(int step) {
        passed.accumulateAndGet(step + 1, Math::max);
    }

    /** Passes over a value, or leaves it to the step behind. */
    boolean skip(boolean skipped) {
        if (skipped) {
            taken.incrementAndGet();
        }
        return skipped;
    }

    void check(int step, Expectation<T> expected, Signal<T> signal) {
        taken.incrementAndGet();
        Integer tooEarlyFor = quiet.lower(step);
        if (tooEarlyFor != null) {
            throw disturbed(tooEarlyFor);
        }
        List<String> problems = expected.problems().apply(signal);
        if (problems.isEmpty()) {
            return;
        }
        StringBuilder text = new StringBuilder("Expected ").append(expected.name());
        text.append(", but received ").append(wording.of(signal));
        if (!problems.equals(Expectation.NOT_AT_ALL)) {
            problems.forEach(problem -> text.append("\n  ").append(problem));
        }
        throw fail(step, text, came.subList(0, came.size() - 1), signal.getThrowable());
    }

    /** From the beginning of the run, so that nothing slips in between the step before it and its own begin. */
    void quiet(int step) {
        quiet.add(step);
    }

    /** The time without a signal is over: were there any all the same? */
    void quietPassed(int step) {
        if (came.size() > taken.get()) {
            throw disturbed(step);
        }
        quiet.remove(step);
        passed(step);
    }

    private AssertionError disturbed(int step) {
        int last = came.size() - 1;
        StringBuilder text = new StringBuilder("Expected ").append(expectations.get(step));
        text.append(", but received ").append(wording.of(came.get(last)));
        return fail(step, text, came.subList(0, last), null);
    }

    /** Subscribes to a call; should it fail, so does the run. */
    void call(String name, Mono<?> call) {
        CompletableFuture<Void> future = Call.to(call);
        calls.put("call " + (calls.size() + 1) + ", " + name, future);
        var unused = future.whenComplete((value, error) -> {
            if (error != null && !future.isCancelled()) {
                failed(name, error);
            }
        });
    }

    private void failed(String name, Throwable error) {
        StringBuilder text = new StringBuilder("Expected the success of ").append(name);
        text.append(", but received ").append(Wording.error(error));
        var unused = fail(passed.get(), text, came, error);
        stop.complete(null);
    }

    /** Waits for the calls that are not answered yet. */
    void awaitCalls(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        for (Map.Entry<String, CompletableFuture<?>> call : calls.entrySet()) {
            try {
                call.getValue().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                StringBuilder text = new StringBuilder("Timed out: there is no answer to ");
                throw fail(passed.get(), text.append(call.getKey()), came, e);
            } catch (ExecutionException e) {
                // Told by what runs when the call completes, which may not have run yet.
                StringBuilder text = new StringBuilder("Expected the success of ").append(call.getKey());
                throw fail(passed.get(), text.append(", but received ").append(e.getCause()), came, e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("Interrupted while waiting for the answer to " + call.getKey(), e);
            }
        }
    }

    /** What to throw: our own words where there are any. */
    AssertionError explained(AssertionError thrown, Duration limit) {
        AssertionError own = failure();
        if (own != null) {
            return own;
        }
        String said = String.valueOf(thrown.getMessage());
        int step = Math.min(passed.get(), expectations.size() - 1);
        if (said.contains("timed out")) {
            StringBuilder text = new StringBuilder("Timed out after " + limit);
            text.append(": expected ").append(expectations.get(step)).append(", but received nothing more");
            return fail(step, text, came, thrown);
        }
        return quiet.contains(step) && !came.isEmpty() ? disturbed(step) : thrown;
    }

    void checkComplete() {
        int step = passed.get();
        if (step < expectations.size()) {
            throw fail(step, new StringBuilder("Interrupted while waiting for " + expectations.get(step)), came, null);
        }
    }

    /** Unsubscribes from whatever is still subscribed to. */
    void end() {
        calls.values().forEach(call -> call.cancel(false));
        stop.complete(null);
    }

    private synchronized @Nullable AssertionError failure() {
        return failure;
    }

    /** The first failure is the one that counts. */
    private synchronized AssertionError fail(
            int step, StringBuilder text, List<Signal<T>> before, @Nullable Throwable cause) {
        if (failure == null) {
            text.append("\n  step ").append(Math.min(step + 1, expectations.size()));
            text.append(" of ").append(expectations.size());
            text.append(before.isEmpty() ? "; nothing was received before" : "; received before:");
            List<Signal<T>> shown = before.subList(Math.max(0, before.size() - SHOWN), before.size());
            if (shown.size() < before.size()) {
                text.append("\n    (").append(before.size() - shown.size()).append(" more)");
            }
            shown.forEach(signal -> text.append("\n    ").append(wording.of(signal)));
            failure = new AssertionError(text.toString(), cause);
        }
        return failure;
    }
}
