package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("FakeQmpServer, dialling and over TLS,")
class FakeDialTest {

    private static Certificates certificates;

    @TempDir
    Path folder;

    @BeforeAll
    static void create() throws Exception {
        certificates = Certificates.of("authority");
    }

    private QmpListener listen(boolean tcp) {
        QmpClient client = QmpClient.create().name("vm");
        return await((tcp ? client.tcp("127.0.0.1", 0) : client.unixSocket(folder.resolve("a,b"))).listen());
    }

    @ParameterizedTest(name = "over TCP: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("takes the address that a listener tells, and is gone after a hang-up")
    void dials(boolean tcp) {
        QmpListener listener = listen(tcp);
        try (RunningFakeQmpServer qemu = machine().startDialling(listener.address())) {
            assertEquals(listener.address().replace(",,", ","), qemu.address());
            QmpSession session = await(listener.sessions().next());
            await(session.execute("query-status"));
            finish(session.disconnect());
            qemu.awaitConnection().awaitClosed();
            assertEquals(List.of(), qemu.openConnections());
            assertThrows(IllegalStateException.class, qemu::port);
            assertThrows(IllegalStateException.class, qemu::path);
        }
        finish(listener.close());
    }

    @Test
    @DisplayName("is back after a hang-up, by its clock, and greets afresh, until it is told to stop")
    void reconnects() {
        VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        QmpListener listener = listen(true);
        try (RunningFakeQmpServer qemu = machine()
                .withScheduler(clock)
                .withReconnect(Duration.ofHours(1))
                .startDialling(listener.address())) {
            for (int i = 0; i < 3; i++) {
                QmpSession session = await(listener.sessions().next());
                assertTrue(session.greeting().isPresent());
                await(session.execute("query-status"));
                finish(session.disconnect());
                qemu.awaitConnection(i).awaitClosed();
                awaitArranged(clock, i + 1);
                clock.advanceTimeBy(Duration.ofMinutes(59));
                assertEquals(List.of(), qemu.openConnections());
                clock.advanceTimeBy(Duration.ofMinutes(1));
            }
            QmpSession last = await(listener.sessions().next());
            finish(qemu.stopListening());
            finish(last.disconnect());
            qemu.awaitConnection(3).awaitClosed();
            clock.advanceTimeBy(Duration.ofHours(2));
            assertEquals(3, clock.getScheduledTaskCount());
        }
        finish(listener.close());
    }

    /** What is to be done after an hour is arranged a moment after the connection has been closed. */
    private static void awaitArranged(VirtualTimeScheduler clock, int tasks) {
        Patience.until(() -> clock.getScheduledTaskCount() >= tasks, () -> "It does not mean to dial again");
    }

    @Test
    @DisplayName("without a listener: an IOException, as QEMU then ends; with reconnect it waits for one")
    void nobodyListens() {
        Path path = folder.resolve("s");
        assertInstanceOf(
                IOException.class,
                assertThrows(RuntimeException.class, () -> machine().startDialling("unix:" + path))
                        .getCause());
        FakeQmpServer patient = machine().withReconnect(Duration.ofMillis(5));
        try (RunningFakeQmpServer qemu = patient.startDialling("unix:" + path)) {
            QmpSession session = await(QmpClient.create().unixSocket(path).accept());
            await(session.execute("query-status"));
            assertEquals(1, qemu.received("query-status").size());
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("refuses what cannot be: no address, no interval, the other side's context, TLS over a UNIX socket")
    void misuse() throws Exception {
        assertThrows(IllegalArgumentException.class, () -> machine().startDialling("nowhere:"));
        assertThrows(IllegalArgumentException.class, () -> machine().withReconnect(Duration.ZERO));
        FakeQmpServer clientsContext = machine().secure(certificates.clientContext());
        FakeQmpServer serversContext = machine().secure(certificates.serverContext("localhost"));
        assertRefused(
                "secure() was given a client's context, which can connect but not listen", clientsContext::startTcp);
        assertRefused(
                "secure() was given a server's context, which can listen but not connect",
                () -> serversContext.startDialling("localhost:1"));
        assertRefused("TLS goes over TCP: leave out secure(), or start it with startTcp()", serversContext::startUnix);
    }

    private static void assertRefused(String message, Executable start) {
        assertEquals(message, assertThrows(IllegalStateException.class, start).getMessage());
    }

    @Test
    @DisplayName("over TLS: a client that is not trusted, or speaks no TLS, makes no connection; the next one does")
    void untrusted() throws Exception {
        Certificates wrong = Certificates.of("wrong");
        FakeQmpServer server = machine().secure(certificates.serverContext("localhost"));
        try (RunningFakeQmpServer qemu = server.startTcp()) {
            QmpClient client = QmpClient.create().tcp("localhost", qemu.port());
            for (var context : List.of(certificates.clientContext(wrong), certificates.anonymousContext())) {
                ConnectError error = assertThrows(
                        ConnectError.class, () -> await(client.secure(context).connect()));
                assertTrue(error.reason() == Reason.TLS || error.reason() == Reason.CLOSED, error::getMessage);
            }
            StepVerifier.create(client.handshakeTimeout(Duration.ofMillis(300)).connect())
                    .verifyErrorSatisfies(e -> assertInstanceOf(ConnectError.class, e));
            QmpSession session =
                    await(client.secure(certificates.clientContext()).connect());
            await(session.execute("query-status"));
            assertEquals(
                    List.of(0),
                    qemu.openConnections().stream().map(c -> c.number()).toList());
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("over TLS: a client that waits for another is greeted when the other disconnects")
    void waitsForAnotherClient() throws Exception {
        FakeQmpServer server = machine().secure(certificates.serverContext("localhost"));
        try (RunningFakeQmpServer qemu = server.withOtherClient().startTcp()) {
            QmpClient client = QmpClient.create().tcp("localhost", qemu.port()).secure(certificates.clientContext());
            StepVerifier.create(client.connect())
                    .expectSubscription()
                    .expectNoEvent(Duration.ofMillis(200))
                    .then(qemu::releaseOtherClient)
                    .expectNextCount(1)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("over TLS: pieces, a reset at a byte, and a reset by hand are what the client sees")
    void faultsOverTls() throws Exception {
        FakeQmpServer server = machine().secure(certificates.serverContext("localhost"));
        try (RunningFakeQmpServer qemu = server.withSplitOutput(1).startTcp()) {
            QmpSession session = await(QmpClient.create()
                    .tcp("localhost", qemu.port())
                    .secure(certificates.clientContext())
                    .connect());
            await(session.execute("query-status"));
            qemu.awaitConnection().reset();
            StepVerifier.create(session.onDisconnect()).verifyError(ConnectionLostError.class);
        }
        try (RunningFakeQmpServer qemu = server.withResetAfter(6).startTcp()) {
            assertThrows(
                    ConnectError.class,
                    () -> await(QmpClient.create()
                            .tcp("localhost", qemu.port())
                            .secure(certificates.clientContext())
                            .connect()));
        }
    }

    @Test
    @DisplayName("over TLS, dialling: a listener that is not trusted is an error, and with reconnect another attempt")
    void untrustedListener() throws Exception {
        Certificates wrong = Certificates.of("wrong");
        QmpListener listener = await(QmpClient.create()
                .tcp("localhost", 0)
                .secure(wrong.serverContext("localhost"))
                .listen());
        var failures = listener.failures().take(2).collectList().toFuture();
        // A handshake begins when its session is wanted.
        var sessions = listener.sessions().collectList().toFuture();
        FakeQmpServer server = machine().secure(certificates.clientContext());
        assertInstanceOf(
                IOException.class,
                assertThrows(RuntimeException.class, () -> server.startDialling(listener.address()))
                        .getCause());
        try (RunningFakeQmpServer qemu =
                server.withReconnect(Duration.ofMillis(5)).startDialling(listener.address())) {
            assertEquals(2, joined(failures).size());
            assertEquals(List.of(), qemu.openConnections());
        }
        finish(listener.close());
        assertEquals(List.of(), joined(sessions));
    }
}
