package io.github.qmpreactive.console;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The stream of a browser: the states of all machines, and of one machine its log and its rates. One stream, since browsers open
 * six connections at most to one server.
 */
@RestController
class StreamController {

    /** Finds browsers that have gone without a word. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final Vms vms;
    private final Watchers watchers;

    StreamController(Vms vms, Watchers watchers) {
        this.vms = vms;
        this.watchers = watchers;
    }

    /**
     * Server-Sent Events {@code machine}, {@code entry} with an id, {@code rate}, and {@code overflow} as the last one for a browser
     * that reads too slowly.
     *
     * @param machine of which the log is wanted; none but in its absence
     * @param after the id of the last entry that this browser has
     */
    @GetMapping(path = "/api/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<ServerSentEvent<Object>> stream(
            @RequestParam(required = false) @Nullable String machine,
            @RequestParam(required = false) @Nullable String after,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastId,
            ServerHttpRequest request) {
        Flux<ServerSentEvent<Object>> states = Flux.fromIterable(vms.all())
                .flatMap(Vm::states, Math.max(1, vms.all().size()), 1)
                .map(state -> event("machine", state));
        Flux<ServerSentEvent<Object>> ofOne = Mono.justOrEmpty(machine)
                .flatMap(name -> Mono.justOrEmpty(vms.of(name)))
                .flatMapMany(vm -> Flux.merge(
                        1,
                        vm.log().after(lastId != null ? lastId : after).map(StreamController::entry),
                        vm.rates().each().map(rate -> event("rate", rate))));
        Flux<ServerSentEvent<Object>> beats = Flux.interval(HEARTBEAT)
                .onBackpressureDrop()
                .map(beat -> ServerSentEvent.builder().comment("").build());
        // Prefetch 1 everywhere: what waits for a slow browser waits within the bounds of its log.
        return Flux.merge(1, states, ofOne, beats)
                .takeUntilOther(vms.stopping())
                .onErrorResume(
                        Exceptions::isOverflow, e -> Mono.just(event("overflow", "This browser reads too slowly")))
                .publishOn(loopOf(request), 1)
                .transform(watchers::counted);
    }

    /** Of the browser's connection: what is written on another thread while that is closed leaks its buffer. */
    private static Scheduler loopOf(ServerHttpRequest request) {
        AtomicReference<Scheduler> loop = new AtomicReference<>(Schedulers.immediate());
        HttpServerRequest netty = ServerHttpRequestDecorator.getNativeRequest(request);
        netty.withConnection(connection ->
                loop.set(Schedulers.fromExecutor(connection.channel().eventLoop())));
        return loop.get();
    }

    private static ServerSentEvent<Object> event(String name, Object data) {
        return ServerSentEvent.builder(data).event(name).build();
    }

    private static ServerSentEvent<Object> entry(Entry entry) {
        return ServerSentEvent.<Object>builder(entry)
                .event("entry")
                .id(entry.id().toString())
                .build();
    }
}
