package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Agents.agent;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.netty.Connection;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Other ways to a guest agent")
class AgentOpeningsTest {

    @TempDir
    Path folder;

    private static void assertWorks(QgaSession session) {
        await(session.execute("guest-ping"));
        finish(session.disconnect());
    }

    @Test
    @DisplayName("a connection that is open already: a session, and only one; closed when its opening fails")
    void adopted() {
        try (RunningFakeQmpServer server = agent().startTcp()) {
            Connection connection = Tunnels.open(server.address());
            var adopt = QgaClient.create().connect(connection);
            QgaSession session = await(adopt);
            StepVerifier.create(adopt).verifyError(IllegalStateException.class);
            assertWorks(session);
            server.awaitConnection().awaitClosed();
        }
        try (RunningFakeQmpServer silent =
                agent().when("guest-sync-delimited").silent().startTcp()) {
            Disposable attempt =
                    QgaClient.create().connect(Tunnels.open(silent.address())).subscribe();
            FakeConnection connection = silent.awaitConnection();
            attempt.dispose();
            connection.awaitClosed();
        }
    }

    @Test
    @DisplayName("accept(): QEMU connects, and the socket is closed")
    void accepted() {
        Path path = folder.resolve("s");
        var accepted = QgaClient.create().name("vm").unixSocket(path).accept().toFuture();
        // Until the client listens, which is some time after the file is there.
        try (RunningFakeQmpServer server =
                agent().withReconnect(Duration.ofMillis(5)).startDialling("unix:" + path)) {
            QgaSession session = joined(accepted);
            assertEquals("vm", session.name());
            assertTrue(Files.notExists(path));
            assertWorks(session);
            server.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("TLS with QEMU, which passes on what is said; not over a UNIX socket")
    void tls() throws Exception {
        Certificates certificates = Certificates.of("authority");
        try (RunningFakeQmpServer server =
                agent().secure(certificates.serverContext("localhost")).startTcp()) {
            QgaClient client =
                    QgaClient.create().tcp("localhost", server.port()).keepAlive(Duration.ofMinutes(5));
            assertWorks(await(client.secure(certificates.clientContext()).connect()));
            ConnectError error = assertInstanceOf(
                    ConnectError.class,
                    assertThrows(
                            RuntimeException.class,
                            () -> await(client.secure(Certificates.of("other").clientContext())
                                    .connect())));
            assertEquals(Reason.TLS, error.reason());
        }
        StepVerifier.create(QgaClient.create()
                        .unixSocket(Path.of("/no/such"))
                        .secure(certificates.clientContext())
                        .connect())
                .verifyError(IllegalStateException.class);
        assertThrows(IllegalArgumentException.class, () -> QgaClient.create().keepAlive(Duration.ofMillis(999)));
    }

    @Test
    @DisplayName("a monitor in the agent's place: its greeting is skipped, and the error says what to look at")
    void monitor() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            StepVerifier.create(QgaClient.create()
                            .address(server.address())
                            .handshakeTimeout(Duration.ofMillis(300))
                            .connect())
                    .verifyErrorSatisfies(e -> {
                        ConnectError error = assertInstanceOf(ConnectError.class, e);
                        assertEquals(Reason.NO_SYNC_REPLY, error.reason());
                    });
        }
    }

    @Test
    @DisplayName("a connection whose outbound buffer is full already: the agent is asked nevertheless")
    void congested() {
        EmbeddedConnection embedded = new EmbeddedConnection();
        embedded.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        var session =
                QgaClient.create().name("vm").connect(embedded.connection()).toFuture();
        String asked = embedded.sent() + embedded.sent();
        assertTrue(asked.contains("guest-sync-delimited"), asked);
        String id = asked.replaceAll("(?s).*\"id\":(\\d+)}.*", "$1");
        embedded.channel.writeInbound(
                Unpooled.copiedBuffer("\u00ff{\"return\": " + id + "}\n", StandardCharsets.ISO_8859_1));
        embedded.channel.runPendingTasks();
        var end = joined(session).disconnect().toFuture();
        embedded.channel.runPendingTasks();
        joined(end.thenApply(nothing -> true));
    }
}
