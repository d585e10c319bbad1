package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

// snippet: controller
@RestController
class VmController {

    private final Mono<QmpSession> session; // shared; opened by the first request, and anew after it has ended

    VmController(QmpClient client) {
        session = client.connect().cacheInvalidateIf(s -> !s.isRunning());
    }

    @GetMapping("/vm/status")
    Mono<JsonNode> status() {
        return session.flatMap(s -> s.execute("query-status"));
    }

    @GetMapping(path = "/vm/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<ServerSentEvent<JsonNode>> events() {
        return session.flatMapMany(QmpSession::events) // hot: to all who are here
                .map(event -> ServerSentEvent.builder(event.data())
                        .event(event.name())
                        .build());
    }
}
// end
