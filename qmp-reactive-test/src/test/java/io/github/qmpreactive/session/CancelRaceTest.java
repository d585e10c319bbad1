package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

@Tag("stress")
@ExtendWith(LeakGuard.class)
@DisplayName("P16 A cancel that races the emission of a session")
class CancelRaceTest {

    private static Mono<?> used(EmissionRace race, QmpSession session) {
        return race.handedOut(session.execute("query-status"));
    }

    @Test
    @DisplayName("Each session is emitted and works, or is closed without the garbage collector; no signal is dropped")
    void connect() {
        try (RunningFakeQmpServer server =
                Clients.machine().withConcurrentClients().startUnix()) {
            EmissionRace race = new EmissionRace(server);
            Mono<QmpSession> connect = Clients.client(server).observer(race).connect();
            race.run(() -> connect.doOnNext(
                    session -> used(race, session).then(session.disconnect()).subscribe()));
        }
    }

    @Test
    @DisplayName("So is each session with an agent")
    void agent() {
        try (RunningFakeQmpServer server =
                FakeQmpServer.guestAgent().withConcurrentClients().startUnix()) {
            EmissionRace race = new EmissionRace(server);
            Mono<QgaSession> connect =
                    QgaClient.create().address(server.address()).observer(race).connect();
            race.run(() -> connect.doOnNext(session -> race.handedOut(session.execute("guest-ping"))
                    .then(session.disconnect())
                    .subscribe()));
        }
    }

    @Test
    @DisplayName("So is each session of accept()")
    void accept(@TempDir Path folder) {
        Path socket = folder.resolve("s");
        try (RunningFakeQmpServer machine =
                Clients.machine().withReconnect(Duration.ofMillis(1)).startDialling("unix:" + socket)) {
            EmissionRace race = new EmissionRace(machine);
            Mono<QmpSession> accept = whenFree(
                    QmpClient.create().unixSocket(socket).observer(race).accept());
            race.run(() -> accept.doOnNext(
                    session -> used(race, session).then(session.disconnect()).subscribe()));
        }
    }

    /** A cancel returns before the socket that was listened on is closed. */
    private static Mono<QmpSession> whenFree(Mono<QmpSession> accept) {
        // Not by retryWhen, which discards a session that is emitted behind a cancel.
        return accept.onErrorResume(
                e -> e instanceof ConnectError busy && busy.reason() == ConnectError.Reason.ADDRESS_IN_USE,
                e -> Mono.defer(() -> whenFree(accept)).delaySubscription(Duration.ofMillis(1)));
    }

    @Test
    @DisplayName("withSession disconnects each session, whether its work has begun or not")
    void withSession() {
        try (RunningFakeQmpServer server =
                Clients.machine().withConcurrentClients().startUnix()) {
            EmissionRace race = new EmissionRace(server);
            QmpClient client = Clients.client(server).observer(race);
            race.run(() -> client.withSession(session -> {
                race.handedOut();
                return session.execute("query-status");
            }));
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
}
