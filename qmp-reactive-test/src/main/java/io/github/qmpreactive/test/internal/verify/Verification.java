package io.github.qmpreactive.test.internal.verify;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What is verified, and the steps; immutable. Each step is done on the thread that verifies, one after the other.
 *
 * @param end what the completion of the source is called in failures
 */
public record Verification<T>(
        Supplier<? extends Publisher<T>> source, boolean virtualTime, String end, List<Step<T>> steps) {

    /** What a step waits for, as a part of a sentence, and what it does. */
    record Step<T>(String expectation, Consumer<Run<T>> action) {}

    /** A verification without steps. */
    public Verification(Supplier<? extends Publisher<T>> source, boolean virtualTime, String end) {
        this(source, virtualTime, end, List.of());
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
        Step<T> step = new Step<>(expectation, action);
        return new Verification<>(
                source,
                virtualTime,
                end,
                Stream.concat(steps.stream(), Stream.of(step)).toList());
    }

    /**
     * Subscribes, goes through the steps, cancels what has not ended, and waits for the answers to what was called.
     *
     * @throws AssertionError if something was not as expected, or took too long
     */
    public Duration verify(Duration limit) {
        List<String> expectations = steps.stream().map(Step::expectation).toList();
        try (Run<T> run = new Run<>(expectations, end, limit, virtualTime)) {
            run.subscribe(Flux.defer(source));
            for (Step<T> step : steps) {
                step.action().accept(run);
                run.endStep();
            }
            return run.awaitCalls();
        }
    }
}
