package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.error.MessageTooLargeError;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("P33 A message that cannot be used hurts only what it belongs to")
class UnusableMessagesTest {

    private static final int LIMIT = 100_000;

    private final CapturedLog log = CapturedLog.ofSessions();

    @AfterEach
    void close() {
        log.close();
    }

    private static <E extends Throwable> E failure(Class<E> type, CompletableFuture<?> future) {
        return assertInstanceOf(
                type,
                assertThrows(CompletionException.class, () -> joined(future)).getCause());
    }

    @Test
    @DisplayName("C8 a reply to the negotiation that is too large: no session is opened, and the error says so")
    void negotiation() {
        try (RunningFakeQmpServer server = FakeQmpServer.create()
                .when("qmp_capabilities")
                .reply("\"" + "x".repeat(11 << 20) + "\"")
                .startUnix()) {
            var opening = QmpClient.create().address(server.address()).connect().toFuture();
            assertTrue(failure(MessageTooLargeError.class, opening).endsSession());
        }
    }

    @Test
    @DisplayName("C8 an 11 MiB reply fails its command; the command behind it succeeds")
    void elevenMebibytes() {
        try (RunningFakeQmpServer server = machine()
                .when("query-named-block-nodes")
                .silent()
                .when("x")
                .silent()
                .startUnix()) {
            QmpSession session = connect(server);
            var large = session.execute("query-named-block-nodes").toFuture();
            var small = session.execute("x").toFuture();
            FakeConnection connection = server.awaitConnection();
            ReceivedCommand first = connection.awaitCommand("query-named-block-nodes");
            ReceivedCommand second = connection.awaitCommand("x");
            connection.sendText("{\"return\": [\"" + "x".repeat(11 << 20) + "\"], \"id\": "
                    + first.id().orElseThrow() + "}\r\n{\"return\": 2, \"id\": "
                    + second.id().orElseThrow() + "}\r\n");
            MessageTooLargeError error = failure(MessageTooLargeError.class, large);
            assertEquals(10 << 20, error.limit());
            assertEquals(
                    "[vm] The reply to query-named-block-nodes cannot be used: A message is larger than 10485760 bytes;"
                            + " maxMessageSize raises the limit; the argument flat=true makes it much smaller",
                    error.getMessage());
            assertEquals(2, joined(small).intValue());
            await(session.execute("query-status"));
            assertEquals(SessionState.RUNNING, session.state());
            finish(session.disconnect());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 1000, 65_536})
    @DisplayName("C8 an event that is too large is dropped and logged, however it is cut; those around it are emitted")
    void events(int piece) {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(client(server).maxMessageSize(LIMIT));
            FakeConnection connection = server.awaitConnection();
            connection.faults().splitOutput(piece);
            StepVerifier.create(
                            session.events("A", "LARGE", "B").map(e -> e.name()).take(2))
                    .then(() -> connection.sendText("{\"event\": \"A\"}{\"event\": \"LARGE\", \"data\": {\"x\": \""
                            + "\\\"}".repeat(LIMIT / 2) + "\"}}{\"event\": \"B\"}"))
                    .expectNext("A", "B")
                    .expectComplete()
                    .verify(Clients.PATIENCE);
            await(session.execute("query-status"));
            finish(session.disconnect());
        }
        assertEquals(
                1,
                log.about("Dropped an event, LARGE: A message is larger than").size(),
                log.lines()::toString);
    }

    @Test
    @DisplayName("A SHUTDOWN event that cannot be read announces the end of the connection all the same: it is orderly")
    void shutdown() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            connection.sendText("{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": inf}}");
            connection.close();
            finish(session.onDisconnect());
        }
    }

    @Test
    @DisplayName("C8 beyond 64 times the limit the session ends")
    void endless() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(client(server).maxMessageSize(10_000));
            FakeConnection connection = server.awaitConnection();
            connection.sendText("{\"event\": \"LARGE\", \"data\": \"" + "x".repeat(700_000));
            StepVerifier.create(session.onDisconnect())
                    .expectError(MessageTooLargeError.class)
                    .verify(Clients.PATIENCE);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"return\": {\"mbps\": inf}, \"id\": %s}",
                "{\"id\": %s, \"return\": {\"mbps\": -nan}}",
                "{\"return\": {\"mbps\": nan, }, \"id\": %s}",
                "{\"return\": [1 2], \"id\": %s}"
            })
    @DisplayName("P27 a well-framed reply that cannot be read is a BadReplyError of its command")
    void replies(String text) {
        try (RunningFakeQmpServer server =
                machine().when("x").silent().when("y").silent().startUnix()) {
            QmpSession session = connect(server);
            var bad = session.execute("x").toFuture();
            var good = session.execute("y").toFuture();
            FakeConnection connection = server.awaitConnection();
            ReceivedCommand first = connection.awaitCommand("x");
            ReceivedCommand second = connection.awaitCommand("y");
            connection.sendText(text.formatted(first.id().orElseThrow()) + "\r\n");
            connection.reply(second, "{}");
            BadReplyError error = failure(BadReplyError.class, bad);
            assertInstanceOf(MalformedMessageError.class, error.getCause());
            assertEquals("x", error.sent().path("execute").asString());
            assertTrue(joined(good).isEmpty());
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("P27 a well-framed event that cannot be read is dropped and logged; an unknown command's reply too")
    void dropped() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            StepVerifier.create(session.events("A", "B").map(e -> e.name()).take(1))
                    .then(() -> connection.sendText("{\"event\": \"A\", \"data\": {\"x\": nan}}"
                            + "{\"return\": inf, \"id\": \"nobody\"}{\"event\": \"B\"}"))
                    .expectNext("B")
                    .expectComplete()
                    .verify(Clients.PATIENCE);
            assertEquals(2, log.about("Dropped").size(), log.lines()::toString);
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("P36 a reply of 10 MiB whose tree would take 28 times as much fails its command alone")
    void expensive() {
        try (RunningFakeQmpServer server = machine().when("x").silent().startUnix()) {
            QmpSession session = connect(server);
            var reply = session.execute("x").toFuture();
            FakeConnection connection = server.awaitConnection();
            ReceivedCommand command = connection.awaitCommand("x");
            connection.sendText("{\"return\": [" + "{},".repeat(3_400_000) + "{}], \"id\": "
                    + command.id().orElseThrow() + "}");
            failure(MessageTooLargeError.class, reply);
            await(session.execute("query-status"));
            finish(session.disconnect());
        }
    }
}
