package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.error.ServerParseError;
import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

@ExtendWith(LeakGuard.class)
@DisplayName("Replies")
class RepliesTest {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "[]", "0", "\"\"", "false", "null", "{\"a\":[1,2.5]}", "18446744073709551615", "\"\u00e9\""
            })
    @DisplayName("C28 P27 what a command returns may be any JSON")
    void anyResult(String json) {
        try (RunningFakeQmpServer server = machine().when("any").reply(json).startTcp()) {
            JsonNode result = await(connect(server).execute("any"));
            assertEquals(JsonMapper.shared().readTree(json), result);
            assertEquals(json, result.toString());
        }
    }

    @Test
    @DisplayName("P27 an integer beyond long survives")
    void uint64() {
        try (RunningFakeQmpServer server =
                machine().when("size").reply("18446744073709551615").startTcp()) {
            assertEquals(
                    new BigInteger("18446744073709551615"),
                    await(connect(server).execute("size")).bigIntegerValue());
        }
    }

    @Test
    @DisplayName("C1 escapes beyond the basic plane are decoded, wherever they are split")
    void astralEscapes() {
        for (int piece : new int[] {1, 3, 1000}) {
            try (RunningFakeQmpServer server = machine()
                    .withSplitOutput(piece)
                    .when("text")
                    .reply("\"a \uD83D\uDE00 \u00fc\"")
                    .startTcp()) {
                assertEquals(
                        "a \uD83D\uDE00 \u00fc",
                        await(connect(server).execute("text")).stringValue());
            }
        }
    }

    @Test
    @DisplayName("C29 an error reply is an ExecuteError with class, description and both messages")
    void executeError() {
        try (RunningFakeQmpServer server = machine()
                .when("eject")
                .error("DeviceNotFound", "Device 'x' not found")
                .startTcp()) {
            QmpSession session = connect(server);
            ExecuteError error =
                    assertThrows(ExecuteError.class, () -> await(session.execute("eject", Map.of("id", "x"))));
            assertEquals("DeviceNotFound", error.errorClass());
            assertEquals("Device 'x' not found", error.description());
            assertEquals(new ErrorResponse("DeviceNotFound", "Device 'x' not found"), error.response());
            assertEquals("{\"execute\":\"eject\",\"arguments\":{\"id\":\"x\"}}", String.valueOf(error.sent()));
            assertTrue(
                    error.received() != null && error.received().path("error").has("desc"));
            assertEquals("[vm] eject failed: DeviceNotFound: Device 'x' not found", error.getMessage());
            await(session.execute("query-status"));
        }
    }

    @Test
    @DisplayName("C31 a reply that has both return and error is an error")
    void bothReturnAndError() {
        try (RunningFakeQmpServer server = machine().when("both").silent().startTcp()) {
            QmpSession session = connect(server);
            var result = session.execute("both").toFuture();
            FakeConnection connection = server.awaitConnection();
            String id = connection.awaitCommand("both").id().orElseThrow().toString();
            connection.send("{\"return\": {}, \"error\": {\"class\": \"A\", \"desc\": \"b\"}, \"id\": " + id + "}");
            var failure = assertThrows(java.util.concurrent.CompletionException.class, () -> joined(result));
            assertInstanceOf(ExecuteError.class, failure.getCause());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\": @}",
                "{\"id\": @, \"error\": 5}",
                "{\"id\": @, \"error\": {\"class\": \"A\"}}",
                "{\"id\": @, \"error\": {\"desc\": \"b\"}}",
                "{\"id\": @, \"error\": {\"class\": 1, \"desc\": \"b\"}}",
                "{\"id\": @, \"result\": {}}"
            })
    @DisplayName("C31 P27 a reply that cannot be understood is a BadReplyError of that command; the session goes on")
    void badReply(String reply) {
        try (RunningFakeQmpServer server = machine().when("odd").silent().startTcp()) {
            QmpSession session = connect(server);
            var result = session.execute("odd").toFuture();
            FakeConnection connection = server.awaitConnection();
            String text = reply.replace(
                    "@", connection.awaitCommand("odd").id().orElseThrow().toString());
            connection.send(text);
            var failure = assertThrows(java.util.concurrent.CompletionException.class, () -> joined(result));
            BadReplyError error = assertInstanceOf(BadReplyError.class, failure.getCause());
            assertEquals("{\"execute\":\"odd\"}", String.valueOf(error.sent()));
            assertEquals(JsonMapper.shared().readTree(text), error.received());
            await(session.execute("query-status"));
        }
    }

    @Test
    @DisplayName("C27 replies with ids that are not known are dropped, whatever they are, and the session goes on")
    void unknownIds() {
        try (CapturedLog log = CapturedLog.warningsOfSessions();
                RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            connection.send("{\"return\": {}, \"id\": \"unknown\"}");
            connection.send("{\"return\": {}, \"id\": {\"a\": 1.5}}");
            connection.send("{\"return\": {}, \"id\": null}");
            connection.send("{\"return\": {}, \"id\": 1}");
            connection.send("{\"error\": {\"class\": \"A\", \"desc\": \"b\"}, \"id\": \"#zz\"}");
            await(session.execute("query-status"));
            assertEquals(
                    List.of("ERROR [vm] Dropped an error reply to no command that was sent:"
                            + " {\"error\":{\"class\":\"A\",\"desc\":\"b\"},\"id\":\"#zz\"}"),
                    log.about("an error reply"));
        }
    }

    @Test
    @DisplayName(
            "P12 a reply in one segment with an event before it and one behind it: all are delivered, in this order")
    void replyAmongEvents() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(server);
            List<String> seen = new CopyOnWriteArrayList<>();
            var last = session.events()
                    .map(QmpEvent::name)
                    .doOnNext(seen::add)
                    .filter("BEHIND"::equals)
                    .next()
                    .toFuture();
            var reply = session.execute("slow")
                    .doOnNext(value -> seen.add("reply " + value))
                    .toFuture();
            FakeConnection connection = server.awaitConnection();
            String id = connection.awaitCommand("slow").id().orElseThrow().toString();
            connection.sendText("{\"event\": \"BEFORE\"} {\"return\": 5, \"id\": " + id + "} {\"event\": \"BEHIND\"}");
            joined(last);
            joined(reply);
            assertEquals(List.of("BEFORE", "reply 5", "BEHIND"), seen);
        }
    }

    @Test
    @DisplayName("C27 a second reply to the same command is dropped")
    void replyTwice() {
        try (RunningFakeQmpServer server = machine().when("twice").silent().startTcp()) {
            QmpSession session = connect(server);
            var reply = session.execute("twice").toFuture();
            FakeConnection connection = server.awaitConnection();
            ReceivedCommand command = connection.awaitCommand("twice");
            connection.reply(command, "1");
            connection.reply(command, "2");
            assertEquals(1, joined(reply).intValue());
            await(session.execute("query-status"));
        }
    }

    @Test
    @DisplayName("C31 a success without an id is dropped, and so is a message that says nothing")
    void successWithoutId() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            connection.send("{\"return\": {}}");
            connection.send("{}");
            connection.send("{\"QMP\": {}}");
            connection.sendText("\r\n  \t\r\n");
            await(session.execute("query-status"));
        }
    }

    @Test
    @DisplayName("C30 P19 an error without an id is a ServerParseError that ends the session")
    void errorWithoutId() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(server);
            var pending = session.execute("slow").toFuture();
            FakeConnection connection = server.awaitConnection();
            connection.awaitCommand("slow");
            connection.faults().idlessError("JSON parse error, stray '}'");
            StepVerifier.create(session.onDisconnect()).verifyErrorSatisfies(e -> {
                ServerParseError error = assertInstanceOf(ServerParseError.class, e);
                assertEquals(new ErrorResponse("GenericError", "JSON parse error, stray '}'"), error.response());
                assertTrue(error.received() != null && error.received().has("error"));
            });
            var failure = assertThrows(java.util.concurrent.CompletionException.class, () -> joined(pending));
            assertInstanceOf(
                    ServerParseError.class,
                    assertInstanceOf(ExecInterruptedError.class, failure.getCause())
                            .getCause());
            connection.awaitClosed();
        }
    }

    @Test
    @DisplayName("C42 what is not known in a reply is ignored")
    void unknownMembers() {
        try (RunningFakeQmpServer server = machine().when("x").silent().startTcp()) {
            QmpSession session = connect(server);
            var result = session.execute("x").toFuture();
            FakeConnection connection = server.awaitConnection();
            String id = connection.awaitCommand("x").id().orElseThrow().toString();
            connection.send("{\"new\": [], \"id\": " + id + ", \"return\": 7, \"__com.redhat_x\": {}}");
            assertEquals(7, joined(result).intValue());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"nonsense", "[]", "{'return': {}}", "{\"return\": }", "{\"event\": 5}", "{\"event\": null}"})
    @DisplayName("C7 C38 P14 what is no message ends the session with a MalformedMessageError, and closes the socket")
    void malformed(String text) {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(server);
            var pending = session.execute("slow").toFuture();
            FakeConnection connection = server.awaitConnection();
            connection.awaitCommand("slow");
            connection.sendText(text);
            StepVerifier.create(session.onDisconnect())
                    .verifyErrorSatisfies(e -> assertEquals(
                            text,
                            assertInstanceOf(MalformedMessageError.class, e).excerpt()));
            var failure = assertThrows(java.util.concurrent.CompletionException.class, () -> joined(pending));
            assertInstanceOf(
                    MalformedMessageError.class,
                    assertInstanceOf(ExecInterruptedError.class, failure.getCause())
                            .getCause());
            connection.awaitClosed();
        }
    }
}
