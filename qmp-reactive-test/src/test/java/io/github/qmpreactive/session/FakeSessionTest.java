package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

@DisplayName("A session at the fake server")
class FakeSessionTest {

    private static Certificates certificates;

    @BeforeAll
    static void create() throws Exception {
        certificates = Certificates.of("authority");
    }

    abstract static class AtFake implements MachineContract {

        private @Nullable RunningFakeQmpServer server;

        abstract RunningFakeQmpServer start();

        RunningFakeQmpServer server() {
            if (server == null) {
                server = start();
            }
            return server;
        }

        @AfterEach
        void close() {
            if (server != null) {
                server.close();
            }
        }

        @Override
        public QmpClient client() {
            return Clients.client(server());
        }

        @Override
        public void suspend() {
            eachConnection(connection -> connection.faults().stall());
        }

        @Override
        public void resume() {
            eachConnection(connection -> connection.faults().resume());
        }

        @Override
        public void endAbruptly() {
            eachConnection(FakeConnection::reset);
        }

        private void eachConnection(Consumer<FakeConnection> action) {
            server().openConnections().forEach(action);
        }
    }

    @Nested
    @ExtendWith(LeakGuard.class)
    @DisplayName("over TCP")
    class OverTcp extends AtFake {
        @Override
        RunningFakeQmpServer start() {
            return FakeMachine.create().startTcp();
        }
    }

    @Nested
    @Tag("variant")
    @ExtendWith(LeakGuard.class)
    @DisplayName("over a UNIX socket")
    class OverUnixSocket extends AtFake {
        @Override
        RunningFakeQmpServer start() {
            return FakeMachine.create().startUnix();
        }
    }

    @Nested
    @Tag("variant")
    @ExtendWith(LeakGuard.class)
    @DisplayName("with output in pieces of 3 bytes")
    class InPieces extends AtFake {
        @Override
        RunningFakeQmpServer start() {
            return FakeMachine.create().withSplitOutput(3).startTcp();
        }
    }

    @Nested
    @Tag("variant")
    @ExtendWith(LeakGuard.class)
    @DisplayName("over TLS")
    class OverTls extends AtFake {
        @Override
        RunningFakeQmpServer start() {
            return FakeMachine.create().secure(context()).startTcp();
        }

        private SslContext context() {
            try {
                return certificates.serverContext("localhost");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public QmpClient client() {
            try {
                return super.client().tcp("localhost", server().port()).secure(certificates.clientContext());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public Reason waitsFor() {
            return Reason.CONNECT_TIMEOUT; // of the handshake of TLS
        }
    }

    /** The fake tries again and again to reach the client, which listens when a session is wanted. */
    abstract static class DialsIn extends AtFake {

        abstract QmpClient listening();

        FakeQmpServer machine() {
            return FakeMachine.create().withReconnect(Duration.ofMillis(5));
        }

        @Override
        public QmpClient client() {
            return listening();
        }

        @Override
        public Mono<QmpSession> open(QmpClient client) {
            return Mono.defer(() -> {
                server();
                return client.accept();
            });
        }

        @Override
        public boolean isDialled() {
            return false;
        }
    }

    @Nested
    @Tag("variant")
    @ExtendWith(LeakGuard.class)
    @DisplayName("that dials in over a UNIX socket")
    class DialsInOverUnixSocket extends DialsIn {

        @TempDir
        Path folder;

        @Override
        QmpClient listening() {
            return QmpClient.create().unixSocket(folder.resolve("s"));
        }

        @Override
        RunningFakeQmpServer start() {
            return machine().startDialling("unix:" + folder.resolve("s"));
        }
    }

    @Nested
    @Tag("variant")
    @ExtendWith(LeakGuard.class)
    @DisplayName("that dials in over TLS")
    class DialsInOverTls extends DialsIn {

        private final int port = freePort();

        @Override
        QmpClient listening() {
            try {
                return QmpClient.create().tcp("localhost", port).secure(certificates.serverContext("localhost"));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        RunningFakeQmpServer start() {
            try {
                return machine().secure(certificates.clientContext()).startDialling("tcp:localhost:" + port);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    static int freePort() {
        QmpListener probe = await(QmpClient.create().tcp("127.0.0.1", 0).listen());
        finish(probe.close());
        return Integer.parseInt(probe.address().replaceAll(".*:", ""));
    }
}
