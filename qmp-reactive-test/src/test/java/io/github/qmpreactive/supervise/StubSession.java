package io.github.qmpreactive.supervise;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.node.JsonNodeFactory;

/** A session without a server, which ends and has events when a test says so: nothing but virtual time passes. */
public final class StubSession {

    private final Sinks.Many<QmpEvent> events = Sinks.many().multicast().directBestEffort();
    private final Sinks.Empty<Void> end = Sinks.empty();
    private final Sinks.Empty<Void> closing = Sinks.empty();
    private final List<String> calls = new ArrayList<>();
    private final AtomicInteger disconnects = new AtomicInteger();
    private final String name;
    private final boolean closesAtOnce;
    private volatile boolean running = true;

    /** The session as users see it. */
    public final QmpSession session;

    private StubSession(String name, boolean closesAtOnce) {
        this.name = name;
        this.closesAtOnce = closesAtOnce;
        this.session = (QmpSession) Proxy.newProxyInstance(
                QmpSession.class.getClassLoader(),
                new Class<?>[] {QmpSession.class},
                (proxy, method, arguments) -> called(method.getName(), arguments));
    }

    public static StubSession named(String name) {
        return new StubSession(name, true);
    }

    /** One that is disconnected when {@link #closed()} is called. */
    public static StubSession closingSlowly(String name) {
        return new StubSession(name, false);
    }

    private @Nullable Object called(String method, @Nullable Object @Nullable [] arguments) {
        return switch (method) {
            case "name", "toString" -> name;
            case "hashCode" -> System.identityHashCode(this);
            case "equals" -> arguments != null && arguments[0] == session;
            case "greeting" -> Optional.empty();
            case "isRunning" -> running;
            case "onDisconnect" -> end.asMono();
            case "disconnect" -> Mono.defer(this::disconnect);
            case "events" -> listen((EventOptions) Objects.requireNonNull(arguments)[0]);
            case "execute" -> Mono.fromRunnable(() -> call("execute"));
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private Flux<QmpEvent> listen(EventOptions options) {
        return Flux.defer(() -> {
            call("events");
            return events.asFlux().filter(options.filter());
        });
    }

    private synchronized void call(String what) {
        calls.add(what);
    }

    private Mono<Void> disconnect() {
        if (disconnects.getAndIncrement() == 0) {
            running = false;
            events.tryEmitComplete();
            if (closesAtOnce) {
                closed();
            }
        }
        return closing.asMono();
    }

    void closed() {
        end.tryEmitEmpty();
        closing.tryEmitEmpty();
    }

    /** Ends it as the server's end does. */
    public void ends(@Nullable Throwable cause) {
        running = false;
        if (cause == null) {
            events.tryEmitComplete();
            end.tryEmitEmpty();
        } else {
            events.tryEmitError(cause);
            end.tryEmitError(cause);
        }
        closing.tryEmitEmpty();
    }

    /** To those who listen, if any. */
    public void emit(String event) {
        Sinks.EmitResult result = events.tryEmitNext(event(event));
        if (result != Sinks.EmitResult.FAIL_ZERO_SUBSCRIBER) {
            result.orThrow();
        }
    }

    public static QmpEvent event(String name) {
        var nothing = JsonNodeFactory.instance.objectNode();
        return new QmpEvent(name, nothing, Optional.<Instant>empty(), nothing);
    }

    public int disconnects() {
        return disconnects.get();
    }

    synchronized List<String> calls() {
        return List.copyOf(calls);
    }
}
