package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.internal.json.JsonText;
import java.util.Optional;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/** Events without a machine. */
final class Events {

    static final ConnectionLostError LOST = new ConnectionLostError(How.RESET, "[vm] it was reset", null);

    private Events() {}

    static QmpEvent ev(String name) {
        return ev(name, "{}");
    }

    static QmpEvent ev(String name, String data) {
        JsonNode raw = JsonText.read("{\"event\": \"" + name + "\", \"data\": " + data + "}");
        return new QmpEvent(name, raw.path("data"), Optional.empty(), raw);
    }

    /** Goes on for ever, as events do. */
    static Flux<QmpEvent> live(QmpEvent... events) {
        return Flux.just(events).concatWith(Flux.never());
    }

    static EventSteps verify(Publisher<QmpEvent> events) {
        return QmpVerifier.create(events);
    }
}
