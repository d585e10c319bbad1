package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class JsonFramerRandomTest {

    private static final String[] SCRAPS = {
        "{", "}", "[", "]", "\"", "\\", "\\\"", "\\\\", "\n", "\u0000", "a", "\u00fc", "\u20ac", "\ud83d\ude00", "/"
    };
    private static final String[] SPACES = {"", "\n", "\r\n", " ", "\t", "\r\n\r\n   "};

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final JsonNodeFactory nodes = JsonNodeFactory.instance;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    @DisplayName("C3 random objects cut at random places are read as the parser reads the whole")
    void randomObjects(long seed) throws Exception {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        List<JsonNode> sent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            ObjectNode object = object(random, 0);
            sent.add(object);
            text.append(random.nextBoolean() ? object.toString() : object.toPrettyString())
                    .append(SPACES[random.nextInt(SPACES.length)]);
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        List<JsonNode> whole;
        try (var values = MAPPER.readerFor(JsonNode.class).<JsonNode>readValues(bytes)) {
            whole = values.readAll();
        }
        assertEquals(sent, whole);

        Framed framed = new Framed(bytes.length);
        int largest = 1 << random.nextInt(13);
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + random.nextInt(largest + 1));
            framed.feed(Arrays.copyOfRange(bytes, from, to));
            from = to;
        }
        assertFalse(framed.framer.isInsideObject());
        assertEquals(whole, framed.messages.stream().map(MAPPER::readTree).toList());
    }

    private ObjectNode object(Random random, int depth) {
        ObjectNode object = nodes.objectNode();
        for (int i = random.nextInt(5); i > 0; i--) {
            object.set(text(random), value(random, depth + 1));
        }
        return object;
    }

    private JsonNode value(Random random, int depth) {
        return switch (random.nextInt(depth < 6 ? 8 : 6)) {
            case 0 -> nodes.nullNode();
            case 1 -> nodes.booleanNode(random.nextBoolean());
            case 2 -> nodes.numberNode(random.nextInt());
            case 3 -> nodes.numberNode(random.nextDouble());
            case 4, 5 -> nodes.stringNode(text(random));
            case 6 -> object(random, depth);
            default -> {
                ArrayNode array = nodes.arrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(value(random, depth + 1));
                }
                yield array;
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(random.nextInt(20) == 0 ? 2000 : 12); i > 0; i--) {
            text.append(SCRAPS[random.nextInt(SCRAPS.length)]);
        }
        return text.toString();
    }
}
