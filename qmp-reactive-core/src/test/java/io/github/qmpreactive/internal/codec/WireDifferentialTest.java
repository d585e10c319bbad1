package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

    /** So many messages of one seed; the next thousand has the next seed. */
    private static final int THOUSAND = 1_000;

    /** Thousands, at least. */
    private static final int LEAST = 100;

    /** How long each test goes on, at least. */
    private static final long NANOS = TimeUnit.SECONDS.toNanos(Long.getLong("qmp.fuzz.seconds", 5));

    private static final JsonMapper JACKSON = JsonMapper.builder().build();
    private static final JsonMapper EXACT = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final JsonMapper ASCII =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final JsonMapper PRETTY =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Test
    @DisplayName("Random messages: Jackson reads what the client writes, and the client reads what Jackson writes")
    void bothWays() {
        forAWhile("both ways", trees -> {
            int quick = 0;
            for (int i = 0; i < THOUSAND; i++) {
                ObjectNode tree = trees.object();
                JsonMapper writer = trees.chance(3) ? JACKSON : trees.chance(2) ? PRETTY : ASCII;
                byte[] received = writer.writeValueAsBytes(tree);
                assertWritten(tree, trees.chance(2) ? "#1a" : null);
                JsonNode read =
                        InboundParser.parse(received, 0, received.length).raw();
                assertEquals(JACKSON.readTree(received), read, () -> text(received));
                quick += TreeReader.read(received, 0, received.length) != null ? 1 : 0;
            }
            assertTrue(quick > THOUSAND / 20, "only " + quick + " were read without Jackson");
        });
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
            assertEquals(EXACT.readTree(written), EXACT.readTree(sent), () -> text(sent));
        }
    }

    @Test
    @DisplayName("C21 the key of a random id is that of the same id written, and read in another order")
    void ids() {
        forAWhile("ids", trees -> {
            for (int i = 0; i < THOUSAND; i++) {
                ObjectNode id = trees.object();
                Object key = MessageId.keyOf(id);
                if (key == null) {
                    continue;
                }
                byte[] sent =
                        CommandEncoder.encode("", JACKSON.createObjectNode().set("id", id), null);
                JsonNode back = JACKSON.readTree(sent).path("id");
                assertEquals(key, MessageId.keyOf(back), () -> text(sent));
            }
        });
    }

    /** -Dqmp.fuzz.seed is where it begins: a number, or "random". */
    private static void forAWhile(String what, Consumer<RandomTrees> thousand) {
        String given = System.getProperty("qmp.fuzz.seed", "1");
        long seed = given.equals("random") ? System.nanoTime() : Long.parseLong(given);
        System.out.println("WireDifferentialTest " + what + ": -Dqmp.fuzz.seed=" + seed);
        long start = System.nanoTime();
        for (int i = 0; i < LEAST || System.nanoTime() - start < NANOS; i++) {
            try {
                thousand.accept(new RandomTrees(seed));
            } catch (Throwable e) {
                throw new AssertionError("-Dqmp.fuzz.seed=" + seed + " begins with this: " + e, e);
            }
            seed++;
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
