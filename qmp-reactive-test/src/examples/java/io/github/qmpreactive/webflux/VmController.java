package io.github.qmpreactive.webflux;

import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Commands and events of the machine, over HTTP. */
@RestController
@RequestMapping("/vm")
class VmController {

    private static final ServerSentEvent<JsonNode> OPENED =
            ServerSentEvent.<JsonNode>builder().comment("opened").build();

    private final Vm vm;
    private final Watchers watchers;
    private final EventOptions options;

    VmController(Vm vm, Watchers watchers, @Value("${qmp.event-buffer:256}") int eventBuffer) {
        this.vm = vm;
        this.watchers = watchers;
        this.options = EventOptions.all().bufferSize(eventBuffer);
    }

    @GetMapping("/{command:query-[\\w.-]+}")
    Mono<JsonNode> query(@PathVariable String command) {
        return vm.session().flatMap(session -> session.execute(command));
    }

    @PostMapping("/{command:[\\w.-]+}")
    Mono<JsonNode> execute(
            @PathVariable String command, @RequestBody(required = false) @Nullable ObjectNode arguments) {
        return vm.session()
                .flatMap(session -> arguments == null ? session.execute(command) : session.execute(command, arguments));
    }

    @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<ServerSentEvent<JsonNode>> events() {
        return vm.session().flatMapMany(session -> {
            Flux<ServerSentEvent<JsonNode>> events = session.events(options)
                    .transform(watchers::counted)
                    .map(VmController::sent)
                    .onErrorResume(QmpError.class, e -> Mono.just(failed(e)));
            // Events first: the browser misses nothing from the moment at which it hears that it is connected.
            return Flux.merge(1, events, Mono.just(OPENED));
        });
    }

    private static ServerSentEvent<JsonNode> sent(QmpEvent event) {
        return ServerSentEvent.builder(event.data()).event(event.name()).build();
    }

    /** The status went out long ago, so that the reason can only be one more event. */
    private static ServerSentEvent<JsonNode> failed(QmpError e) {
        JsonNode data = JsonNodeFactory.instance
                .objectNode()
                .put("error", e.getClass().getSimpleName())
                .put("reason", e.getMessage());
        return ServerSentEvent.builder(data).event("failed").build();
    }
}
