package io.github.qmpreactive.test.internal.verify;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What is verified, and the steps; immutable. Each step is done on the thread that verifies, one after the other. */
public final class Verification<T> {

    /** What a step waits for, as a part of a sentence, and what it does. */
    private record Step<T>(String expectation, Consumer<Run<T>> action) {}

    private final Supplier<? extends Publisher<T>> source;
    private final boolean virtualTime;
    private final Wording wording;
    private final List<Step<T>> steps;

    private Verification(
            Supplier<? extends Publisher<T>> source, boolean virtualTime, Wording wording, List<Step<T>> steps) {
        this.source = source;
        this.virtualTime = virtualTime;
        this.wording = wording;
        this.steps = steps;
    }

    /**
     * A verification without steps.
     *
     * @param wording how signals are called
     */
    public static <T> Verification<T> of(
            Supplier<? extends Publisher<T>> source, boolean virtualTime, Wording wording) {
        return new Verification<>(source, virtualTime, wording, List.of());
    }

    public Verification<T> next(Expectation<T> expected) {
        return then(expected.name(), run -> run.expectNext(expected));
    }

    /** Then values are passed over up to one that fulfils an expectation. */
    public Verification<T> skipUntil(Expectation<T> expected) {
        return then(expected.name() + ", whatever comes before it", run -> run.skipUntil(expected));
    }

    public Verification<T> run(Runnable task) {
        return then("the task given to then() to return", run -> {
            task.run();
            run.requireTime();
        });
    }

    /** Then something is subscribed to; it has to succeed before the verification is over. */
    public Verification<T> call(String name, Mono<?> call) {
        return then("the success of " + name, run -> run.call(name, call));
    }

    public Verification<T> nothing(Duration duration, String what) {
        return then(what + " for " + duration, run -> run.expectNothing(duration));
    }

    public Verification<T> await(Duration duration) {
        return then(duration + " to pass", run -> run.pass(duration));
    }

    private Verification<T> then(String expectation, Consumer<Run<T>> action) {
        List<Step<T>> longer = new ArrayList<>(steps);
        longer.add(new Step<>(expectation, action));
        return new Verification<>(source, virtualTime, wording, List.copyOf(longer));
    }

    /**
     * Subscribes, goes through the steps, cancels what has not ended, and waits for the answers to what was called.
     *
     * @throws AssertionError if something was not as expected, or took too long
     */
    public Duration verify(Duration limit) {
        List<String> expectations = steps.stream().map(Step::expectation).toList();
        try (Run<T> run = new Run<>(expectations, wording, limit, virtualTime)) {
            run.subscribe(Flux.defer(source));
            for (Step<T> step : steps) {
                step.action().accept(run);
                run.endStep();
            }
            return run.awaitCalls();
        }
    }
}
