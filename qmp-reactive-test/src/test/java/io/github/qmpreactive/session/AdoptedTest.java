package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.GreetingError;
import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.HandshakeMode;
import io.github.qmpreactive.option.OobMode;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A session on a connection that was open before")
class AdoptedTest {

    private static final QmpClient CLIENT = QmpClient.create().handshakeTimeout(Clients.PATIENCE);
    private static final QmpClient TAKEOVER = CLIENT.handshake(HandshakeMode.NONE);

    @Test
    @DisplayName("P12 P13 greets, negotiates and works like any other, and is called after the other side")
    void adopts() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = await(CLIENT.connect(Tunnels.open(server.address())));
            assertEquals(server.address(), session.name());
            assertTrue(session.greeting().isPresent());
            await(session.execute("query-status"));
            finish(session.disconnect());
            server.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("P12 a second session on one connection is refused, and the first goes on")
    void onceOnly() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            var adopt = CLIENT.connect(Tunnels.open(server.address()));
            QmpSession session = await(adopt);
            StepVerifier.create(adopt)
                    .verifyErrorSatisfies(e -> assertTrue(assertInstanceOf(IllegalStateException.class, e)
                            .getMessage()
                            .contains("can carry one only")));
            await(session.execute("query-status"));
            assertEquals(SessionState.RUNNING, session.state());
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("A connection that is closed makes no session")
    void closedBefore() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            Connection connection = Tunnels.open(server.address());
            connection.dispose();
            connection.onDispose().block(Clients.PATIENCE);
            StepVerifier.create(CLIENT.connect(connection)).verifyErrorSatisfies(e -> assertNotOpen(e));
        }
    }

    @Test
    @DisplayName("P16 cancelled before the greeting: the connection is closed")
    void cancelled() {
        try (RunningFakeQmpServer server = machine().withoutGreeting().startTcp()) {
            Disposable attempt = CLIENT.connect(Tunnels.open(server.address())).subscribe();
            FakeConnection connection = server.awaitConnection();
            attempt.dispose();
            connection.awaitClosed();
        }
    }

    @Test
    @DisplayName("P12 bytes that came before the session, cut anywhere, are read first")
    void readAhead() {
        try (RunningFakeQmpServer server = machine().withoutGreeting().startTcp()) {
            Connection connection = Tunnels.open(server.address());
            FakeConnection peer = server.awaitConnection();
            // The owner lets the channel read before the client subscribes: Reactor Netty keeps what comes.
            ReadCount reads = new ReadCount();
            connection.addHandlerFirst(reads);
            connection.channel().config().setAutoRead(true);
            peer.emit("EARLY");
            peer.sendText("{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 0, \"minor\": 2,");
            reads.await(2);
            var session = CLIENT.connect(connection).toFuture();
            peer.sendText("\"major\": 7}, \"package\": \"\"}, \"capabilities\": []}}\r\n");
            peer.reply(peer.awaitCommand("qmp_capabilities"), "{}");
            StepVerifier.create(joined(session).events().map(QmpEvent::name).take(1))
                    .expectNext("EARLY")
                    .verifyComplete();
            finish(joined(session).disconnect());
        }
    }

    @Test
    @DisplayName("P17 garbage that came before the session: MalformedMessageError, and a close")
    void garbageAhead() {
        try (RunningFakeQmpServer server = machine().withoutGreeting().startTcp()) {
            Connection connection = Tunnels.open(server.address());
            FakeConnection peer = server.awaitConnection();
            ReadCount reads = new ReadCount();
            connection.addHandlerFirst(reads);
            connection.channel().config().setAutoRead(true);
            peer.sendText("SSH-2.0-OpenSSH_9.2p1\r\n");
            reads.await(1);
            assertThrows(MalformedMessageError.class, () -> await(CLIENT.connect(connection)));
            peer.awaitClosed();
        }
    }

    @Test
    @DisplayName("C11 GREETING_ONLY awaits the greeting and sends nothing; the user negotiates")
    void greetingOnly() {
        try (RunningFakeQmpServer server =
                machine().when("query-name").allowOob().reply("{}").startTcp()) {
            QmpSession session = await(Clients.client(server)
                    .handshake(HandshakeMode.GREETING_ONLY)
                    .connect());
            assertEquals("oob", session.greeting().orElseThrow().capabilities().get(0));
            assertEquals(Set.of(), session.capabilities());
            assertEquals(0, server.received().size());
            await(session.execute("qmp_capabilities", java.util.Map.of("enable", java.util.List.of("oob"))));
            String id = server.received("qmp_capabilities")
                    .get(0)
                    .id()
                    .orElseThrow()
                    .stringValue();
            assertTrue(id.matches("#[0-9a-zA-Z]{3}0"), id);
            // The client does not know that it is enabled, so it leaves that to the server.
            await(session.execute(QmpCommand.of("query-name").oob()));
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("C9 GREETING_ONLY refuses what is no greeting")
    void greetingOnlyChecks() {
        try (RunningFakeQmpServer server =
                machine().withGreeting("{\"returned\": {}}\r\n").startTcp()) {
            assertThrows(
                    GreetingError.class,
                    () -> await(Clients.client(server)
                            .handshake(HandshakeMode.GREETING_ONLY)
                            .connect()));
            server.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("C27 NONE takes a negotiated stream over; the predecessor's late replies are dropped")
    void takeOver() {
        try (RunningFakeQmpServer server = machine()
                .withoutGreeting()
                .withoutNegotiation()
                .when("slow")
                .silent()
                .startTcp()) {
            Connection connection = Tunnels.open(server.address());
            FakeConnection peer = server.awaitConnection();
            connection
                    .outbound()
                    .sendString(reactor.core.publisher.Mono.just("{\"execute\": \"slow\", \"id\": \"#0\"}\n"))
                    .then()
                    .block(Clients.PATIENCE);
            ReceivedCommand old = peer.awaitCommand("slow");
            QmpSession session = await(TAKEOVER.connect(connection));
            assertTrue(session.greeting().isEmpty());
            assertEquals(Set.of(), session.capabilities());
            var pending = session.execute("slow").toFuture();
            ReceivedCommand own =
                    peer.commands().filter(c -> !c.id().equals(old.id())).blockFirst(Clients.PATIENCE);
            peer.reply(old, "{\"old\": true}");
            peer.emit("MARK");
            StepVerifier.create(session.events("MARK").take(1))
                    .expectNextCount(1)
                    .verifyComplete();
            assertFalse(pending.isDone());
            peer.reply(own, "{\"own\": true}");
            assertEquals("{\"own\":true}", joined(pending).toString());
            String id = own.id().orElseThrow().stringValue();
            assertTrue(id.matches("#[0-9a-z]{8}\\.0"), id);
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("P3 NONE: ids of two sessions have nothing in common")
    void idsDiffer() {
        try (RunningFakeQmpServer server = machine()
                .withoutGreeting()
                .withoutNegotiation()
                .withConcurrentClients()
                .startTcp()) {
            for (int i = 0; i < 2; i++) {
                QmpSession session = await(TAKEOVER.connect(Tunnels.open(server.address())));
                await(session.execute("query-status").repeat(2).last());
                finish(session.disconnect());
            }
            assertEquals(
                    6,
                    server.received("query-status").stream()
                            .map(ReceivedCommand::id)
                            .distinct()
                            .count());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GREETING_ONLY", "NONE"})
    @DisplayName("C12 oob cannot be required where nothing is negotiated")
    void requireNeedsNegotiation(HandshakeMode mode) {
        QmpClient client = QmpClient.create().tcp("localhost", 1).oob(OobMode.REQUIRE);
        StepVerifier.create(client.handshake(mode).connect())
                .verifyErrorMessage("OobMode.REQUIRE takes a negotiation, and HandshakeMode." + mode
                        + " has none: use HandshakeMode.FULL");
    }

    // Netty overlooks the channel once in six times or so.
    @RepeatedTest(40)
    @DisplayName("P21 the event loop is shut down under a session: pending and later commands fail as they should")
    void loopShutDown() {
        LoopResources loops = LoopResources.create("doomed", 1, true);
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            Connection connection = await(TcpClient.newConnection()
                    .runOn(loops)
                    .host("127.0.0.1")
                    .port(server.port())
                    .connect());
            QmpSession session = await(CLIENT.maxInFlight(1).connect(connection));
            var ends = session.events().then().toFuture();
            var written = session.execute("slow").toFuture();
            var queued = session.execute("slow").toFuture();
            server.awaitConnection().awaitCommand("slow");
            loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(Clients.PATIENCE);
            ExecInterruptedError interrupted = interruption(written);
            assertTrue(interrupted.isWritten());
            assertInstanceOf(ConnectionLostError.class, interrupted.getCause());
            assertFalse(interruption(queued).isWritten());
            StepVerifier.create(session.execute("query-status")).verifyError(StateError.class);
            StepVerifier.create(session.onDisconnect()).verifyError(ConnectionLostError.class);
            StepVerifier.create(session.events()).verifyError(ConnectionLostError.class);
            assertTrue(ends.isCompletedExceptionally());
            finish(session.disconnect());
            server.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("P21 an event loop that was shut down before makes no session")
    void loopShutDownBefore() {
        LoopResources loops = LoopResources.create("doomed", 1, true);
        try (RunningFakeQmpServer server = machine().startTcp()) {
            Connection connection = await(TcpClient.newConnection()
                    .runOn(loops)
                    .host("127.0.0.1")
                    .port(server.port())
                    .connect());
            loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(Clients.PATIENCE);
            // Netty closes the channels of such a loop, but now and then it overlooks one.
            StepVerifier.create(CLIENT.connect(connection)).verifyErrorSatisfies(e -> {
                ConnectError error = assertInstanceOf(ConnectError.class, e);
                assertEquals(Reason.CLOSED, error.reason());
                assertTrue(
                        String.valueOf(error.getMessage())
                                .matches(".* (The connection is not open, or not any more"
                                        + "|The connection cannot be used: its event loop is shut down)"),
                        error::getMessage);
            });
        }
    }

    private static void assertNotOpen(Throwable e) {
        ConnectError error = assertInstanceOf(ConnectError.class, e);
        assertEquals(Reason.CLOSED, error.reason());
        assertTrue(String.valueOf(error.getMessage()).endsWith(" The connection is not open, or not any more"));
    }

    private static ExecInterruptedError interruption(CompletableFuture<?> command) {
        return assertInstanceOf(
                ExecInterruptedError.class,
                assertThrows(CompletionException.class, () -> joined(command)).getCause());
    }
}
