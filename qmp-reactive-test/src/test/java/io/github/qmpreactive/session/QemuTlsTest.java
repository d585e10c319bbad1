package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuOptions;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("TLS with real QEMU, which verifies its peer (tls-creds-x509)")
class QemuTlsTest {

    @TempDir
    static Path folder;

    static Certificates right;
    static Certificates wrong;
    static Path credentials;

    @BeforeAll
    static void certificates() throws Exception {
        right = Certificates.of("right");
        wrong = Certificates.of("wrong");
        credentials = right.write(folder.resolve("right"), "localhost");
    }

    private static QemuProcess start(Path credentials, String endpoint, int port, String mode) {
        return QemuLauncher.system()
                .withArgs(
                        "-object",
                        "tls-creds-x509,id=t,dir=" + credentials + ",endpoint=" + endpoint + ",verify-peer=yes",
                        "-chardev",
                        "socket,id=c,host=localhost,ipv6=off,port=" + port + "," + mode + ",tls-creds=t")
                .withArgs(QemuOptions.monitor("c"))
                .start();
    }

    private static int freePort() {
        QmpListener probe = await(QmpClient.create().tcp("127.0.0.1", 0).listen());
        finish(probe.close());
        return Integer.parseInt(probe.address().replaceAll(".*:", ""));
    }

    /** As many as are asked for at once, so that they are written in one burst; each is answered. */
    private static void burst(QmpSession session, int count) {
        assertEquals(
                count,
                Flux.range(0, count)
                        .flatMap(n -> session.execute("query-status"), count)
                        .count()
                        .block(Clients.PATIENCE));
    }

    @Nested
    @DisplayName("that is dialled")
    class Dialled {

        private final int port = freePort();
        private QemuProcess qemu = start(credentials, "server", port, "server=on,wait=off");
        private final QmpClient client = QmpClient.create().name("vm").tcp("localhost", port);

        @AfterEach
        void stop() {
            qemu.close();
        }

        private ConnectError refused(QmpClient client) {
            return assertThrows(ConnectError.class, () -> await(client.connect()));
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 5, 200})
        @DisplayName("the right certificate: bursts of commands are all answered, again and again")
        void bursts(int size) throws Exception {
            QmpSession session =
                    await(client.secure(right.clientContext()).maxInFlight(200).connect());
            for (int i = 0; i < 5; i++) {
                burst(session, size);
            }
            await(session.executeAndAwait(QmpCommand.of("cont"), QmpEvent.named("RESUME")));
            finish(session.disconnect());
        }

        @Test
        @DisplayName("a command of 40 KB, of several records, is answered")
        void large() throws Exception {
            QmpSession session = await(client.secure(right.clientContext()).connect());
            for (int i = 0; i < 3; i++) {
                ExecuteError error = assertThrows(
                        ExecuteError.class,
                        () -> await(session.execute("qom-list", Map.of("path", "/" + "x".repeat(40_000)))));
                assertEquals("DeviceNotFound", error.errorClass());
            }
            finish(session.quit());
            qemu.exitCode().block(Clients.PATIENCE);
        }

        @Test
        @DisplayName("an authority that is not trusted: TLS, and why")
        void wrongAuthority() throws Exception {
            ConnectError error = refused(client.secure(wrong.clientContext(right)));
            assertEquals(Reason.TLS, error.reason(), error::getMessage);
            assertTrue(String.valueOf(error.getMessage()).contains("certification path"), error::getMessage);
        }

        @Test
        @DisplayName("another host's certificate: TLS, and why")
        void wrongHost() throws Exception {
            ConnectError error = refused(client.tcp("127.0.0.1", port).secure(right.clientContext()));
            assertEquals(Reason.TLS, error.reason(), error::getMessage);
            assertTrue(String.valueOf(error.getMessage()).contains("127.0.0.1"), error::getMessage);
        }

        @Test
        @DisplayName(
                "no certificate, or another authority's: the end comes before the greeting, and the error says what to look for")
        void noCertificate() throws Exception {
            for (var context : java.util.List.of(right.anonymousContext(), right.clientContext(wrong))) {
                ConnectError error = refused(client.secure(context));
                assertTrue(error.reason() == Reason.CLOSED || error.reason() == Reason.TLS, error::getMessage);
                assertTrue(
                        String.valueOf(error.getMessage()).contains("does it want a certificate of the client"),
                        error::getMessage);
            }
            finish(await(client.secure(right.clientContext()).connect()).disconnect());
        }

        @Test
        @DisplayName("a client without TLS: an error, and no session")
        void plain() {
            ConnectError error = refused(client.handshakeTimeout(java.time.Duration.ofSeconds(1)));
            assertTrue(error.reason() == Reason.CLOSED || error.reason() == Reason.NO_GREETING, error::getMessage);
        }
    }

    @Test
    @DisplayName(
            "that connects to a listener: a session, whose bursts are answered; one with a wrong certificate disturbs no other")
    void dialsIn() throws Exception {
        QmpListener listener = await(QmpClient.create()
                .tcp("localhost", 0)
                .secure(right.serverContext("localhost"))
                .name("vm")
                .maxInFlight(200)
                .listen());
        int port = Integer.parseInt(listener.address().replaceAll(".*:", ""));
        var failure = listener.failures().next().toFuture();
        var first = listener.sessions().next().toFuture();
        Path others = wrong.write(folder.resolve("wrong"), "localhost");
        try (QemuProcess bad =
                start(others, "client", port, "server=off," + QemuOptions.here().reconnect())) {
            QmpError error = await(reactor.core.publisher.Mono.fromFuture(failure));
            assertEquals(Reason.TLS, ((ConnectError) error).reason(), error::getMessage);
            assertTrue(bad.isAlive());
        }
        try (QemuProcess good = start(
                credentials, "client", port, "server=off," + QemuOptions.here().reconnect())) {
            QmpSession session = joined(first);
            for (int size : new int[] {1, 5, 200}) {
                burst(session, size);
            }
            finish(listener.close());
            burst(session, 5);
            finish(session.quit());
            good.exitCode().block(Clients.PATIENCE);
        }
    }
}
