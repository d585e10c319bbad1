package io.github.qmpreactive.test.internal.verify;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.internal.codec.WireText;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.internal.json.JsonText;
import java.util.Objects;
import java.util.function.Function;
import reactor.core.publisher.Signal;

/**
 * How signals are called in failures; JSON without secrets, and 1,000 characters of it at most.
 *
 * @param value how a value is called
 * @param completed how the end is called
 */
public record Wording(Function<Object, String> value, String completed) {

    /** Those of a stream of events. */
    public static final Wording EVENTS = new Wording(
            value -> value instanceof QmpEvent event
                    ? "event " + event.name() + ": " + WireText.of(event.raw())
                    : String.valueOf(value),
            "the end of the events");

    /** Those of one call. */
    public static final Wording REPLY =
            new Wording(value -> "the reply " + WireText.of(JsonText.of(value)), "the end, without a reply");

    /** What was received, as a part of a sentence: {@code the error ConnectionLostError: [vm] ...}. */
    String of(Signal<?> signal) {
        if (signal.isOnNext()) {
            return value.apply(Objects.requireNonNull(signal.get()));
        }
        return signal.isOnError() ? error(Objects.requireNonNull(signal.getThrowable())) : completed;
    }

    static String error(Throwable error) {
        String name = error.getClass().getSimpleName();
        return error instanceof ExecuteError said
                ? "the error " + name + " of class " + said.errorClass() + ": " + said.description()
                : "the error " + name + ": " + error.getMessage();
    }
}
