package io.github.qmpreactive.test.internal.verify;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.test.StepVerifier;

/** The steps that there are. */
public final class Steps {

    private Steps() {}

    /** The next signal fulfils an expectation. */
    public static <T> Step<T> next(Expectation<T> expected) {
        return step(
                expected.name(),
                (verifier, run, number) -> verifier.assertNext(signal -> {
                    run.check(number, expected, signal);
                    run.passed(number);
                }));
    }

    /** Some values are passed over up to one that fulfils an expectation. */
    public static <T> Step<T> skipUntil(Expectation<T> expected) {
        Step<T> found = next(expected);
        return step(
                expected.name() + ", whatever comes before it",
                (verifier, run, number) -> found.addTo(
                        verifier.thenConsumeWhile(
                                signal -> run.skip(signal.isOnNext() && !expected.isFulfilledBy(signal))),
                        run,
                        number));
    }

    /** As many values follow as there are expectations, and each of these is fulfilled by one of them. */
    public static <T> Step<T> inAnyOrder(List<Expectation<T>> expected) {
        List<Expectation<T>> all = List.copyOf(expected);
        String name = "in any order "
                + String.join(", ", all.stream().map(Expectation::name).toList());
        return step(name, (verifier, run, number) -> {
            List<Signal<T>> came = new ArrayList<>();
            StepVerifier.Step<Signal<T>> longer = verifier;
            for (int i = 0; i < all.size(); i++) {
                longer = longer.assertNext(signal -> {
                    came.add(signal);
                    run.check(number, new OneOf<>(all, came).expectation(), signal);
                    if (came.size() == all.size()) {
                        run.passed(number);
                    }
                });
            }
            return longer;
        });
    }

    /** All values that still come are passed over. */
    public static <T> Step<T> ignoreRest() {
        return step(
                "the end, whatever comes before it",
                (verifier, run, number) -> verifier.thenConsumeWhile(signal -> {
                    run.passed(number);
                    return run.skip(signal.isOnNext());
                }));
    }

    /** Something is done, on the thread that verifies. */
    public static <T> Step<T> run(Runnable task) {
        return step(
                "the task given to then() to return",
                (verifier, run, number) -> verifier.then(() -> {
                    task.run();
                    run.passed(number);
                }));
    }

    /** Something is subscribed to; it has to succeed before the verification is over. */
    public static <T> Step<T> call(String name, Mono<?> call) {
        return step(
                "the success of " + name,
                (verifier, run, number) -> verifier.then(() -> {
                    run.call(name, call);
                    run.passed(number);
                }));
    }

    /** Nothing comes for some time. */
    public static <T> Step<T> nothing(Duration duration, String what) {
        return step(what + " for " + duration, (verifier, run, number) -> {
            run.quiet(number);
            return verifier.expectNoEvent(duration).then(() -> run.quietPassed(number));
        });
    }

    /** Time passes. */
    public static <T> Step<T> await(Duration duration) {
        return step(duration + " to pass", (verifier, run, number) -> verifier.thenAwait(duration)
                .then(() -> run.passed(number)));
    }

    /** What a step adds to a verifier. */
    @FunctionalInterface
    private interface Addition<T> {
        StepVerifier.Step<Signal<T>> addTo(StepVerifier.Step<Signal<T>> verifier, Run<T> run, int number);
    }

    private static <T> Step<T> step(String expectation, Addition<T> addition) {
        return new Step<>() {
            @Override
            public String expectation() {
                return expectation;
            }

            @Override
            public StepVerifier.Step<Signal<T>> addTo(StepVerifier.Step<Signal<T>> verifier, Run<T> run, int number) {
                return addition.addTo(verifier, run, number);
            }
        };
    }

    /** An expectation of the stream's end. */
    public static <T> Expectation<T> completion() {
        return new Expectation<>("the end", signal -> signal.isOnComplete() ? List.of() : Expectation.NOT_AT_ALL);
    }

    /** An error of the class with which nothing is wrong. */
    public static <T, E extends Throwable> Expectation<T> error(
            String name, Class<E> type, Function<E, List<String>> problems) {
        return new Expectation<>(name, signal -> {
            if (!signal.isOnError() || !type.isInstance(signal.getThrowable())) {
                return Expectation.NOT_AT_ALL;
            }
            return problems.apply(type.cast(Objects.requireNonNull(signal.getThrowable())));
        });
    }
}
