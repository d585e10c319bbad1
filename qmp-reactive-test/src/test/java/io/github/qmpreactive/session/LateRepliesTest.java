package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.GreetingError;
import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.error.ServerParseError;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@ExtendWith(LeakGuard.class)
@DisplayName("P34 Late replies to the client before")
class LateRepliesTest {

    private final CapturedLog log = CapturedLog.ofSessions();

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    @DisplayName("C27 are not taken for replies to commands of this session, its negotiation included")
    void ids() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startUnix()) {
            QmpSession before = connect(server);
            FakeConnection first = server.awaitConnection();
            JsonNode late = pending(before, first);
            finish(before.disconnect());
            first.awaitClosed();

            QmpSession session = connect(server);
            FakeConnection second = server.awaitConnection(1);
            assertNotEquals(negotiation(first), negotiation(second));
            var reply = session.execute("slow").toFuture();
            ReceivedCommand command = second.awaitCommand("slow");
            second.send("{\"return\": {}, \"id\": " + late + "}");
            await(session.execute("query-status"));
            assertFalse(reply.isDone());
            second.reply(command, "1");
            assertEquals(1, joined(reply).intValue());
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName(
            "C30 an error without an id is dropped and logged until a command of this session was answered, then not")
    void errorsWithoutId() {
        try (RunningFakeQmpServer server =
                machine().when("qmp_capabilities").silent().startUnix()) {
            var opening = client(server).connect().toFuture();
            FakeConnection connection = server.awaitConnection();
            ReceivedCommand negotiation = connection.awaitCommand("qmp_capabilities");
            connection.faults().idlessError("late");
            connection.reply(negotiation, "{}");
            QmpSession session = joined(opening);
            assertEquals(1, log.about("Dropped an error without an id").size(), log.lines()::toString);
            connection.faults().idlessError("not understood");
            StepVerifier.create(session.onDisconnect())
                    .expectError(ServerParseError.class)
                    .verify(Clients.PATIENCE);
        }
    }

    @Test
    @DisplayName("C30 an error without an id and nothing else: the handshake times out, and its error quotes it")
    void nothingElse() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try {
            EmbeddedConnection server = new EmbeddedConnection();
            var session =
                    QmpClient.create().name("vm").connect(server.connection()).toFuture();
            server.channel.runPendingTasks();
            server.receive(Dialer.GREETING);
            server.receive("{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error\"}}\r\n");
            time.advanceTimeBy(Duration.ofSeconds(10));
            server.channel.runPendingTasks();
            CompletionException failure = assertThrows(CompletionException.class, () -> joined(session));
            ConnectError error = assertInstanceOf(ConnectError.class, failure.getCause());
            assertEquals(ConnectError.Reason.NO_NEGOTIATION_REPLY, error.reason());
            assertTrue(
                    String.valueOf(error.getMessage()).endsWith("which was dropped: JSON parse error"),
                    error::getMessage);
            assertFalse(server.channel.isOpen());
            server.channel.finishAndReleaseAll();
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    private static JsonNode negotiation(FakeConnection connection) {
        return connection.awaitCommand("qmp_capabilities").id().orElseThrow();
    }

    private static JsonNode pending(QmpSession session, FakeConnection connection) {
        session.execute("slow").subscribe(reply -> {}, end -> {});
        return connection.awaitCommand("slow").id().orElseThrow();
    }

    @Test
    @DisplayName("that come before the greeting are dropped, eight at most, as QEMU owes no client more")
    void beforeTheGreeting() {
        String greeting =
                "{\"QMP\": {\"version\": {\"qemu\": {\"major\": 7, \"minor\": 2, \"micro\": 0}, \"package\": \"\"},"
                        + " \"capabilities\": []}}\r\n";
        String error = "{\"error\": {\"class\": \"GenericError\", \"desc\": \"x\"}}\r\n";
        String success = "{\"return\": {}, \"id\": \"#abc0\"}\r\n";
        try (RunningFakeQmpServer server = Clients.machine()
                .withGreeting(error + success.repeat(7) + greeting)
                .startUnix()) {
            QmpSession session = connect(server);
            await(session.execute("query-status"));
            finish(session.disconnect());
        }
        String large = "{\"return\": \"" + "x".repeat(5_000) + "\", \"id\": \"#abc1\"}\r\n";
        String unreadable = "{\"return\": inf, \"id\": \"#abc2\"}\r\n";
        try (RunningFakeQmpServer server =
                Clients.machine().withGreeting(large + unreadable + greeting).startUnix()) {
            QmpSession session = connect(client(server).maxMessageSize(4_096));
            await(session.execute("query-status"));
            finish(session.disconnect());
        }
        try (RunningFakeQmpServer server =
                Clients.machine().withGreeting(error.repeat(9) + greeting).startUnix()) {
            assertThrows(GreetingError.class, () -> connect(server));
        }
        try (RunningFakeQmpServer server =
                Clients.machine().withGreeting(unreadable.repeat(8) + greeting).startUnix()) {
            finish(connect(server).disconnect());
        }
        try (RunningFakeQmpServer server =
                Clients.machine().withGreeting(unreadable.repeat(9) + greeting).startUnix()) {
            assertThrows(MalformedMessageError.class, () -> connect(server));
        }
    }

    @Test
    @Qemu
    @DisplayName(
            "at real QEMU: the error without an id that a client left behind does not end the next one's handshake")
    void real(QemuProcess qemu) throws IOException {
        QmpClient client = QmpClient.create().address(qemu.address()).name("vm");
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            QmpSession before = connect(client);
            ObjectNode slow = QemuWindowTest.slow(silent.getLocalPort(), "n0").json();
            Disposable pending = before.raw(slow, IdPolicy.KEEP).subscribe(reply -> {}, e -> {});
            Socket connection = silent.accept();
            pending.dispose();
            finish(before.disconnect());
            // QEMU is in the midst of the command: it hands the reply to the client that is there by then.
            var next = client.connect().toFuture();
            connection.close();
            QmpSession session = joined(next);
            await(session.execute("query-status"));
            finish(session.disconnect());
        }
    }

    @Test
    @Qemu
    @DisplayName("at real QEMU: the reply to a command of the client before is not that of a command with its number")
    void sameNumber(QemuProcess qemu) throws IOException {
        QmpClient client = QmpClient.create().address(qemu.address()).name("vm");
        try (CapturedLog wire = CapturedLog.ofWire();
                ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            QmpSession before = connect(client);
            Disposable pending = before.execute(QemuWindowTest.slow(silent.getLocalPort(), "n0"))
                    .subscribe(reply -> {}, e -> {});
            Socket connection = silent.accept();
            pending.dispose();
            finish(before.disconnect());
            var next = client.connect().toFuture();
            await(Flux.interval(Duration.ofMillis(20))
                    .filter(tick -> wire.about("] < {\"QMP\"").size() == 2)
                    .next());
            connection.close();
            QmpSession session = joined(next);
            assertEquals(
                    "prelaunch",
                    await(session.execute("query-status")).path("status").stringValue());
            finish(session.disconnect());
            assertEquals(1, wire.about("\"class\":\"GenericError\"").size(), wire.lines()::toString);
        }
    }
}
