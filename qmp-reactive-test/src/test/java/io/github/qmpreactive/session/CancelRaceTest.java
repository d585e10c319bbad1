package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

@Tag("stress")
@DisplayName("P16 A cancel that races the emission of a session")
class CancelRaceTest {

    private static final int ROUNDS = Math.max(400, Races.ROUNDS);

    private static final long LONGEST_NANOS = 50_000_000;

    private final Queue<Throwable> dropped = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void hook() {
        Hooks.onErrorDropped(dropped::add);
    }

    @AfterEach
    void unhook() {
        Hooks.resetOnErrorDropped();
    }

    /** Subscribes, and cancels at about the moment at which sessions are emitted. */
    private static <T> void race(Mono<T> connect, Consumer<T> release) {
        long nanos = 1_000_000;
        int cancelled = 0;
        AtomicInteger emitted = new AtomicInteger();
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            Disposable attempt = connect.subscribe(
                    session -> {
                        emitted.incrementAndGet();
                        release.accept(session);
                    },
                    e -> {});
            long end = start + ThreadLocalRandom.current().nextLong(2 * nanos);
            while (System.nanoTime() < end && !attempt.isDisposed()) {
                Thread.onSpinWait();
            }
            if (attempt.isDisposed()) {
                nanos = Math.max(10_000, (nanos * 15 + System.nanoTime() - start) / 16);
            } else {
                cancelled++;
                nanos += nanos / 16;
            }
            if (nanos > LONGEST_NANOS) {
                // The only machine that dials may be held by a session that was lost.
                System.gc();
                nanos = LONGEST_NANOS;
            }
            attempt.dispose();
        }
        assertTrue(emitted.get() > 0 && cancelled > 0, emitted + " were emitted, " + cancelled + " cancelled");
    }

    /** The garbage collector closes them, and the server may accept the last ones late. */
    private static void awaitAllClosed(RunningFakeQmpServer server) {
        Patience.until(
                () -> {
                    System.gc();
                    return server.openConnections().isEmpty();
                },
                () -> "open: " + server.openConnections());
    }

    @Test
    @DisplayName("leaves no session behind that nothing refers to, and drops no error onto Reactor's hooks")
    void connect() {
        try (RunningFakeQmpServer server =
                FakeQmpServer.create().withConcurrentClients().startUnix()) {
            race(Clients.client(server).connect(), unused -> {});
            awaitAllClosed(server);
            assertEquals(List.of(), List.copyOf(dropped));
        }
    }

    @Test
    @DisplayName("of an agent leaves none behind, either")
    void agent() {
        try (RunningFakeQmpServer server =
                FakeQmpServer.guestAgent().withConcurrentClients().startUnix()) {
            race(QgaClient.create().address(server.address()).connect(), unused -> {});
            awaitAllClosed(server);
            assertEquals(List.of(), List.copyOf(dropped));
        }
    }

    @Test
    @DisplayName("of accept() leaves none behind, either")
    void accept(@TempDir Path folder) {
        Path socket = folder.resolve("s");
        try (RunningFakeQmpServer machine =
                FakeQmpServer.create().withReconnect(Duration.ofMillis(1)).startDialling("unix:" + socket)) {
            race(QmpClient.create().unixSocket(socket).accept(), session -> session.disconnect()
                    .subscribe());
            awaitAllClosed(machine);
            assertEquals(List.of(), List.copyOf(dropped));
        }
    }

    @Test
    @DisplayName("A session that was never used and that nothing refers to is closed; one that was used is not")
    void neverUsed() {
        try (RunningFakeQmpServer server =
                Clients.machine().withConcurrentClients().startUnix()) {
            QmpClient client = Clients.client(server);
            QmpSession kept = await(client.connect());
            Mono<Void> end = await(client.connect()).onDisconnect();
            WeakReference<QmpSession> used = new WeakReference<>(await(client.connect()));
            await(Mono.justOrEmpty(used.get()).flatMap(s -> s.execute("query-status")));
            await(client.connect());
            FakeConnection abandoned = server.awaitConnection(3);
            Mono.fromRunnable(System::gc)
                    .repeatWhen(done -> done.delayElements(Duration.ofMillis(20)))
                    .takeUntilOther(abandoned.closed())
                    .blockLast(Clients.PATIENCE);
            assertEquals(3, server.openConnections().size());
            assertEquals(SessionState.RUNNING, kept.state());
            finish(kept.disconnect());
            assertTrue(end != null);
        }
    }

    @RepeatedTest(3)
    @DisplayName("withSession leaves none behind, without the garbage collector")
    void withSession() {
        try (RunningFakeQmpServer server =
                Clients.machine().withConcurrentClients().startUnix()) {
            Mono<JsonNode> status = Clients.client(server)
                    .withSession(session -> session.execute("query-status"))
                    .last();
            race(status, unused -> {});
            server.openConnections().forEach(FakeConnection::awaitClosed);
            assertEquals(List.of(), List.copyOf(dropped));
        }
    }
}
