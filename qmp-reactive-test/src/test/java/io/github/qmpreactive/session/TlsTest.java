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
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("TLS")
class TlsTest {

    private static Certificates certificates;

    @TempDir
    Path folder;

    @BeforeAll
    static void create() throws Exception {
        certificates = Certificates.of("authority");
    }

    @Test
    @DisplayName("Not over a UNIX socket, and not with the other side's context: refused before anything is opened")
    void misuse() throws Exception {
        QmpClient unix = QmpClient.create().unixSocket(Path.of("/no/such")).secure(certificates.clientContext());
        String overTcp = "TLS goes over TCP, and unix:/no/such is a UNIX socket";
        StepVerifier.create(unix.connect()).verifyErrorMessage(overTcp);
        StepVerifier.create(unix.listen()).verifyErrorMessage(overTcp);
        QmpClient tcp = QmpClient.create().tcp("127.0.0.1", 1);
        StepVerifier.create(tcp.secure(certificates.serverContext("localhost")).connect())
                .verifyErrorMessage("What secure() was given is a server's context, with which one can listen but not"
                        + " connect");
        StepVerifier.create(tcp.secure(certificates.clientContext()).accept())
                .verifyErrorMessage("What secure() was given is a client's context, with which one can connect but not"
                        + " listen");
    }

    @Test
    @DisplayName("A server without TLS: the error says that it does not speak it")
    void plainServer() throws Exception {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            ConnectError error = assertThrows(
                    ConnectError.class,
                    () -> await(Clients.client(server)
                            .secure(certificates.clientContext())
                            .connect()));
            assertEquals(Reason.TLS, error.reason());
            assertTrue(String.valueOf(error.getMessage()).contains("not an SSL/TLS record"), error::getMessage);
            server.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("P16 a server that is silent in the TLS handshake: the timeout and a cancel close the socket")
    void silentServer() throws Exception {
        Duration limit = Duration.ofMinutes(7);
        try (HeldTimers timers = new HeldTimers();
                ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            QmpClient client =
                    QmpClient.create().tcp("localhost", server.getLocalPort()).secure(certificates.clientContext());
            var late = client.connectTimeout(limit).connect().toFuture();
            Socket silent = server.accept();
            timers.runOut(limit);
            ConnectError error = assertInstanceOf(
                    ConnectError.class,
                    assertThrows(java.util.concurrent.CompletionException.class, () -> joined(late))
                            .getCause());
            assertEquals(Reason.CONNECT_TIMEOUT, error.reason());
            assertCloses(silent);
            for (int i = 0; i < 20; i++) {
                Disposable attempt = client.connect().subscribe();
                Socket socket = server.accept();
                assertTrue(socket.getInputStream().read() >= 0);
                attempt.dispose();
                assertCloses(socket);
            }
        }
    }

    @Test
    @DisplayName("P16 a server that closes in the TLS handshake: TLS")
    void closingServer() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            var session = QmpClient.create()
                    .tcp("localhost", server.getLocalPort())
                    .secure(certificates.clientContext())
                    .connect()
                    .toFuture();
            server.accept().close();
            ConnectError error = assertInstanceOf(
                    ConnectError.class,
                    assertThrows(java.util.concurrent.CompletionException.class, () -> joined(session))
                            .getCause());
            assertTrue(error.reason() != Reason.OTHER, error::getMessage);
        }
    }

    @Test
    @DisplayName("P17 the server wants a certificate and gets none: TLS or CLOSED, before its greeting, with a hint")
    void noCertificate() throws Exception {
        try (RunningFakeQmpServer server =
                machine().secure(certificates.serverContext("localhost")).startTcp()) {
            ConnectError error = failure(server, certificates.anonymousContext());
            // What the server thinks of it may come before the end of the connection, or not at all.
            assertTrue(error.reason() == Reason.TLS || error.reason() == Reason.CLOSED, error::getMessage);
            assertTrue(
                    String.valueOf(error.getMessage())
                            .endsWith(
                                    ", before its greeting; does it want a certificate of the client, or another one?"),
                    error::getMessage);
        }
    }

    @Test
    @DisplayName("P17 the server closes during the negotiation: CLOSED, as without TLS")
    void closingNegotiation() throws Exception {
        try (RunningFakeQmpServer server = machine()
                .when("qmp_capabilities")
                .answer(Faults.silence().thenClose())
                .secure(certificates.serverContext("localhost"))
                .startTcp()) {
            ConnectError error = failure(server, certificates.clientContext());
            assertEquals(Reason.CLOSED, error.reason());
            assertTrue(String.valueOf(error.getMessage()).endsWith(", during the negotiation"), error::getMessage);
        }
    }

    @Test
    @DisplayName(
            "Behind the newline of the last command comes one in a record of its own, without which QEMU 5.2 and 7.2 hang")
    void newlines() throws Exception {
        try (RunningFakeQmpServer server =
                machine().secure(certificates.serverContext("localhost")).startTcp()) {
            QmpSession session = Clients.connect(
                    Clients.client(server).tcp("localhost", server.port()).secure(certificates.clientContext()));
            FakeConnection connection = server.awaitConnection();
            await(session.execute("query-status"));
            Supplier<String> received = () -> new String(connection.receivedBytes(), StandardCharsets.UTF_8);
            Patience.until(() -> received.get().endsWith("}\n\n"), received);
            finish(session.disconnect());
        }
    }

    private static ConnectError failure(RunningFakeQmpServer server, SslContext context) {
        return assertThrows(
                ConnectError.class,
                () -> await(Clients.client(server)
                        .tcp("localhost", server.port())
                        .secure(context)
                        .connect()));
    }

    private QmpListener listener(int maxHandshakes, Duration timeout) throws Exception {
        return await(QmpClient.create()
                .name("fleet")
                .tcp("127.0.0.1", 0)
                .maxHandshakes(maxHandshakes)
                .handshakeTimeout(timeout)
                .secure(certificates.serverContext("localhost"))
                .listen());
    }

    private static void assertTls(QmpError error, String what) {
        assertEquals(Reason.TLS, assertInstanceOf(ConnectError.class, error).reason());
        String message = String.valueOf(error.getMessage());
        assertTrue(message.startsWith("[fleet#") && message.contains(what), message);
    }

    @Test
    @DisplayName("A listener: a peer that does not speak TLS, or closes, is a failure, and disturbs no other")
    void listener() throws Exception {
        QmpListener listener = listener(16, Duration.ofMinutes(10));
        var failures = listener.failures().take(2).collectList().toFuture();
        var sessions = listener.sessions().collectList().toFuture();
        try (Dialer plain = Dialer.greeting(listener.address());
                SocketChannel leaving = sayHello(listener)) {
            // A connection that closes before its handshake has begun fails otherwise: CLOSED, not TLS.
            assertTrue(leaving.read(ByteBuffer.allocate(1)) > 0);
            leaving.shutdownOutput();
            List<QmpError> errors = joined(failures);
            assertTls(
                    errors.stream()
                            .filter(e -> is(e, "not an SSL/TLS record"))
                            .findFirst()
                            .orElseThrow(),
                    "connected, but");
            assertTls(
                    errors.stream()
                            .filter(e -> is(e, "closed the connection"))
                            .findFirst()
                            .orElseThrow(),
                    "the TLS handshake failed");
            plain.awaitClosed();
        }
        finish(listener.close());
        assertEquals(List.of(), joined(sessions));
    }

    @Test
    @DisplayName(
            "P16 a listener: a peer that is silent in the TLS handshake fails after handshakeTimeout, and is closed")
    void silentPeer() throws Exception {
        QmpListener listener = listener(16, Duration.ofMillis(300));
        var failure = listener.failures().next().toFuture();
        var sessions = listener.sessions().collectList().toFuture();
        try (Dialer silent = Dialer.to(listener.address())) {
            assertTls(joined(failure), "timed out after 300");
            silent.awaitClosed();
        }
        finish(listener.close());
        assertEquals(List.of(), joined(sessions));
    }

    private static boolean is(QmpError error, String what) {
        return String.valueOf(error.getMessage()).contains(what);
    }

    @Test
    @DisplayName(
            "A listener: TLS begins with the handshake, when a session is wanted, and counts towards maxHandshakes")
    @SuppressWarnings("try") // A handshake gives way to one that waits if it is not over within a second.
    void bounded() throws Exception {
        try (HeldTimers timers = new HeldTimers()) {
            QmpListener listener = listener(1, Duration.ofSeconds(20));
            List<SocketChannel> waiting = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                SocketChannel peer = sayHello(listener);
                peer.configureBlocking(false);
                waiting.add(peer);
            }
            assertEquals(List.of(), answered(waiting));
            var failures = listener.failures().take(5).collectList().toFuture();
            var sessions = listener.sessions().collectList().toFuture();
            while (!waiting.isEmpty()) {
                List<SocketChannel> answered = answered(waiting);
                assertTrue(answered.size() <= 1, () -> answered.size() + " at a time");
                for (SocketChannel peer : answered) {
                    peer.close();
                    waiting.remove(peer);
                }
            }
            joined(failures).forEach(e -> assertTls(e, "the TLS handshake failed"));
            finish(listener.close());
            assertEquals(List.of(), joined(sessions));
        }
    }

    /** Those that the listener has said something to. */
    private static List<SocketChannel> answered(List<SocketChannel> peers) throws IOException {
        List<SocketChannel> answered = new ArrayList<>();
        for (SocketChannel peer : peers) {
            if (peer.read(ByteBuffer.allocate(1)) > 0) {
                answered.add(peer);
            }
        }
        return answered;
    }

    private static SocketChannel sayHello(QmpListener listener) throws Exception {
        SocketChannel peer = SocketChannel.open(new InetSocketAddress(
                "127.0.0.1", Integer.parseInt(listener.address().replaceAll(".*:", ""))));
        peer.write(ByteBuffer.wrap(clientHello()));
        return peer;
    }

    private static byte[] clientHello() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, null, null);
        SSLEngine engine = context.createSSLEngine("localhost", 1);
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        byte[] bytes = new byte[hello.flip().remaining()];
        hello.get(bytes);
        return bytes;
    }

    @Test
    @DisplayName("A listener: closing it closes connections in the middle of TLS, and those that wait for it")
    void closing() throws Exception {
        QmpListener listener = listener(1, Duration.ofSeconds(20));
        var sessions = listener.sessions().collectList().toFuture();
        try (Dialer first = Dialer.to(listener.address());
                Dialer second = Dialer.to(listener.address())) {
            finish(listener.close());
            first.awaitClosed();
            second.awaitClosed();
        }
        assertEquals(List.of(), joined(sessions));
    }

    private static void assertCloses(Socket socket) throws IOException {
        try (socket) {
            while (socket.getInputStream().read() >= 0) {
                Thread.onSpinWait();
            }
        } catch (java.net.SocketException e) {
            // A reset is an end, too.
        }
    }
}
