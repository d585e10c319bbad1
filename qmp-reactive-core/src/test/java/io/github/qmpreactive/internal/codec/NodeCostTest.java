package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.MessageTooLargeError;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@DisplayName("P36 The memory that a message takes")
class NodeCostTest {

    private static final int LIMIT = 2 * 1024 * 1024;

    private static byte[] message(String element, int bytes) {
        String elements = element.repeat(bytes / element.length());
        return ("{\"return\":[" + elements + "0],\"id\":7}").getBytes(StandardCharsets.US_ASCII);
    }

    private static List<Inbound> decoded(byte[] bytes, int limit) {
        List<Inbound> messages = new ArrayList<>();
        new InboundDecoder("[vm] ", limit).decode(Unpooled.wrappedBuffer(bytes), messages::add);
        return messages;
    }

    @ParameterizedTest
    @ValueSource(strings = {"{},", "{\"a\":{}},", "[],", "[0],", "\"a\",", "{\"a\":1},", "[{}],"})
    @DisplayName("is bounded: what would take more than eight times the limit is too large, for its own command")
    void tooMuch(String element) {
        Inbound message = decoded(message(element, LIMIT - 100), LIMIT).get(0);
        Inbound.Unusable unusable = assertInstanceOf(Inbound.Unusable.class, message);
        assertInstanceOf(MessageTooLargeError.class, unusable.error());
        assertEquals("7", String.valueOf(unusable.id()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{},",
                "{\"a\":{}},",
                "[],",
                "[0],",
                "\"a\",",
                "1234567,",
                "1.5,",
                "{\"a\":1},",
                "{\"a\":1,\"b\":\"cc\",\"c\":[]},",
                "true,",
                "\"0123456789012345678901234567890123456789\","
            })
    @DisplayName("is no more than twice the estimate")
    void estimated(String element) {
        byte[] bytes = message(element, LIMIT - 100);
        long estimate = estimate(bytes);
        JsonNode tree = InboundParser.parse(bytes, 0, bytes.length).raw();
        long used = retained(tree);
        assertTrue(used <= 2 * estimate, used + " bytes, estimated " + estimate);
    }

    /** The largest budget that is too small. */
    private static long estimate(byte[] bytes) {
        int low = 1;
        int high = Integer.MAX_VALUE / NodeCost.FACTOR;
        while (low < high) {
            int middle = low + (high - low) / 2;
            if (NodeCost.isTooHigh(bytes, 0, bytes.length, middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return (long) NodeCost.FACTOR * low;
    }

    /** What the heap gets smaller by when the tree goes, with compressed references: counted, not measured. */
    private static long retained(JsonNode node) {
        long own = node.isObject()
                ? 24 + 56 + (node.isEmpty() ? 0 : 80 + 40L * node.size())
                : node.isArray()
                        ? 24 + 24 + (node.isEmpty() ? 0 : 16 + 6L * node.size())
                        : node.isString()
                                ? 16 + 24 + 16 + node.stringValue().length()
                                : node.isBoolean() || node.isNull() ? 0 : 24;
        for (JsonNode child : node) {
            own += retained(child);
        }
        return own;
    }

    @Test
    @DisplayName("is not even looked at where a message is small beside the limit, and what QEMU sends passes")
    void usual() {
        byte[] reply = message("{\"name\": \"some-name\", \"type\": \"int\", \"default\": null}, ", 200_000);
        assertInstanceOf(Inbound.Reply.class, decoded(reply, 10 * 1024 * 1024).get(0));
        assertFalse(NodeCost.isTooHigh(message("{},", 900), 0, 900, 1000));
    }

    @Test
    @DisplayName("may be more than there is: an OutOfMemoryError while reading is told as what it is")
    void outOfMemory() {
        OutOfMemoryError error = new OutOfMemoryError("made up");
        InboundDecoder decoder = new InboundDecoder("[vm] ", LIMIT);
        byte[] bytes = "{\"return\":1}".getBytes(StandardCharsets.US_ASCII);
        ConnectionLostError lost = assertThrows(
                ConnectionLostError.class,
                () -> decoder.decode(Unpooled.wrappedBuffer(bytes), message -> {
                    throw error;
                }));
        assertSame(error, lost.getCause());
        assertEquals(ConnectionLostError.How.CLOSED_LOCALLY, lost.how());
        assertTrue(lost.getMessage().contains("OutOfMemoryError"), lost::getMessage);
    }
}
