package io.github.qmpreactive.test.internal.verify;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.internal.codec.WireText;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.internal.json.JsonText;
import java.util.Objects;
import reactor.core.publisher.Signal;

/** How signals are called in failures; JSON without secrets, and 1,000 characters of it at most. */
public enum Wording {
    /** Those of a stream of events. */
    EVENTS {
        @Override
        String value(Object value) {
            return value instanceof QmpEvent event
                    ? "event " + event.name() + ": " + WireText.of(event.raw())
                    : String.valueOf(value);
        }

        @Override
        String completed() {
            return "the end of the events";
        }
    },
    /** Those of one call. */
    REPLY {
        @Override
        String value(Object value) {
            return "the reply " + WireText.of(JsonText.of(value));
        }

        @Override
        String completed() {
            return "the end, without a reply";
        }
    };

    abstract String value(Object value);

    abstract String completed();

    /**
     * What was received, as a part of a sentence.
     *
     * @return for example {@code event STOP: {...}} or {@code the error ConnectionLostError: [vm] ...}
     */
    public String of(Signal<?> signal) {
        if (signal.isOnNext()) {
            return value(Objects.requireNonNull(signal.get()));
        }
        return signal.isOnError() ? error(Objects.requireNonNull(signal.getThrowable())) : completed();
    }

    /** An error, as a part of a sentence. */
    public static String error(Throwable error) {
        String name = error.getClass().getSimpleName();
        return error instanceof ExecuteError said
                ? "the error " + name + " of class " + said.errorClass() + ": " + said.description()
                : "the error " + name + ": " + error.getMessage();
    }
}
