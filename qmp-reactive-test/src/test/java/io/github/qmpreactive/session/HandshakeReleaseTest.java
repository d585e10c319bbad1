package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A handshake that is given up")
class HandshakeReleaseTest {

    @Test
    @DisplayName("P16 cancelled before the greeting: the server sees the close")
    void cancelBeforeGreeting() {
        try (RunningFakeQmpServer server = machine().withoutGreeting().startTcp()) {
            Disposable attempt = client(server).connect().subscribe();
            FakeConnection connection = server.awaitConnection();
            attempt.dispose();
            connection.awaitClosed();
        }
    }

    @Test
    @DisplayName("P16 cancelled during the negotiation: the server sees the close")
    void cancelDuringNegotiation() {
        try (RunningFakeQmpServer server =
                machine().when("qmp_capabilities").silent().startUnix()) {
            Disposable attempt = client(server).connect().subscribe();
            FakeConnection connection = server.awaitConnection();
            connection.awaitCommand("qmp_capabilities");
            attempt.dispose();
            connection.awaitClosed();
        }
    }

    @Test
    @DisplayName("P16 a timeout of the caller's closes the socket too")
    void callersTimeout() {
        Duration limit = Duration.ofMillis(100);
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = machine().withoutGreeting().startTcp()) {
            StepVerifier.create(client(server).connect().timeout(limit))
                    .then(server::awaitConnection)
                    .then(() -> timers.runOut(limit))
                    .verifyError(java.util.concurrent.TimeoutException.class);
            server.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("P16 a session that is emitted while it is being cancelled is either taken or closed")
    void emittedAgainstCancelled() {
        int attempts = 300;
        Queue<QmpSession> taken = new ConcurrentLinkedQueue<>();
        try (RunningFakeQmpServer server = machine().withConcurrentClients().startUnix()) {
            for (int i = 0; i < attempts; i++) {
                BaseSubscriber<QmpSession> subscriber = new BaseSubscriber<>() {
                    @Override
                    protected void hookOnNext(QmpSession session) {
                        taken.add(session);
                    }
                };
                client(server).connect().subscribe(subscriber);
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(2_000_000));
                subscriber.cancel();
            }
            taken.forEach(session -> Clients.finish(session.disconnect()));
            // The server has accepted all of them when it serves one more. What was not taken, the client closes.
            client(server)
                    .withSession(session -> session.execute("query-status"))
                    .blockLast(Clients.PATIENCE);
            // One may have been taken just now.
            Patience.until(
                    () -> {
                        taken.forEach(session -> session.disconnect().subscribe());
                        return server.openConnections().isEmpty();
                    },
                    () -> "open: " + server.openConnections());
            assertTrue(taken.size() <= attempts);
        }
    }

    @Test
    @Tag("stress")
    @DisplayName("P25 1,000 sessions opened and disconnected leave no connection behind")
    void openAndDisconnect() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            var cycle = Mono.usingWhen(
                    client(server).connect(), session -> session.execute("query-status"), QmpSession::disconnect);
            StepVerifier.create(cycle.repeat(999))
                    .expectNextCount(1000)
                    .expectComplete()
                    .verify(Patience.MANY);
            assertEquals(1000, server.received("query-status").size());
            assertEquals(
                    0L,
                    server.connections()
                            .take(1000)
                            .concatMap(c -> c.closed().thenReturn(c))
                            .filter(FakeConnection::isOpen)
                            .count()
                            .block(Clients.PATIENCE));
        }
    }
}
