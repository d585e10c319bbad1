package io.github.qmpreactive.session;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What the tests of sessions have in common. */
final class Clients {

    /** For what has to happen, however slow the machine is. */
    static final Duration PATIENCE = Patience.PATIENCE;

    static {
        StepVerifier.setDefaultTimeout(PATIENCE);
    }

    private Clients() {}

    static QmpClient client(RunningFakeQmpServer server) {
        return QmpClient.create().address(server.address()).name("vm");
    }

    static QmpSession connect(RunningFakeQmpServer server) {
        return connect(client(server));
    }

    static QmpSession connect(QmpClient client) {
        return await(client.connect());
    }

    static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE), "the Mono completed empty");
    }

    static void finish(Mono<Void> mono) {
        mono.block(PATIENCE);
    }

    /** What a future holds in the end; a test that waits in vain fails, and does not hang. */
    static <T> T joined(CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Hands over what comes; how the session ends is not this subscriber's concern. */
    static <T> Disposable collect(Flux<T> flux, Consumer<? super T> consumer) {
        return flux.subscribe(consumer, e -> {});
    }

    /** A machine that answers the commands that the tests use as QEMU does. */
    static FakeQmpServer machine() {
        return FakeQmpServer.create().when("query-status").reply("{\"status\": \"running\", \"running\": true}");
    }
}
