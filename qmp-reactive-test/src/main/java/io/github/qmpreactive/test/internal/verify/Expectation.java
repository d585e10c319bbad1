package io.github.qmpreactive.test.internal.verify;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import reactor.core.publisher.Signal;

/**
 * What one signal is to be.
 *
 * @param name what that is, as a part of a sentence
 * @param problems says in what a signal is not as it should be, a line for each thing; none if it is;
 *     {@link #NOT_AT_ALL} if it is something else altogether
 * @param <T> what is verified
 */
public record Expectation<T>(String name, Function<Signal<T>, List<String>> problems) {

    /** It is something else altogether. */
    public static final List<String> NOT_AT_ALL = List.of("");

    public static <T> Expectation<T> completion() {
        return new Expectation<>("the end", signal -> signal.isOnComplete() ? List.of() : NOT_AT_ALL);
    }

    /** An error of the class with which nothing is wrong. */
    public static <T, E extends Throwable> Expectation<T> error(
            String name, Class<E> type, Function<E, List<String>> problems) {
        return new Expectation<>(name, signal -> {
            if (!signal.isOnError() || !type.isInstance(signal.getThrowable())) {
                return NOT_AT_ALL;
            }
            return problems.apply(type.cast(Objects.requireNonNull(signal.getThrowable())));
        });
    }

    /** With something more that is expected of the same error. */
    public Expectation<T> and(String more, Function<Throwable, List<String>> check) {
        return new Expectation<>(name + more, signal -> {
            List<String> found = problems.apply(signal);
            Throwable error = signal.getThrowable();
            return error == null || found.equals(NOT_AT_ALL)
                    ? found
                    : Stream.concat(found.stream(), check.apply(error).stream()).toList();
        });
    }

    boolean isFulfilledBy(Signal<T> signal) {
        return problems.apply(signal).isEmpty();
    }
}
