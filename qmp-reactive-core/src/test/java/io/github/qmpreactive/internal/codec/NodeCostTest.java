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
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@DisplayName("P36 The memory that a message takes")
class NodeCostTest {

    private static final int LIMIT = 2 * 1024 * 1024;

    private static final int SMALL_LIMIT = 256 * 1024;

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

    private static final String DEEP = "[".repeat(400) + "]".repeat(400) + ",";
    private static final String DEEP_OBJECTS = "{\"\":".repeat(400) + "0" + "}".repeat(400) + ",";

    static Stream<String> elements() {
        return Stream.of(
                "{},",
                "[],",
                "[0],",
                "[[]],",
                "[{}],",
                "{\"a\":{}},",
                "{\"a\":[]},",
                "{\"a\":1},",
                "{\"\":0},",
                "{\"a\":1,\"b\":\"cc\",\"c\":[]},",
                "{\"@\":0},",
                "{\"@\":\"@\"},",
                // Names of one hash, each of which is a string of its own
                "{\"D \":null,\"C?\":null,\"B^\":null,\"A}\":null},",
                "{\"some-long-name-that-is-another-one-each-time-@\":{}},",
                "{" + members(13) + "},",
                "{" + members(13).replace(":0", ":{}") + "},",
                "{" + members(97).replace(":0", ":\"\"") + "},",
                "{" + members(25) + "},",
                "{" + members(97) + "},",
                "[" + "0,".repeat(10) + "0],",
                "[" + "[],".repeat(16) + "0],",
                "0,",
                "11,",
                "-7,",
                "1234567,",
                "12345678901,",
                "99999999999999999999,",
                "1.5,",
                "1e5,",
                "12345678901234567890.123456789,",
                "true,",
                "null,",
                "\"\",",
                "\"a\",",
                "\"\\n\",",
                "\"\\u20ac\",",
                "\"\u20ac\",",
                "\"a\u20ac\",",
                "\"0123456789012345678901234567890123456789\",",
                "\"012345678901234567890123456789012345678\u20ac\",",
                "[ ],\r\n",
                // A name that is too long to be kept
                "{},{},{},{\"" + "n".repeat(49) + "\":0},",
                "{},{},{},{\"\u20ac" + "n".repeat(20) + "\":0},",
                DEEP,
                DEEP_OBJECTS);
    }

    private static String members(int count) {
        return IntStream.range(0, count).mapToObj(n -> "\"" + n + "\":0").collect(Collectors.joining(","));
    }

    /** As many elements as are accepted, of those that fit; an @ in one is the number of the element. */
    private static byte[] mostThatIsAccepted(String element) {
        StringBuilder list = new StringBuilder("{\"return\":[");
        String[] parts = element.split("@", -1);
        List<Integer> ends = new ArrayList<>();
        for (int n = 0; list.length() + element.length() < SMALL_LIMIT; n++) {
            list.append(String.join(Integer.toString(n, 36), parts));
            ends.add(list.length());
        }
        int low = 0;
        int high = ends.size() - 1;
        while (low < high) {
            int middle = high - (high - low) / 2;
            byte[] bytes = list(list, ends.get(middle));
            if (bytes.length <= SMALL_LIMIT && !NodeCost.isTooHigh(bytes, 0, bytes.length, SMALL_LIMIT)) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return list(list, ends.get(low));
    }

    private static byte[] list(StringBuilder list, int end) {
        return (list.substring(0, end) + "0],\"id\":7}").getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\u20ac", "\\u20ac"})
    @DisplayName("is at most eight times the limit where one long text stands beside small nodes, wide or not")
    void textBeside(String end) {
        int accepted = 0;
        for (int text = 0; text < SMALL_LIMIT - 100; text += SMALL_LIMIT / 64) {
            String last = "\"" + "x".repeat(text) + end + "\"],\"id\":7}";
            int most = (SMALL_LIMIT - last.length() - 20) / 3;
            for (int nodes = most; nodes > 0; nodes -= most / 50 + 1) {
                byte[] bytes = ("{\"return\":[" + "{},".repeat(nodes) + last).getBytes(StandardCharsets.UTF_8);
                if (bytes.length <= SMALL_LIMIT && !NodeCost.isTooHigh(bytes, 0, bytes.length, SMALL_LIMIT)) {
                    long used = new Retained()
                            .of(InboundParser.parse(bytes, 0, bytes.length).raw());
                    assertTrue(used <= 8L * SMALL_LIMIT, () -> used + " by " + bytes.length + " bytes");
                    accepted++;
                    break;
                }
            }
        }
        assertTrue(accepted > 50, "only " + accepted);
    }

    @ParameterizedTest
    @MethodSource("elements")
    @DisplayName("is at most eight times the limit for all that is accepted, whatever it consists of")
    void accepted(String element) {
        byte[] bytes = mostThatIsAccepted(element);
        JsonNode tree = InboundParser.parse(bytes, 0, bytes.length).raw();
        long used = new Retained().of(tree);
        assertTrue(bytes.length > SMALL_LIMIT / 100, () -> bytes.length + " bytes are all that is accepted");
        assertTrue(
                used <= 8L * SMALL_LIMIT,
                () -> (double) used / SMALL_LIMIT + " times the limit, by " + bytes.length + " bytes");
    }

    /** What the heap gets smaller by when a tree goes, with compressed references: by the layout of each object. */
    private static final class Retained {

        private final Set<Object> counted = Collections.newSetFromMap(new IdentityHashMap<>());

        long of(JsonNode node) {
            if (!counted.add(node)) {
                return 0;
            }
            long own = own(node);
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                own += counted.add(member.getKey()) ? text(member.getKey()) : 0;
            }
            for (JsonNode child : node) {
                own += of(child);
            }
            return own;
        }

        private static long own(JsonNode node) {
            return switch (node.getNodeType()) {
                case OBJECT -> 24 + 56 + table(node.size()) + 40L * node.size();
                case ARRAY -> 24 + 24 + elements(node.size());
                case STRING -> 16 + text(node.stringValue());
                case NUMBER -> number(node);
                default -> 0;
            };
        }

        /** Of a hash map: a power of two of which three quarters are used, at least 16. */
        private static long table(int size) {
            if (size == 0) {
                return 0;
            }
            long capacity = 16;
            while (capacity * 3 / 4 < size) {
                capacity *= 2;
            }
            return 16 + 4 * capacity;
        }

        /** Of a list: 10, then half as many again. */
        private static long elements(int size) {
            if (size == 0) {
                return 0;
            }
            long capacity = 10;
            while (capacity < size) {
                capacity += capacity / 2;
            }
            return 16 + 4 * capacity;
        }

        private static long text(String text) {
            boolean wide = text.chars().anyMatch(c -> c > 0xFF);
            long bytes = wide ? 2L * text.length() : text.length();
            return 24 + 16 + (bytes + 7) / 8 * 8;
        }

        private static long number(JsonNode node) {
            if (node.isBigInteger() || node.isBigDecimal()) {
                return 16 + 40 + 40 + 16 + 4L * (node.asString().length() / 9 + 1);
            }
            return node.isInt() ? 16 : 24;
        }
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
