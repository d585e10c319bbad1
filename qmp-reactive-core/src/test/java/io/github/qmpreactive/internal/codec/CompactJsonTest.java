package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class CompactJsonTest {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static byte[] write(JsonNode node) {
        CompactJson json = new CompactJson();
        json.value(node);
        return json.toByteArray();
    }

    private static String withId(ObjectNode message, String id) {
        return new String(CommandTemplate.of("[vm] ", message).withId(id), StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("C4 every character of Unicode is written so that Jackson reads the same")
    void everyCharacter() {
        for (int block = 0; block <= Character.MAX_CODE_POINT; block += 256) {
            int last = block + 255;
            String text = IntStream.rangeClosed(block, last)
                    .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                    .mapToObj(Character::toString)
                    .collect(Collectors.joining("b", "a", ""));
            byte[] written = write(NODES.objectNode().put(text, text));
            JsonNode read = JsonMapper.shared().readTree(written);
            assertEquals(text, read.path(text).asString(), () -> new String(written, StandardCharsets.UTF_8));
        }
    }

    @Test
    @DisplayName("C4 a tree is written byte for byte as Jackson writes it")
    void asJackson() {
        String text =
                "{\"a\":[],\"b\":{},\"c\":[1,[2,{\"d\":null,\"e\":[true,false]}],\"\\u0007\\\\\\\" \u00e9 \ud83d\ude00\"],"
                        + "\"f\":-1.5E300,\"g\":18446744073709551616}";
        JsonNode tree = JsonMapper.shared().readTree(text);
        assertArrayEquals(tree.toString().getBytes(StandardCharsets.UTF_8), write(tree));
    }

    @Test
    @DisplayName("C6 one template is sent with many ids, each time with one; what has no other member has the id alone")
    void ids() {
        ObjectNode message = NODES.objectNode().put("execute", "stop").put("id", 5);
        CommandTemplate template = CommandTemplate.of("[vm] ", message);
        for (String id : new String[] {"#1", "#1a", "#zzz.7"}) {
            assertEquals(
                    "{\"execute\":\"stop\",\"id\":\"" + id + "\"}\n",
                    new String(template.withId(id), StandardCharsets.UTF_8));
        }
        assertEquals("{\"id\":\"#1\"}\n", withId(NODES.objectNode(), "#1"));
        assertEquals("{\"id\":\"#1\"}\n", withId(NODES.objectNode().put("id", 5), "#1"));
    }
}
