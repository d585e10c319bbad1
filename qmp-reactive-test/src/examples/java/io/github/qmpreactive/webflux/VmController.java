package io.github.qmpreactive.webflux;

import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.EventOverflow;
import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.supervise.QmpSupervisor;
import io.github.qmpreactive.supervise.SupervisedEvent;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
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

    /** What a browser is sent when the link is in one of these states. */
    private static final Map<State, String> OUTAGES = Map.of(State.DOWN, "disconnected", State.GAVE_UP, "given-up");

    private final Vm vm;
    private final Watchers watchers;
    private final EventOptions options;

    VmController(Vm vm, Watchers watchers, @Value("${qmp.event-buffer:256}") int eventBuffer) {
        this.vm = vm;
        this.watchers = watchers;
        this.options = EventOptions.all().bufferSize(eventBuffer).overflow(EventOverflow.DROP_OLDEST);
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

    /**
     * Begins at once and lasts until the application stops, or QEMU is given up for good, after which there is an error: QEMU may
     * go away and come back, the browser stays.
     */
    @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<ServerSentEvent<JsonNode>> events() {
        QmpSupervisor supervisor = vm.supervisor();
        return Flux.defer(
                () -> supervisor.isRunning() ? live(supervisor) : vm.session().thenMany(Flux.empty()));
    }

    private Flux<ServerSentEvent<JsonNode>> live(QmpSupervisor supervisor) {
        Flux<ServerSentEvent<JsonNode>> events = supervisor
                .events(options)
                .transform(watchers::counted)
                .map(VmController::sent)
                .onErrorComplete(QmpError.class);
        // For each attempt to connect that fails, too.
        Flux<ServerSentEvent<JsonNode>> outages = supervisor
                .links()
                .filter(link -> OUTAGES.containsKey(link.state()))
                .map(link -> missed(OUTAGES.get(link.state()), link.cause()));
        // A proxy closes a silent stream, and a browser that is gone is noticed only by writing to it.
        Flux<ServerSentEvent<JsonNode>> heartbeat = Flux.interval(Duration.ZERO, Duration.ofSeconds(15))
                .onBackpressureDrop()
                .map(n -> ServerSentEvent.<JsonNode>builder().comment("alive").build());
        // Events first: the browser misses nothing from the first heartbeat on. They wait in their own buffer.
        return Flux.merge(1, events, outages, heartbeat).takeUntilOther(supervisor.stopped());
    }

    private static ServerSentEvent<JsonNode> sent(SupervisedEvent supervised) {
        if (supervised instanceof SupervisedEvent.Received received) {
            QmpEvent event = received.event();
            return ServerSentEvent.builder(event.data()).event(event.name()).build();
        }
        return missed("gap", ((SupervisedEvent.Gap) supervised).cause());
    }

    /** An event of this application's own. It has data, since browsers skip an event without. */
    private static ServerSentEvent<JsonNode> missed(String name, Optional<Throwable> cause) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        cause.ifPresent(e -> data.put("error", e.getClass().getSimpleName()).put("reason", e.getMessage()));
        return ServerSentEvent.<JsonNode>builder(data).event(name).build();
    }
}
