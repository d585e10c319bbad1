package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.OobMode;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("P35 The end that a SHUTDOWN event announces")
class ShutdownExpectationTest {

    private static void awaitShutdown(QmpSession session, FakeConnection connection) {
        var seen = session.events("SHUTDOWN").next().toFuture();
        connection.emit("SHUTDOWN");
        joined(seen);
    }

    @Test
    @DisplayName("is no longer expected once a command sent after the event is answered: QEMU lives on")
    void answeredAfter() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            awaitShutdown(session, connection);
            await(session.execute("query-status"));
            connection.close();
            StepVerifier.create(session.onDisconnect()).verifyError(ConnectionLostError.class);
        }
    }

    @Test
    @DisplayName("is no longer expected after an error reply either, nor if its caller has cancelled")
    void errorOrLate() {
        try (RunningFakeQmpServer server = machine()
                .when("no-such-command")
                .commandNotFound()
                .withConcurrentClients()
                .when("slow")
                .silent()
                .startUnix()) {
            QmpSession first = connect(server);
            awaitShutdown(first, server.awaitConnection(0));
            StepVerifier.create(first.execute("no-such-command")).verifyError(ExecuteError.class);
            server.awaitConnection(0).close();
            StepVerifier.create(first.onDisconnect()).verifyError(ConnectionLostError.class);

            QmpSession second = connect(server);
            awaitShutdown(second, server.awaitConnection(1));
            var cancelled = second.execute("slow").subscribe();
            var command = server.awaitConnection(1).awaitCommand("slow");
            cancelled.dispose();
            server.awaitConnection(1).reply(command, "{}");
            server.awaitConnection(1).close();
            StepVerifier.create(second.onDisconnect()).verifyError(ConnectionLostError.class);
        }
    }

    @Test
    @DisplayName("is still expected if a command sent before the event is answered after it")
    void sentBefore() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startUnix()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            var slow = session.execute("slow").toFuture();
            var command = connection.awaitCommand("slow");
            awaitShutdown(session, connection);
            connection.reply(command, "{}");
            joined(slow);
            connection.close();
            finish(session.onDisconnect());
        }
    }

    @Test
    @DisplayName("is still expected after an out-of-band reply: QEMU's I/O thread gives it while QEMU ends")
    void outOfBand() {
        try (RunningFakeQmpServer server =
                machine().when("migrate-pause").reply("{}").startUnix()) {
            QmpSession session =
                    await(Clients.client(server).oob(OobMode.REQUIRE).connect());
            FakeConnection connection = server.awaitConnection();
            awaitShutdown(session, connection);
            await(session.execute(QmpCommand.of("migrate-pause").oob()));
            connection.close();
            finish(session.onDisconnect());
        }
    }

    @Test
    @DisplayName("is expected again after the next SHUTDOWN")
    void again() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            awaitShutdown(session, connection);
            await(session.execute("query-status"));
            awaitShutdown(session, connection);
            connection.close();
            finish(session.onDisconnect());
        }
    }
}
