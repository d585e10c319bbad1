package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.EventOverflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;
import tools.jackson.databind.JsonNode;

/** Pieces that a user puts into a program of their own. */
final class Snippets {

    private final LongAdder lost = new LongAdder();
    private final Function<List<String>, Mono<Void>> store;

    Snippets(Function<List<String>, Mono<Void>> store) {
        this.store = store;
    }

    // snippet: events
    Mono<Void> record(QmpSession session) {
        EventOptions wanted = EventOptions.named("STOP", "RESUME", "SHUTDOWN")
                .bufferSize(1_000)
                .overflow(EventOverflow.DROP_OLDEST) // the default is ERROR: this subscriber alone fails
                .onLost(event -> lost.increment());
        return session.events(wanted)
                .map(event -> event.timestamp().map(time -> time + " ").orElse("") + event.name())
                .bufferTimeout(100, Duration.ofSeconds(1), true) // true: only as fast as the next step takes them
                .concatMap(this::store)
                .then(); // completes with the session, or fails with the reason why it was lost
    }
    // end

    // snippet: retry
    Mono<QmpSession> connectWhenReady(QmpClient client) {
        return client.connect()
                .retryWhen(Retry.backoff(20, Duration.ofMillis(100))
                        .maxBackoff(Duration.ofSeconds(2))
                        .filter(e -> e instanceof QmpError error && error.isTemporary()));
    }
    // end

    // snippet: await
    Mono<QmpEvent> pause(QmpSession session) {
        return session.executeAndAwait("stop", "STOP").timeout(Duration.ofSeconds(5));
    }
    // end

    // snippet: limits
    Mono<JsonNode> dump(Path socket, QmpCommand dump) {
        QmpClient client = QmpClient.create()
                .unixSocket(socket)
                .commandTimeout(Duration.ofSeconds(5)) // for each command
                .probe(Duration.ofSeconds(30)); // a stopped QEMU or a lost host ends the session within a minute
        return client.use(session -> session.execute(dump.timeout(Duration.ofHours(1)))); // this one may take longer
    }
    // end

    // snippet: hmp
    Mono<Void> forward(QmpSession session, int port) {
        return session.hmp("hostfwd_add net0 tcp:127.0.0.1:" + port + "-:22")
                .filter(printed -> !printed.isBlank()) // this line prints nothing if it worked
                .flatMap(printed -> Mono.error(new IllegalStateException(printed.strip())));
    }
    // end

    // snippet: history
    Flux<QmpEvent> history(QmpSession session) {
        return session.events()
                .replay(50)
                .autoConnect(0) // from now on: each subscriber gets the last 50 events, then what comes
                .onBackpressureBuffer(256); // of each subscriber's own, else the slowest holds up all
    }
    // end

    // snippet: coming-from-python
    Flux<String> pausedAndResumed(String address) {
        return QmpClient.create().name("my-vm").address(address).withSession(qmp -> {
            Flux<String> listener =
                    qmp.events("STOP", "RESUME").map(QmpEvent::name).take(2);
            Mono<String> commands =
                    qmp.execute("stop").then(qmp.execute("cont")).then(Mono.empty());
            return listener.mergeWith(commands); // in this order: it listens before it sends
        }); // disconnects, whatever happens
    }
    // end

    long lost() {
        return lost.sum();
    }

    private Mono<Void> store(List<String> lines) {
        return store.apply(lines);
    }
}
