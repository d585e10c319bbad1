package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Agents.SYNC;
import static io.github.qmpreactive.session.Agents.agent;
import static io.github.qmpreactive.session.Agents.client;
import static io.github.qmpreactive.session.Agents.connect;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Connecting to a guest agent")
class AgentConnectTest {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("C48 C49 begins with 0xFF and guest-sync-delimited; no greeting, no negotiation")
    void connects(boolean unix) {
        try (RunningFakeQmpServer server = unix ? agent().startUnix() : agent().startTcp()) {
            QgaSession session = connect(server);
            assertEquals("vm", session.name());
            assertEquals(SessionState.RUNNING, session.state());
            FakeConnection connection = server.awaitConnection();
            assertEquals((byte) 0xFF, connection.receivedBytes()[0]);
            assertEquals("guest-sync-delimited", connection.received().get(0).name());
            assertEquals(1, connection.received().size());
            await(session.execute("guest-ping"));
            Clients.finish(session.disconnect());
            Clients.finish(session.onDisconnect());
            connection.awaitClosed();
            assertEquals(SessionState.DISCONNECTED, session.state());
        }
    }

    @Test
    @DisplayName("C49 the number is another one each time")
    void randomNumbers() {
        try (RunningFakeQmpServer server = agent().withConcurrentClients().startUnix()) {
            Flux.range(0, 20)
                    .concatMap(n -> client(server).withSession(session -> session.execute("guest-ping")))
                    .blockLast(Clients.PATIENCE);
            long different = server.received("guest-sync-delimited").stream()
                    .map(c -> c.arguments().path("id").longValue())
                    .distinct()
                    .count();
            assertEquals(20, server.received("guest-sync-delimited").size());
            assertTrue(different >= 19, "one in 2^53 may be the same");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"return\": {}, \"id\": \"#1\"}\n",
                "{\"return\": {\"half\": \"a mess",
                "]]} \\ \"\u0001 \ufffd garbage",
                "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error\"}}\n"
            })
    @DisplayName("C49 whatever comes before the 0xFF is dropped")
    void oldBytes(String before) {
        FakeQmpServer fake =
                agent().withConcurrentClients().when("guest-sync-delimited").silent();
        for (int piece : new int[] {Integer.MAX_VALUE, 1}) {
            try (RunningFakeQmpServer server = fake.withSplitOutput(piece).startUnix()) {
                var session = client(server).connect().toFuture();
                FakeConnection connection = server.awaitConnection();
                var sync = connection.awaitCommand("guest-sync-delimited");
                connection.sendText(before);
                connection.answer(sync, SYNC);
                await(joined(session).execute("guest-ping"));
            }
        }
    }

    @Test
    @DisplayName("C49 the answers to others' synchronisations are dropped, and so is whatever follows them")
    void othersAnswers() {
        try (RunningFakeQmpServer server =
                agent().when("guest-sync-delimited").silent().startTcp()) {
            var session = client(server).connect().toFuture();
            FakeConnection connection = server.awaitConnection();
            var sync = connection.awaitCommand("guest-sync-delimited");
            connection.answer(sync, Answer.reply("1").delimited());
            connection.answer(sync, Answer.reply("\"no number\"").delimited());
            connection.answer(sync, Answer.reply("18446744073709551615").delimited());
            connection.answer(sync, Answer.reply("{}").withId("7"));
            connection.answer(sync, SYNC.withId("\"somebody's\""));
            connection.answer(sync, Answer.text("{\"event\": 5} garbage"));
            connection.answer(sync, SYNC.truncated(9));
            connection.sendBytes(new byte[] {(byte) 0xFF, (byte) 0xFF, 'x', (byte) 0xFF, '{', '}', '{', ']', '}'});
            connection.answer(sync, SYNC);
            await(joined(session).execute("guest-ping"));
        }
    }

    @Test
    @DisplayName("C49 an agent that does not answer within handshakeTimeout: ConnectError, which asks whether it runs")
    void silent() {
        try (RunningFakeQmpServer server =
                agent().when("guest-sync-delimited").silent().startTcp()) {
            StepVerifier.create(client(server)
                            .handshakeTimeout(Duration.ofMillis(100))
                            .connect())
                    .verifyErrorSatisfies(e -> {
                        ConnectError error = assertInstanceOf(ConnectError.class, e);
                        assertEquals(Reason.NO_SYNC_REPLY, error.reason());
                        assertTrue(error.reason().isTemporary());
                        assertTrue(error.getMessage().startsWith("[vm] "), error::getMessage);
                        assertTrue(error.getMessage().contains("is the agent running in the guest"), error::getMessage);
                    });
            server.awaitConnection().awaitClosed();
        }
    }

    @Test
    @Qemu
    @DisplayName("C49 real QEMU whose guest has no agent accepts the connection, and does not answer: NO_SYNC_REPLY")
    void noAgentInGuest(@TempDir Path folder) {
        Path socket = folder.resolve("s");
        try (QemuProcess qemu = QemuLauncher.system()
                .withArgs("-machine", "pc", "-accel", "tcg", "-m", "32", "-device", "virtio-serial")
                .withArgs("-chardev", "socket,id=qga0,server=on,wait=off,path=" + socket)
                .withArgs("-device", "virtserialport,chardev=qga0,name=org.qemu.guest_agent.0")
                .start()) {
            assertTrue(qemu.isAlive());
            StepVerifier.create(QgaClient.create()
                            .unixSocket(socket)
                            .handshakeTimeout(Duration.ofMillis(200))
                            .connect())
                    .verifyErrorSatisfies(e -> assertEquals(
                            Reason.NO_SYNC_REPLY,
                            assertInstanceOf(ConnectError.class, e).reason()));
        }
    }

    @Test
    @DisplayName("A monitor in place of an agent is not taken for one")
    void monitor() {
        try (RunningFakeQmpServer server = FakeQmpServer.create().startTcp()) {
            StepVerifier.create(client(server)
                            .handshakeTimeout(Duration.ofMillis(100))
                            .connect())
                    .verifyErrorSatisfies(e -> assertEquals(
                            Reason.NO_SYNC_REPLY,
                            assertInstanceOf(ConnectError.class, e).reason()));
        }
    }

    @Test
    @DisplayName("A connection that is closed before the answer: ConnectError with the reason CLOSED")
    void closed() {
        try (RunningFakeQmpServer server = agent().when("guest-sync-delimited")
                .answer(Faults.silence().thenClose())
                .startTcp()) {
            StepVerifier.create(client(server).connect())
                    .verifyErrorSatisfies(e -> assertEquals(
                            Reason.CLOSED,
                            assertInstanceOf(ConnectError.class, e).reason()));
        }
    }

    @Test
    @DisplayName("No socket: ConnectError says what QEMU needs")
    void noSocket() {
        StepVerifier.create(QgaClient.create()
                        .address("unix:/nowhere/agent.sock")
                        .name("vm")
                        .connect())
                .verifyErrorSatisfies(e -> {
                    assertEquals(
                            Reason.NOT_FOUND,
                            assertInstanceOf(ConnectError.class, e).reason());
                    assertTrue(e.getMessage().contains("virtserialport"), e::getMessage);
                    assertTrue(e.getMessage().startsWith("[vm] "), e::getMessage);
                });
    }

    @Test
    @DisplayName("P16 cancelled before the answer: the agent sees the close, and no timer is left")
    void cancelled() {
        Duration limit = Duration.ofMinutes(7);
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server =
                        agent().when("guest-sync-delimited").silent().startUnix()) {
            Disposable attempt =
                    client(server).handshakeTimeout(limit).connect().subscribe();
            FakeConnection connection = server.awaitConnection();
            connection.awaitCommand("guest-sync-delimited");
            // That of the handshake, and that of its synchronisation.
            Patience.until(() -> timers.held(limit) == 2, () -> timers.held(limit) + " timers are held");
            attempt.dispose();
            connection.awaitClosed();
            Patience.until(() -> timers.held(limit) == 0, () -> timers.held(limit) + " timers are left");
        }
    }

    @Test
    @DisplayName("No timer is left when the session is there")
    void noTimerLeft() {
        Duration limit = Duration.ofMinutes(7);
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = agent().startUnix()) {
            QgaSession session = connect(client(server).handshakeTimeout(limit));
            Patience.until(() -> timers.held(limit) == 0, () -> timers.held(limit) + " timers are left");
            assertEquals(2, timers.started(limit));
            Clients.finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("P20 blocking on the event loop throws, it does not deadlock")
    void blocking() {
        try (RunningFakeQmpServer server = agent().startUnix()) {
            QgaSession session = connect(server);
            StepVerifier.create(session.execute("guest-ping")
                            .map(r -> session.execute("guest-ping").block(Clients.PATIENCE)))
                    .verifyError(IllegalStateException.class);
            await(session.execute("guest-ping"));
        }
    }

    @Test
    @DisplayName("P25 500 sessions opened and disconnected leave no connection behind")
    void openAndDisconnect() {
        try (RunningFakeQmpServer server = agent().startUnix()) {
            StepVerifier.create(client(server)
                            .withSession(session -> session.execute("guest-ping"))
                            .repeat(499))
                    .expectNextCount(500)
                    .expectComplete()
                    .verify(Patience.MANY);
            server.connections().take(500).concatMap(FakeConnection::closed).blockLast(Clients.PATIENCE);
        }
    }
}
