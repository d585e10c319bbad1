package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.EventOverflow;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

// snippet: controller
@RestController
class VmController {

    private static final EventOptions EVENTS = EventOptions.all().overflow(EventOverflow.DROP_OLDEST);

    private final AtomicReference<@Nullable QmpSession> latest = new AtomicReference<>();
    private final Sinks.Empty<Void> closing = Sinks.empty();
    private final Mono<QmpSession> session; // shared; connects at the first request, and again after it has ended

    VmController(QmpClient client) {
        QmpClient timed = client.commandTimeout(Duration.ofSeconds(10)); // a suspended QEMU never answers
        session = timed.connect().doOnNext(latest::set).cacheInvalidateIf(s -> !s.isRunning());
    }

    @GetMapping("/vm/status")
    Mono<JsonNode> status() {
        return session.flatMap(s -> s.execute("query-status"));
    }

    @PostMapping("/vm/stop")
    Mono<Void> stop() {
        return session.flatMap(s -> s.execute("stop")).then();
    }

    @GetMapping(path = "/vm/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<ServerSentEvent<JsonNode>> events() {
        Flux<ServerSentEvent<JsonNode>> events = session.flatMapMany(s -> s.events(EVENTS))
                .map(event -> sent(event.name(), event.data()))
                .onErrorComplete(QmpError.class)
                .concatWithValues(sent("disconnected", NullNode.getInstance())) // browsers skip an event without data
                .repeatWhen(ends -> ends.delayElements(Duration.ofSeconds(1))); // the browser stays, QEMU may come back
        Flux<ServerSentEvent<JsonNode>> heartbeat = Flux.interval(Duration.ZERO, Duration.ofSeconds(15))
                .onBackpressureDrop()
                .map(n -> ServerSentEvent.<JsonNode>builder().comment("alive").build());
        return Flux.merge(events, heartbeat).takeUntilOther(closing.asMono());
    }

    private static ServerSentEvent<JsonNode> sent(String name, JsonNode data) {
        return ServerSentEvent.builder(data).event(name).build();
    }

    @ExceptionHandler
    ProblemDetail failed(QmpError error) {
        return error instanceof ExecuteError refused
                ? ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_CONTENT, refused.description())
                : ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, error.getMessage());
    }

    @EventListener(ContextClosedEvent.class) // before the web server waits for its streams to end
    void close() {
        closing.tryEmitEmpty();
        Mono.justOrEmpty(latest.get()).flatMap(QmpSession::disconnect).subscribe();
    }
}
// end
