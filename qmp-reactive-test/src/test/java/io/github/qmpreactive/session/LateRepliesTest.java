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
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ServerParseError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

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
            second.reply(late, late);
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
            connection.idlessError("late");
            connection.reply(negotiation, "{}");
            QmpSession session = joined(opening);
            assertEquals(1, log.about("Dropped an error without an id").size(), log.lines()::toString);
            connection.idlessError("not understood");
            StepVerifier.create(session.onDisconnect())
                    .expectError(ServerParseError.class)
                    .verify(Clients.PATIENCE);
        }
    }

    @Test
    @DisplayName("C30 an error without an id and nothing else: the handshake times out, and its error quotes it")
    void nothingElse() {
        Duration limit = Duration.ofMinutes(7);
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = machine()
                        .when("qmp_capabilities")
                        .answer(Answer.error("GenericError", "JSON parse error").withoutId())
                        .startUnix()) {
            StepVerifier.create(client(server).handshakeTimeout(limit).connect())
                    .then(() ->
                            Patience.until(() -> !log.about("Dropped an error").isEmpty(), () -> "it is not logged"))
                    .then(() -> timers.runOut(limit))
                    .expectErrorSatisfies(e -> {
                        ConnectError error = assertInstanceOf(ConnectError.class, e);
                        assertEquals(ConnectError.Reason.NO_NEGOTIATION_REPLY, error.reason());
                        assertTrue(
                                error.getMessage().endsWith("which was dropped: JSON parse error"), error::getMessage);
                    })
                    .verify(Clients.PATIENCE);
            server.awaitConnection().awaitClosed();
        }
    }

    private static JsonNode negotiation(FakeConnection connection) {
        return connection.awaitCommand("qmp_capabilities").id().orElseThrow();
    }

    private static JsonNode pending(QmpSession session, FakeConnection connection) {
        session.execute("slow").subscribe(reply -> {}, end -> {});
        return connection.awaitCommand("slow").id().orElseThrow();
    }
}
