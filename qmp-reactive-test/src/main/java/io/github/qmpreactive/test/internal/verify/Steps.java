package io.github.qmpreactive.test.internal.verify;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** The steps that there are. */
public final class Steps {

    private Steps() {}

    /** The next signal fulfils an expectation. */
    public static <T> Step<T> next(Expectation<T> expected) {
        return new Step<>(
                expected.name(),
                (verifier, run, number) -> verifier.assertNext(signal -> {
                    run.check(number, expected, signal);
                    run.passed(number);
                }));
    }

    /** Some values are passed over up to one that fulfils an expectation. */
    public static <T> Step<T> skipUntil(Expectation<T> expected) {
        Step<T> found = next(expected);
        return new Step<>(expected.name() + ", whatever comes before it", (verifier, run, number) -> found.addition()
                .addTo(
                        verifier.thenConsumeWhile(
                                signal -> run.skip(signal.isOnNext() && !expected.isFulfilledBy(signal))),
                        run,
                        number));
    }

    /** Something is done, on the thread that verifies. */
    public static <T> Step<T> run(Runnable task) {
        return new Step<>(
                "the task given to then() to return",
                (verifier, run, number) -> verifier.then(() -> {
                    task.run();
                    run.passed(number);
                }));
    }

    /** Something is subscribed to; it has to succeed before the verification is over. */
    public static <T> Step<T> call(String name, Mono<?> call) {
        return new Step<>(
                "the success of " + name,
                (verifier, run, number) -> verifier.then(() -> {
                    run.call(name, call);
                    run.passed(number);
                }));
    }

    /** Nothing comes for some time. */
    public static <T> Step<T> nothing(Duration duration, String what) {
        return new Step<>(what + " for " + duration, (verifier, run, number) -> {
            run.quiet(number);
            return verifier.expectNoEvent(duration).then(() -> run.quietPassed(number));
        });
    }

    /** Time passes. */
    public static <T> Step<T> await(Duration duration) {
        return new Step<>(duration + " to pass", (verifier, run, number) -> verifier.thenAwait(duration)
                .then(() -> run.passed(number)));
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
