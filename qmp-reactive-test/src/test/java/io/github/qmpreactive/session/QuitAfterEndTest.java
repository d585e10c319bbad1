package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("quit() where QEMU ends first")
class QuitAfterEndTest {

    @Test
    @DisplayName("C33 completes after SHUTDOWN and the end of the connection, any number of times, and sends nothing")
    void shutDown() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            connection.emit("SHUTDOWN");
            connection.close();
            finish(session.onDisconnect());
            finish(session.quit());
            finish(session.quit());
            assertEquals(0, connection.received("quit").size());
        }
    }

    @Test
    @DisplayName("C33 completes if QEMU shuts down while quit still waits to be written")
    void queued() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startUnix()) {
            QmpSession session = connect(client(server).maxInFlight(1));
            FakeConnection connection = server.awaitConnection();
            var slow = session.execute("slow").toFuture();
            var quit = session.quit().thenReturn("completed").toFuture();
            connection.awaitCommand("slow");
            connection.emit("SHUTDOWN");
            connection.close();
            assertEquals("completed", joined(quit));
            StepVerifier.create(Mono.fromFuture(slow)).verifyError(ExecInterruptedError.class);
        }
    }

    @Test
    @DisplayName("Errors with StateError after disconnect(), since QEMU lives on, and after a loss")
    void notOrderly() {
        try (RunningFakeQmpServer server = machine().withConcurrentClients().startUnix()) {
            QmpSession disconnected = connect(server);
            finish(disconnected.disconnect());
            StepVerifier.create(disconnected.quit()).verifyError(StateError.class);
            QmpSession lost = connect(server);
            server.awaitConnection(1).close();
            StepVerifier.create(lost.onDisconnect()).verifyError(ConnectionLostError.class);
            StepVerifier.create(lost.quit()).verifyError(StateError.class);
        }
    }

    @Test
    @DisplayName("Errors after disconnect(), also if QEMU had sent SHUTDOWN before")
    void disconnectedAfterShutdown() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            server.awaitConnection().emit("SHUTDOWN");
            await(session.events("SHUTDOWN").next());
            finish(session.disconnect());
            StepVerifier.create(session.quit()).verifyError(StateError.class);
        }
    }
}
