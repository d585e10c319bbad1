package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.message.QmpCommand;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.io.SerializedString;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

class CommandEncoderTest {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }

    private static String encode(ObjectNode message, String id) {
        ObjectNode before = message.deepCopy();
        String text = new String(CommandEncoder.encode("[vm] ", message, id), StandardCharsets.UTF_8);
        assertEquals(before, message, "the message is not changed");
        return text;
    }

    private static ObjectNode command(Consumer<ObjectNode> arguments) {
        ObjectNode message = NODES.objectNode().put("execute", "device_add");
        arguments.accept(message.putObject("arguments"));
        return message;
    }

    private static void assertRefused(ObjectNode message, String why) {
        ObjectNode before = message.deepCopy();
        EncodeError error = assertThrows(EncodeError.class, () -> CommandEncoder.encode("[vm] ", message, "#1"));
        assertEquals("[vm] The command device_add cannot be sent: " + why, error.getMessage());
        assertNull(error.getCause());
        assertEquals(before, message, "the message is not changed");
    }

    @Test
    @DisplayName("C4 a command is compact JSON with a newline, its id last")
    void compact() {
        ObjectNode message =
                QmpCommand.of("device_del").arguments(Map.of("id", "usb0")).json();
        assertEquals(
                "{\"execute\":\"device_del\",\"arguments\":{\"id\":\"usb0\"},\"id\":\"#1\"}\n", encode(message, "#1"));
    }

    @Test
    @DisplayName("C20 a command without arguments has no such member")
    void noArguments() {
        assertEquals(
                "{\"execute\":\"query-status\",\"id\":\"#1a\"}\n",
                encode(QmpCommand.of("query-status").json(), "#1a"));
        assertEquals(
                "{\"exec-oob\":\"query-yank\",\"id\":\"#1\"}\n",
                encode(QmpCommand.of("query-yank").oob().json(), "#1"));
    }

    @Test
    @DisplayName("C4 text goes out as UTF-8, characters beyond the BMP in four bytes, names included")
    void utf8() {
        ObjectNode message = NODES.objectNode().put("\u00fc\ud83d\ude00", "\u20ac\ud83d\ude00\u00ff");
        assertEquals("{\"\u00fc\ud83d\ude00\":\"\u20ac\ud83d\ude00\u00ff\"}\n", encode(message, null));
        assertEquals(2 + 2 + 4 + 3 + 3 + 4 + 2 + 2 + 1, CommandEncoder.encode("", message, null).length);
    }

    @Test
    @DisplayName("C46 control characters go out escaped")
    void controlCharacters() {
        assertEquals(
                "{\"a\":\"\\u0000\\u0001\\t\\n\\r\\u001F\\\"\\\\\"}\n",
                encode(NODES.objectNode().put("a", "\u0000\u0001\t\n\r\u001f\"\\"), null));
    }

    @Test
    @DisplayName("C6 the message's own id gives way to the client's: no key twice")
    void ownId() {
        assertEquals(
                "{\"execute\":\"stop\",\"id\":\"#2\"}\n",
                encode(json("{\"id\":{\"a\":1},\"execute\":\"stop\"}"), "#2"));
        assertEquals(
                "{\"execute\":\"stop\",\"arguments\":{\"id\":1},\"id\":\"#2\"}\n",
                encode(json("{\"execute\":\"stop\",\"id\":\"#2\",\"arguments\":{\"id\":1}}"), "#2"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "{\"execute\":\"stop\"}",
                "{\"id\":null,\"execute\":\"stop\"}",
                "{\"execute\":\"stop\",\"id\":[1,{\"a\":true}]}",
                "{\"exec-oob\":\"x\",\"id\":\"mine\",\"arguments\":{}}"
            })
    @DisplayName("C21 without an id of the client's a message goes out as it is, its own id included")
    void asItIs(String text) {
        assertEquals(text + "\n", encode(json(text), null));
    }

    @Test
    @DisplayName("P27 numbers of any kind go out as they are")
    void numbers() {
        ObjectNode message = NODES.objectNode()
                .put("a", 18446744073709551615.0)
                .put("b", new BigInteger("18446744073709551615"))
                .put("c", Long.MIN_VALUE)
                .put("d", new BigDecimal("1.50"))
                .put("e", 0.1f)
                .put("f", -0.0)
                .put("g", Double.MAX_VALUE)
                .put("h", Float.MAX_VALUE)
                .put("i", (short) 7);
        assertEquals(
                "{\"a\":1.8446744073709552E19,\"b\":18446744073709551615,\"c\":-9223372036854775808,\"d\":1.50,"
                        + "\"e\":0.1,\"f\":-0.0,\"g\":1.7976931348623157E308,\"h\":3.4028235E38,\"i\":7}\n",
                encode(message, null));
    }

    @Test
    @DisplayName("Bytes go out in base64, booleans and null as such")
    void otherValues() {
        assertEquals(
                "{\"a\":\"AQI=\",\"b\":true,\"c\":null,\"d\":[],\"e\":{}}\n",
                encode(
                        NODES.objectNode()
                                .put("a", new byte[] {1, 2})
                                .put("b", true)
                                .putNull("c")
                                .set("d", NODES.arrayNode())
                                .set("e", NODES.objectNode()),
                        null));
    }

    @ParameterizedTest(name = "number {index}")
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    @DisplayName("C30 a number that JSON cannot express is refused")
    void noNumber(double number) {
        assertRefused(command(a -> a.put("x", number)), "a number is " + number + ", which JSON cannot express");
        assertRefused(
                command(a -> a.put("x", (float) number)), "a number is " + number + ", which JSON cannot express");
        assertRefused(
                command(a -> a.putArray("x").add(1.5).add(number)),
                "a number is " + number + ", which JSON cannot express");
    }

    @Test
    @DisplayName("C30 what is no JSON is refused")
    void noJson() {
        assertRefused(command(a -> a.putPOJO("x", new Object())), "a member is of type POJO, which is not JSON");
        assertRefused(
                command(a -> a.putArray("x").addPOJO(new SerializedString("raw"))),
                "a member is of type POJO, which is not JSON");
        assertRefused(command(a -> a.set("x", NODES.missingNode())), "a member is of type MISSING, which is not JSON");
    }

    @Test
    @DisplayName("C30 the error names the command, in band or out of band; a message without one has no name")
    void names() {
        EncodeError oob = assertThrows(
                EncodeError.class,
                () -> CommandEncoder.encode(
                        "", NODES.objectNode().put("exec-oob", "yank").put("a", "\ud800"), null));
        assertEquals(
                "The command yank cannot be sent: a string holds a lone surrogate, which is not Unicode text",
                oob.getMessage());
        EncodeError none = assertThrows(
                EncodeError.class,
                () -> CommandEncoder.encode("", NODES.objectNode().put("a", "\ud800"), null));
        assertEquals(
                "The command  cannot be sent: a string holds a lone surrogate, which is not Unicode text",
                none.getMessage());
    }

    @Test
    @DisplayName("C30 a command of 67,108,863 bytes and its newline passes, one byte more is refused")
    void size() {
        // 64 times the same MiB, and a tail that brings it to the limit.
        ObjectNode message = NODES.objectNode().put("execute", "device_add");
        ArrayNode array = message.putObject("arguments").putArray("x");
        StringNode part = NODES.stringNode("x".repeat(1024 * 1024));
        for (int i = 0; i < 63; i++) {
            array.add(part);
        }
        int sofar = CommandEncoder.encode("", message, "#1").length - 1;
        String tail = "y".repeat(67_108_863 - sofar - 3);

        array.add(tail);
        byte[] bytes = CommandEncoder.encode("", message, "#1");
        assertEquals(67_108_864, bytes.length);
        assertEquals('\n', bytes[67_108_863]);
        assertEquals('}', bytes[67_108_862]);

        array.set(63, tail + "y");
        EncodeError error = assertThrows(EncodeError.class, () -> CommandEncoder.encode("", message, "#1"));
        assertEquals(
                "The command device_add cannot be sent: it takes more than 67108863 bytes, the most QEMU reads",
                error.getMessage());
        assertNull(error.getCause());
    }
}
