package io.github.qmpreactive.test.internal.verify;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.internal.codec.WireText;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.internal.json.JsonText;
import java.util.Objects;
import reactor.core.publisher.Signal;

/** How signals are called in failures; JSON without secrets, and 1,000 characters of it at most. */
final class Wording {

    private Wording() {}

    /** What was received, as a part of a sentence: {@code the error ConnectionLostError: [vm] ...}. */
    static String of(Signal<?> signal, String end) {
        if (signal.isOnError()) {
            return error(Objects.requireNonNull(signal.getThrowable()));
        }
        Object value = signal.get();
        if (value instanceof QmpEvent event) {
            return "event " + event.name() + ": " + WireText.of(event.raw());
        }
        return value == null ? end : "the reply " + WireText.of(JsonText.of(value));
    }

    static String error(Throwable error) {
        String name = error.getClass().getSimpleName();
        return error instanceof ExecuteError said
                ? "the error " + name + " of class " + said.errorClass() + ": " + said.description()
                : "the error " + name + ": " + error.getMessage();
    }
}
