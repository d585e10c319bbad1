package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@DisplayName("The codec beside Jackson: what is sent is what was given, what is read is what was received")
class WireDifferentialTest {

    private static final int TREES = 100_000;

    /** -Dqmp.fuzz.seed repeats a run. */
    private static final long SEED = Long.getLong("qmp.fuzz.seed", new Random().nextLong());

    private static final JsonMapper JACKSON = JsonMapper.builder().build();
    private static final JsonMapper EXACT = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final JsonMapper ASCII =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final JsonMapper PRETTY =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Test
    @DisplayName(
            "100,000 random messages: Jackson reads what the client writes, and the client reads what Jackson writes")
    void bothWays() {
        RandomTrees trees = begin("both ways");
        int quick = 0;
        for (int i = 0; i < TREES; i++) {
            ObjectNode tree = trees.object();
            JsonMapper writer = trees.chance(3) ? JACKSON : trees.chance(2) ? PRETTY : ASCII;
            byte[] received = writer.writeValueAsBytes(tree);
            assertWritten(tree, trees.chance(2) ? "#1a" : null);
            JsonNode read = InboundParser.parse(received, 0, received.length).raw();
            assertEquals(JACKSON.readTree(received), read, () -> about(received));
            quick += i % 16 == 0 && TreeReader.read(received, 0, received.length) != null ? 1 : 0;
        }
        assertTrue(quick > TREES / 160, "only " + quick + " were read without Jackson");
    }

    private static void assertWritten(ObjectNode tree, @Nullable String id) {
        byte[] sent = CommandEncoder.encode("", tree, id);
        if (id != null) {
            // It comes last, wherever that of the message was.
            tree.remove("id");
            tree.put("id", id);
        }
        byte[] written = JACKSON.writeValueAsBytes(tree);
        // What is the same in bytes need not be read.
        if (Arrays.mismatch(written, sent) != written.length) {
            assertEquals(EXACT.readTree(written), EXACT.readTree(sent), () -> about(sent));
        }
    }

    @Test
    @DisplayName("C21 the key of a random id is that of the same id written, and read in another order")
    void ids() {
        RandomTrees trees = begin("ids");
        for (int i = 0; i < TREES / 10; i++) {
            ObjectNode id = trees.object();
            Object key = MessageId.keyOf(id);
            if (key == null) {
                continue;
            }
            byte[] sent = CommandEncoder.encode("", JACKSON.createObjectNode().set("id", id), null);
            JsonNode back = JACKSON.readTree(sent).path("id");
            assertEquals(key, MessageId.keyOf(back), () -> about(sent));
        }
    }

    private static RandomTrees begin(String what) {
        System.out.println("WireDifferentialTest " + what + ": -Dqmp.fuzz.seed=" + SEED);
        return new RandomTrees(SEED);
    }

    private static String about(byte[] bytes) {
        return "-Dqmp.fuzz.seed=" + SEED + ": " + new String(bytes, StandardCharsets.UTF_8);
    }
}
