package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@ExtendWith(LeakGuard.class)
@DisplayName("Raw messages")
class RawTest {

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }

    @Test
    @DisplayName("C33 quit as a raw message makes for an orderly end; if it is refused, the end is an error")
    void quit() {
        FakeQmpServer quits = machine().when("quit").answer(Answer.reply("{}").thenClose());
        try (RunningFakeQmpServer server = quits.startUnix()) {
            QmpSession session = connect(server);
            await(session.raw("{\"execute\": \"quit\"}", IdPolicy.ASSIGN));
            StepVerifier.create(session.onDisconnect()).verifyComplete();
        }
        FakeQmpServer refuses = machine()
                .when("quit")
                .answer(Answer.error("GenericError", "not now").thenClose());
        try (RunningFakeQmpServer server = refuses.startUnix()) {
            QmpSession session = connect(server);
            await(session.raw("{\"execute\": \"quit\"}", IdPolicy.ASSIGN));
            StepVerifier.create(session.onDisconnect()).verifyError(ConnectionLostError.class);
        }
    }

    @Test
    @DisplayName("The whole reply comes back, an error reply too, and the message is not modified")
    void wholeReply() {
        try (RunningFakeQmpServer server =
                machine().when("nonsense").commandNotFound().startTcp()) {
            QmpSession session = connect(server);
            ObjectNode message = json("{\"execute\": \"query-status\", \"id\": \"mine\"}");
            ObjectNode kept = await(session.raw(message, IdPolicy.KEEP));
            assertEquals("mine", kept.path("id").stringValue());
            assertEquals("running", kept.path("return").path("status").stringValue());
            ObjectNode assigned = await(session.raw(message, IdPolicy.ASSIGN));
            assertTrue(assigned.path("id").stringValue().matches("#[0-9a-zA-Z]{3}1"), assigned::toString);
            assertEquals(json("{\"execute\": \"query-status\", \"id\": \"mine\"}"), message);
            ObjectNode refused = await(session.raw(json("{\"execute\": \"nonsense\"}"), IdPolicy.ASSIGN));
            assertEquals("CommandNotFound", refused.path("error").path("class").stringValue());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"text\"",
                "\"\"",
                "0",
                "-9223372036854775808",
                "18446744073709551615",
                "true",
                "null",
                "[]",
                "[1, [\"a\"], null]",
                "{\"b\": 1, \"a\": [false]}"
            })
    @DisplayName("C21 an id of any type that QEMU hands back is matched by its value")
    void ids(String id) {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            ObjectNode reply = await(
                    connect(server).raw(json("{\"execute\": \"query-status\", \"id\": " + id + "}"), IdPolicy.KEEP));
            assertEquals(JsonMapper.shared().readTree(id), reply.get("id"));
        }
    }

    @Test
    @DisplayName("C21 members of an id may come back in another order")
    void reorderedId() {
        try (RunningFakeQmpServer server = machine().when("x").silent().startTcp()) {
            var reply = connect(server)
                    .raw(json("{\"execute\": \"x\", \"id\": {\"a\": 1, \"b\": {\"c\": 2, \"d\": 3}}}"), IdPolicy.KEEP)
                    .toFuture();
            FakeConnection connection = server.awaitConnection();
            connection.awaitCommand("x");
            connection.send("{\"return\": 5, \"id\": {\"b\": {\"d\": 3, \"c\": 2}, \"a\": 1}}");
            assertEquals(5, joined(reply).path("return").intValue());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"execute\": \"x\", \"id\": \"#7\"} | client's own",
                "{\"execute\": \"x\", \"id\": 1.0} | would not come back as it is",
                "{\"execute\": \"x\", \"id\": 1e2} | would not come back as it is",
                "{\"execute\": \"x\", \"id\": 18446744073709551616} | would not come back as it is",
                "{\"execute\": \"x\", \"id\": [1, {\"a\": 0.5}]} | would not come back as it is",
                "{\"exec-oob\": \"x\"} | exec-oob needs an id",
                "{\"execute\": \"x\", \"arguments\": {\"a\": \"\\uD800\"}} | lone surrogate",
            })
    @DisplayName("C21 C30 what cannot be correlated or read is refused, and nothing is sent")
    void refused(String message, String why) {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.raw(json(message), IdPolicy.KEEP)).verifyErrorSatisfies(e -> {
                assertInstanceOf(EncodeError.class, e);
                assertTrue(String.valueOf(e.getMessage()).startsWith("[vm] "), e::getMessage);
                assertTrue(String.valueOf(e.getMessage()).contains(why), e::getMessage);
            });
            await(session.execute("query-status"));
            assertEquals(2, server.received().size());
        }
    }

    @Test
    @DisplayName("C30 a message that nests far too deeply is refused, not run into the ground")
    void deepMessage() {
        ObjectNode deep = json("{\"execute\": \"x\"}");
        tools.jackson.databind.JsonNode id = JsonMapper.shared().createArrayNode();
        for (int i = 0; i < 100_000; i++) {
            id = JsonMapper.shared().createArrayNode().add(id);
        }
        deep.set("id", id);
        try (RunningFakeQmpServer server = machine().startTcp()) {
            StepVerifier.create(connect(server).raw(deep, IdPolicy.KEEP)).verifyError(EncodeError.class);
        }
    }

    @Test
    @DisplayName("C6 a message may be given as text; what is no JSON object, or names a member twice, is refused")
    void text() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            String message = "{\"execute\": \"query-status\", \"id\": [7]}";
            assertEquals(
                    "[7]", await(session.raw(message, IdPolicy.KEEP)).path("id").toString());
            StepVerifier.create(session.raw("[]", IdPolicy.ASSIGN)).verifyError(EncodeError.class);
            StepVerifier.create(session.raw("{\"execute\": \"a\", \"execute\": \"b\"}", IdPolicy.ASSIGN))
                    .verifyError(EncodeError.class);
            assertEquals(2, server.received().size());
        }
    }

    @Test
    @DisplayName("C14 exec-oob without the capability is refused")
    void oobNotEnabled() {
        try (RunningFakeQmpServer server = machine().withCapabilities().startTcp()) {
            StepVerifier.create(connect(server).raw(json("{\"exec-oob\": \"yank\", \"id\": 1}"), IdPolicy.KEEP))
                    .verifyErrorSatisfies(e ->
                            assertTrue(String.valueOf(e.getMessage()).contains("oob is not enabled"), e::getMessage));
        }
    }

    @Test
    @DisplayName("An id in use is refused until its answer has come, also if it was cancelled")
    void idInUse() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            var first = session.raw(json("{\"execute\": \"slow\", \"id\": [1]}"), IdPolicy.KEEP)
                    .subscribe();
            var slow = connection.awaitCommand("slow");
            first.dispose();
            StepVerifier.create(session.raw(json("{\"execute\": \"query-status\", \"id\": [1]}"), IdPolicy.KEEP))
                    .verifyErrorSatisfies(e -> {
                        assertInstanceOf(EncodeError.class, e);
                        assertTrue(String.valueOf(e.getMessage()).contains("in use"), e::getMessage);
                    });
            connection.reply(slow, "{}");
            await(session.execute("query-status"));
            await(session.raw(json("{\"execute\": \"query-status\", \"id\": [1]}"), IdPolicy.KEEP));
        }
    }

    @Test
    @DisplayName("C30 C31 one message without an id at a time; a reply or error without an id is its own")
    void withoutId() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            ObjectNode message = json("{\"execute\": \"slow\"}");
            var first = session.raw(message, IdPolicy.KEEP).toFuture();
            connection.awaitCommand("slow");
            StepVerifier.create(session.raw(message, IdPolicy.KEEP))
                    .verifyErrorSatisfies(e -> assertTrue(
                            String.valueOf(e.getMessage()).contains("another message without an id"), e::getMessage));
            connection.faults().idlessError("its own error");
            assertEquals(
                    "its own error", joined(first).path("error").path("desc").stringValue());
            ObjectNode reply = await(session.raw(json("{\"execute\": \"query-status\"}"), IdPolicy.KEEP));
            assertFalse(reply.has("id"));
            assertEquals("running", reply.path("return").path("status").stringValue());
        }
    }

    @Test
    @DisplayName("An id is free again when the message that had it was cancelled before it was written")
    void cancelledUnwritten() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(client(server).maxInFlight(1));
            FakeConnection connection = server.awaitConnection();
            var first = session.execute("slow").subscribe();
            var slow = connection.awaitCommand("slow");
            session.raw(json("{\"execute\": \"never\", \"id\": 9}"), IdPolicy.KEEP)
                    .subscribe()
                    .dispose();
            var next = session.raw(json("{\"execute\": \"query-status\", \"id\": 9}"), IdPolicy.KEEP)
                    .toFuture();
            connection.reply(slow, "{}");
            assertEquals(9, joined(next).path("id").intValue());
            assertEquals(0, server.received("never").size());
            first.dispose();
        }
    }
}
