package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.MalformedMessageError;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class InboundParserTest {

    static Inbound parse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return InboundParser.parse(bytes, 0, bytes.length);
    }

    private static Inbound.Reply reply(String text) {
        return assertInstanceOf(Inbound.Reply.class, parse(text));
    }

    private static MalformedMessageError refused(String text) {
        return assertThrows(MalformedMessageError.class, () -> parse(text));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "{\"return\":{},\"id\":\"#1\"}",
                "{\"id\":\"#1\",\"return\":{}}",
                "{ \"id\" : \"#1\" ,\r\n \"return\" : { } }"
            })
    @DisplayName("C5 a reply is read whatever the order of its members")
    void replyInAnyOrder(String text) {
        Inbound.Reply reply = reply(text);
        assertNotNull(reply.id());
        assertEquals("#1", reply.id().stringValue());
        assertTrue(reply.raw().path("return").isObject());
        assertFalse(reply.isError());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "{\"id\":1,\"error\":{\"class\":\"GenericError\",\"desc\":\"no\"}}",
                "{\"error\":{\"desc\":\"no\",\"class\":\"GenericError\"},\"id\":1}",
                "{\"error\":5,\"id\":1}",
                "{\"error\":null,\"id\":1}",
                "{\"return\":{},\"error\":{},\"id\":1}"
            })
    @DisplayName("C31 P27 a message with the member error is an error reply, whatever the member is")
    void errorReply(String text) {
        Inbound.Reply reply = reply(text);
        assertTrue(reply.isError());
        assertNotNull(reply.id());
        assertEquals(1, reply.id().intValue());
    }

    @Test
    @DisplayName("C21 a reply without an id has none; an id that is null is one")
    void noId() {
        assertNull(reply("{\"return\":{}}").id());
        JsonNode id = reply("{\"return\":{},\"id\":null}").id();
        assertNotNull(id);
        assertTrue(id.isNull());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"{}", "{\"id\":1}", "{\"foo\":{\"event\":\"X\",\"QMP\":1,\"error\":1}}"})
    @DisplayName("P27 a message with neither return nor error is taken for a reply")
    void neither(String text) {
        assertFalse(reply(text).isError());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"0", "1", "-1.5", "\"\"", "\"text\"", "[]", "[1]", "{}", "false", "true", "null"})
    @DisplayName("C28 any JSON value may be returned")
    void anyReturn(String value) {
        assertEquals(
                value, reply("{\"return\": " + value + "}").raw().get("return").toString());
    }

    @Test
    @DisplayName("P27 integers beyond 64 bits with sign survive")
    void uint64() {
        JsonNode value = reply("{\"return\":18446744073709551615}").raw().get("return");
        assertEquals(new BigInteger("18446744073709551615"), value.bigIntegerValue());
        assertEquals("18446744073709551615", value.toString());
    }

    @Test
    @DisplayName("P27 of duplicate keys the last wins")
    void duplicateKeys() {
        Inbound.Reply reply = reply("{\"id\":1,\"return\":1,\"return\":2,\"id\":2}");
        assertEquals("{\"id\":2,\"return\":2}", reply.raw().toString());
    }

    @Test
    @DisplayName("C42 members that are not known change nothing, and stay in the raw message")
    void unknownMembers() {
        String text = "{\"x\":1,\"return\":{},\"__com.redhat_y\":[{}],\"id\":1}";
        assertEquals(text, reply(text).raw().toString());
    }

    @Test
    @DisplayName("C9 a message with the member QMP is a greeting; with the member event, too, an event")
    void hello() {
        Inbound.Hello hello = assertInstanceOf(Inbound.Hello.class, parse("{\"return\":{},\"QMP\":5}"));
        assertEquals("{\"return\":{},\"QMP\":5}", hello.raw().toString());
        Inbound.Event event = assertInstanceOf(Inbound.Event.class, parse("{\"QMP\":{},\"event\":\"X\"}"));
        assertSame(event.event().raw(), event.raw());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "{\"return\":{},\"QMP\":1,\"id\":7}",
                "{\"event\":5,\"error\":{},\"id\":7}",
                "{\"QMP\":{},\"event\":\"X\",\"return\":null,\"id\":7}"
            })
    @DisplayName("C42 an id with return or error makes a reply, whatever else there is")
    void replyWithOtherMembers(String text) {
        assertEquals(7, reply(text).id().intValue());
    }

    @ParameterizedTest(name = "{0} levels")
    @ValueSource(ints = {500, 501, 1024, 1025, 4096})
    @DisplayName("P27 deep nesting is read: 1024 levels and more")
    void deep(int levels) {
        JsonNode node = reply("{\"return\":" + "[".repeat(levels - 1) + "]".repeat(levels - 1) + "}")
                .raw();
        int depth = 1;
        for (JsonNode inner = node.get("return"); inner != null; inner = inner.get(0)) {
            depth++;
        }
        assertEquals(levels, depth);
    }

    @Test
    @DisplayName("P27 nesting beyond 4096 levels is refused with a typed error")
    void tooDeep() {
        String words = refused("{\"return\":" + "[".repeat(4096) + "]".repeat(4096) + "}")
                .getMessage();
        assertTrue(words.contains("4097") && words.contains("4096"), words);
    }

    @ParameterizedTest(name = "not JSON {index}")
    @ValueSource(
            strings = {
                "{'return':{}}",
                "{\"return\":{}} x",
                "{\"return\":{}}{}",
                "{\"return\":{}",
                "{]",
                "{\"a\":[}]",
                "{\"a\":}",
                "{\"a\"}",
                "{\"a\":1,}",
                "{\"a\":01}",
                "{\"a\":NaN}",
                "{\"a\":tru}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\n\"}",
                "{\u0000\u0000\u0000}",
                "{// comment\n}",
                "{hello}"
            })
    @DisplayName("P27, P31 whatever the parser objects to is one typed error, with an excerpt; its words say where")
    void notJson(String text) {
        MalformedMessageError error = refused(text);
        String excerpt = text.replaceAll("[\\x00-\\x1f]", ".");
        assertEquals(excerpt, error.excerpt());
        assertNull(error.getCause(), "it would quote what was read");
        Matcher words = Pattern.compile(
                        "Received something that is not JSON(?: \\(at byte (\\d+)\\))?, in a message of (\\d+) bytes")
                .matcher(error.getMessage());
        assertTrue(words.matches(), error::getMessage);
        assertEquals(text.contains("\0"), words.group(1) == null, "in other encodings the place is not known");
        int at = words.group(1) == null ? 1 : Integer.parseInt(words.group(1));
        assertTrue(at > 0 && at <= text.length(), error::getMessage);
        assertEquals(text.length(), Integer.parseInt(words.group(2)));
    }

    @Test
    @DisplayName("P31 where in the message it is, whatever comes before the message")
    void place() {
        byte[] bytes = ("#".repeat(100) + "{\"return\":hunter2}").getBytes(StandardCharsets.US_ASCII);
        MalformedMessageError error =
                assertThrows(MalformedMessageError.class, () -> InboundParser.parse(bytes, 100, bytes.length - 100));
        assertTrue(error.getMessage().matches(".*\\(at byte 1[0-8]\\), in a message of 18 bytes"), error::getMessage);
    }

    @Test
    @DisplayName("P27 bytes that are no UTF-8 are a typed error")
    void notUtf8() {
        byte[] bytes = {'{', '"', (byte) 0xc3, '"', ':', '1', '}'};
        assertThrows(MalformedMessageError.class, () -> InboundParser.parse(bytes, 0, bytes.length));
    }

    @Test
    @DisplayName("P27 a number of 10,000 digits is read, a longer one is a typed error")
    void longNumber() {
        assertEquals(
                new BigInteger("1".repeat(10_000)),
                reply("{\"return\":" + "1".repeat(10_000) + "}")
                        .raw()
                        .get("return")
                        .bigIntegerValue());
        String words = refused("{\"return\":" + "1".repeat(10_001) + "}").getMessage();
        assertTrue(words.contains("10001") && words.contains("10000"), words);
    }

    @Test
    @DisplayName("C8 strings and names have no limit but the message's")
    void longText() {
        // Jackson's own limits are 20,000,000 characters for a string and 50,000 for a name.
        assertEquals(
                21_000_000,
                reply("{\"return\":\"" + "x".repeat(21_000_000) + "\"}")
                        .raw()
                        .get("return")
                        .stringValue()
                        .length());
        assertTrue(reply("{\"" + "n".repeat(60_000) + "\":1}").raw().has("n".repeat(60_000)));
    }

    @Test
    @DisplayName("C3 only the given part of the array is read, and shown in errors")
    void part() {
        byte[] bytes = "##{\"return\":1}##{bad}##".getBytes(StandardCharsets.US_ASCII);
        assertEquals("{\"return\":1}", InboundParser.parse(bytes, 2, 12).raw().toString());
        MalformedMessageError error =
                assertThrows(MalformedMessageError.class, () -> InboundParser.parse(bytes, 16, 5));
        assertEquals("{bad}", error.excerpt());
    }
}
