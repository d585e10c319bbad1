package io.github.qmpreactive.session;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuOptions;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

@DisplayName("A session at real QEMU")
class QemuSessionTest {

    @TempDir
    static Path credentials;

    private static Certificates certificates;

    @BeforeAll
    static void create() throws Exception {
        certificates = Certificates.of("authority");
        certificates.write(credentials, "localhost");
    }

    abstract static class AtQemu implements MachineContract {

        @Nullable
        QemuProcess qemu;

        @Override
        public QmpClient client() {
            return QmpClient.create()
                    .address(Objects.requireNonNull(qemu).address())
                    .name("vm");
        }

        /** There is query-yank since 6.0. */
        @Override
        public Optional<QmpCommand> outOfBand() {
            boolean yank = QemuBinary.SYSTEM.version().orElseThrow().isAtLeast(6, 0);
            return MachineContract.super.outOfBand().filter(command -> yank);
        }

        @Override
        public void suspend() {
            Objects.requireNonNull(qemu).suspend();
        }

        @Override
        public void resume() {
            Objects.requireNonNull(qemu).resume();
        }

        @Override
        public void endAbruptly() {
            Objects.requireNonNull(qemu).kill();
        }
    }

    abstract static class Launched extends AtQemu {
        @BeforeEach
        void start(QemuProcess process) {
            qemu = process;
        }
    }

    @Nested
    @Qemu
    @ExtendWith(LeakGuard.class)
    @DisplayName("over a UNIX socket")
    class OverUnixSocket extends Launched {}

    @Nested
    @Tag("variant")
    @Qemu(monitor = Qemu.Monitor.TCP)
    @ExtendWith(LeakGuard.class)
    @DisplayName("over TCP")
    class OverTcp extends Launched {}

    /** One whose monitor the test has described. */
    abstract static class Described extends AtQemu {

        final int port = FakeSessionTest.freePort();

        QemuProcess launch(String chardev, String... more) {
            return QemuLauncher.system()
                    .withArgs(more)
                    .withArgs("-chardev", "socket,id=c," + chardev)
                    .withArgs(QemuOptions.monitor("c"))
                    .start();
        }

        @AfterEach
        void stop() {
            if (qemu != null) {
                qemu.close();
            }
        }

        String address() {
            return "host=localhost,ipv6=off,port=" + port + ","
                    + QemuOptions.here().noDelay();
        }

        static String tls(String endpoint) {
            return "tls-creds-x509,id=t,dir=" + credentials + ",endpoint=" + endpoint + ",verify-peer=yes";
        }
    }

    @Nested
    @Tag("variant")
    @Qemu
    @ExtendWith(LeakGuard.class)
    @DisplayName("C2 with pretty=on")
    class Pretty extends Described {

        @BeforeEach
        void start() {
            qemu = QemuLauncher.system()
                    .withArgs("-chardev", "socket,id=c,server=on,wait=off," + address())
                    .withArgs(QemuOptions.prettyMonitor("c"))
                    .start();
        }

        @Override
        public QmpClient client() {
            return QmpClient.create().tcp("localhost", port).name("vm");
        }
    }

    @Nested
    @Qemu
    @ExtendWith(LeakGuard.class)
    @DisplayName("over TLS, which verifies its peer (tls-creds-x509)")
    class OverTls extends Described {

        @BeforeEach
        void start() {
            qemu = launch(address() + ",server=on,wait=off,tls-creds=t", "-object", tls("server"));
        }

        @Override
        public QmpClient client() {
            try {
                return QmpClient.create().tcp("localhost", port).secure(certificates.clientContext());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public Reason waitsFor() {
            return Reason.CONNECT_TIMEOUT; // of the handshake of TLS
        }
    }

    /** One that tries each second to reach the client, which listens when a session is wanted. */
    abstract static class DialsIn extends Described {

        abstract QemuProcess start();

        static String again() {
            return QemuOptions.here().reconnect();
        }

        @Override
        public Mono<QmpSession> open(QmpClient client) {
            return Mono.defer(() -> {
                CompletableFuture<QmpSession> accepted = client.accept().toFuture();
                if (qemu == null) {
                    qemu = start();
                }
                return Mono.fromFuture(accepted);
            });
        }

        @Override
        public boolean isDialled() {
            return false;
        }
    }

    @Nested
    @Tag("variant")
    @Qemu
    @ExtendWith(LeakGuard.class)
    @DisplayName("that dials in over a UNIX socket")
    class DialsInOverUnixSocket extends DialsIn {

        @TempDir
        Path folder;

        @Override
        QemuProcess start() {
            return launch("path=" + folder.resolve("s") + ",server=off," + again());
        }

        @Override
        public QmpClient client() {
            return QmpClient.create().unixSocket(folder.resolve("s"));
        }
    }

    @Nested
    @Tag("variant")
    @Qemu
    @ExtendWith(LeakGuard.class)
    @DisplayName("that dials in over TLS")
    class DialsInOverTls extends DialsIn {

        @Override
        QemuProcess start() {
            return launch(address() + ",server=off,tls-creds=t," + again(), "-object", tls("client"));
        }

        @Override
        public QmpClient client() {
            try {
                return QmpClient.create().tcp("localhost", port).secure(certificates.serverContext("localhost"));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }
}
