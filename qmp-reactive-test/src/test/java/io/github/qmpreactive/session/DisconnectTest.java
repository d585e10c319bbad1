package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Disconnecting")
class DisconnectTest {

    @Test
    @DisplayName("P25 disconnect() completes any number of times, at once and from anywhere; the end is orderly")
    void disconnect() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startUnix()) {
            QmpSession session = connect(server);
            var pending = session.execute("slow").toFuture();
            server.awaitConnection().awaitCommand("slow");
            var events = session.events().then().toFuture();
            var states = session.states().collectList().toFuture();
            Flux.range(0, 16)
                    .flatMap(n -> session.disconnect().subscribeOn(Schedulers.boundedElastic()))
                    .blockLast(PATIENCE);
            finish(session.disconnect());
            joined(events);
            finish(session.onDisconnect());
            assertEquals(
                    List.of(SessionState.RUNNING, SessionState.DISCONNECTING, SessionState.DISCONNECTED),
                    joined(states));
            StepVerifier.create(Mono.fromFuture(pending)).verifyErrorSatisfies(e -> {
                ExecInterruptedError error = assertInstanceOf(ExecInterruptedError.class, e);
                assertInstanceOf(StateError.class, error.getCause());
                assertTrue(String.valueOf(error.getMessage()).contains("disconnect() was called"));
            });
            server.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("P25 disconnect() after a reset completes, and the end stays an error")
    void disconnectAfterReset() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            server.awaitConnection().reset();
            StepVerifier.create(session.onDisconnect()).verifyError(ConnectionLostError.class);
            finish(session.disconnect());
            StepVerifier.create(session.onDisconnect()).verifyError(ConnectionLostError.class);
        }
    }

    @Test
    @DisplayName("P25 disconnect() that races a reset: one end, which every subscriber gets")
    void disconnectRacesReset() {
        try (RunningFakeQmpServer server = machine().withConcurrentClients().startTcp()) {
            for (int i = 0; i < 100; i++) {
                QmpSession session = connect(server);
                FakeConnection connection = server.awaitConnection(i);
                List<String> ends = new CopyOnWriteArrayList<>();
                session.events().subscribe(e -> {}, e -> ends.add("error"), () -> ends.add("complete"));
                connection.reset();
                finish(session.disconnect());
                session.onDisconnect().onErrorComplete().block(PATIENCE);
                assertEquals(1, ends.size());
            }
        }
    }

    @Test
    @DisplayName("What was written is flushed by disconnect(), even if the server reads late")
    void flushes() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = machine().when("big").silent().startUnix()) {
            QmpSession session = connect(server);
            String text = "x".repeat(1_000_000);
            session.execute("big", java.util.Map.of("text", text))
                    .onErrorComplete()
                    .subscribe();
            finish(session.disconnect());
            assertEquals(
                    text,
                    server.awaitConnection()
                            .awaitCommand("big")
                            .arguments()
                            .path("text")
                            .stringValue());
            // It would have given up after a second.
            assertEquals(1, timers.started(Duration.ofSeconds(1)));
        }
    }

    @Test
    @DisplayName("disconnect() gives up on a server that does not read after one second")
    void flushGivesUp() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            server.awaitConnection().faults().pauseReading();
            session.execute("big", java.util.Map.of("text", "x".repeat(5_000_000)))
                    .onErrorComplete()
                    .subscribe();
            StepVerifier.create(session.disconnect()).verifyComplete();
            finish(session.onDisconnect());
        }
    }

    @Test
    @DisplayName("P25 garbage that comes while disconnect() flushes changes nothing: the end is orderly")
    void garbageMeanwhile() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            server.awaitConnection().faults().pauseReading();
            session.execute("big", java.util.Map.of("text", "x".repeat(5_000_000)))
                    .onErrorComplete()
                    .subscribe();
            var disconnecting = session.states()
                    .filter(s -> s == SessionState.DISCONNECTING)
                    .next()
                    .toFuture();
            var disconnected = session.disconnect().thenReturn(true).toFuture();
            joined(disconnecting);
            server.awaitConnection().sendText("garbage");
            joined(disconnected);
            finish(session.onDisconnect());
        }
    }

    @Test
    @DisplayName("withSession disconnects, whether the work completes, fails or is cancelled")
    void withSession() {
        try (RunningFakeQmpServer server =
                machine().when("nonsense").commandNotFound().startTcp()) {
            var client = client(server);
            StepVerifier.create(client.withSession(s -> s.execute("query-status")))
                    .expectNextCount(1)
                    .verifyComplete();
            server.awaitConnection(0).awaitClosed();
            StepVerifier.create(client.withSession(s -> s.execute("nonsense")))
                    .verifyError(io.github.qmpreactive.error.ExecuteError.class);
            server.awaitConnection(1).awaitClosed();
            StepVerifier.create(client.withSession(s -> s.events()))
                    .expectSubscription()
                    .then(() -> server.awaitConnection(2).negotiated().block(PATIENCE))
                    .thenCancel()
                    .verify();
            server.awaitConnection(2).awaitClosed();
        }
    }
}
