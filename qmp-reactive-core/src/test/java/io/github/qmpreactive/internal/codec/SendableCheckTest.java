package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class SendableCheckTest {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String LONE = " holds a lone surrogate, which is not Unicode text";
    private static final String TOO_MANY = "it has more than 2097152 tokens, the most QEMU reads";
    private static final String TOO_DEEP = "it nests deeper than 1024 levels, the most QEMU reads";

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    static Stream<String> loneSurrogates() {
        return Stream.of(
                "\ud83d",
                "\ude00",
                "a\ud83d",
                "a\ude00",
                "\ud83da",
                "\ude00a",
                "\ude00\ud83d",
                "\ud83d\ud83d\ude00",
                "\ud83d\ude00\ude00",
                "\ud83d\ude00\ud83d",
                "\ud83d\ude00a\udfff",
                "\ud800",
                "\udbff",
                "\udc00",
                "\udfff");
    }

    @ParameterizedTest(name = "text {index}")
    @MethodSource("loneSurrogates")
    @DisplayName("C30 a lone surrogate is refused wherever it stands, in a value or in a name")
    void loneSurrogate(String text) {
        assertEquals("a string" + LONE, SendableCheck.problemOf(NODES.stringNode(text)));
        assertEquals(
                "a string" + LONE, SendableCheck.problemOf(NODES.objectNode().put("a", text)));
        assertEquals(
                "a string" + LONE,
                SendableCheck.problemOf(NODES.arrayNode().add("a").add(text)));
        assertEquals(
                "the name of a member" + LONE,
                SendableCheck.problemOf(NODES.objectNode().put("a", 1).put(text, 1)));
        ObjectNode inner = NODES.objectNode();
        inner.putArray("a").addObject().put(text, "b");
        assertEquals("the name of a member" + LONE, SendableCheck.problemOf(inner));
    }

    @ParameterizedTest(name = "U+{0}")
    @ValueSource(strings = {"FDD0", "FDDF", "FDEF", "FFFE", "FFFF", "1FFFE", "1FFFF", "AFFFF", "10FFFE", "10FFFF"})
    @DisplayName("C30 a noncharacter, which QEMU's parser takes for broken UTF-8, is refused")
    void noncharacter(String hex) {
        String text = Character.toString(Integer.parseInt(hex, 16));
        String why = " holds U+" + hex + ", a noncharacter, which QEMU does not read";
        assertEquals(
                "a string" + why, SendableCheck.problemOf(NODES.objectNode().put("a", "a" + text + "b")));
        assertEquals(
                "the name of a member" + why,
                SendableCheck.problemOf(NODES.objectNode().put(text, "b")));
    }

    @ParameterizedTest(name = "U+{0}")
    @ValueSource(
            strings = {
                "0", "7F", "FF", "FFE", "D7FF", "E000", "FDCF", "FDF0", "FEFF", "FFFD", "10000", "1FFFD", "1F600",
                "20000", "10FFFD"
            })
    @DisplayName("C4 any other character passes, next to any other")
    void character(String hex) {
        String text = Character.toString(Integer.parseInt(hex, 16));
        assertNull(SendableCheck.problemOf(NODES.objectNode().put(text, text + text)));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {"{}", "[]", "1", "-1.5", "true", "null", "\"a\"", "{\"a\":[{},[1,null,\"\"],{\"b\":false}]}"})
    @DisplayName("C30 ordinary JSON passes")
    void fine(String text) {
        assertNull(SendableCheck.problemOf(json(text)));
    }

    @Test
    @DisplayName("C30 a number beyond the range of a double passes, as long as JSON can express it")
    void largeNumbers() {
        BigInteger large = BigInteger.TEN.pow(400);
        assertNull(SendableCheck.problemOf(NODES.arrayNode()
                .add(large)
                .add(new BigDecimal(large))
                .add(1e308)
                .add(1e38f)));
    }

    @Test
    @DisplayName("C30 nesting of 1024 levels passes, 1025 are refused, in objects and in arrays")
    void nesting() {
        assertNull(SendableCheck.problemOf(arrays(1024)));
        assertEquals(TOO_DEEP, SendableCheck.problemOf(arrays(1025)));
        assertNull(SendableCheck.problemOf(objects(1024)));
        assertEquals(TOO_DEEP, SendableCheck.problemOf(objects(1025)));
        // Siblings do not add up.
        assertNull(SendableCheck.problemOf(
                NODES.arrayNode().add(arrays(1023)).add(objects(1023)).add(1)));
        assertEquals(TOO_DEEP, SendableCheck.problemOf(NODES.arrayNode().add(1).add(objects(1024))));
    }

    @Test
    @DisplayName("C30 JSON that holds itself is refused as too deep")
    void cyclic() {
        ObjectNode self = NODES.objectNode();
        self.set("self", self);
        assertEquals(TOO_DEEP, SendableCheck.problemOf(self));
    }

    @Test
    @DisplayName("C30 an array of 2,097,152 tokens passes, one more is refused")
    void tokensOfArray() {
        // Brackets, values, commas.
        assertNull(SendableCheck.problemOf(ones(1_048_575)), "2,097,151 tokens");
        assertNull(SendableCheck.problemOf(ones(1_048_574).add(NODES.arrayNode())), "2,097,152 tokens");
        assertEquals(TOO_MANY, SendableCheck.problemOf(ones(1_048_576)), "2,097,153 tokens");
        assertEquals(
                TOO_MANY,
                SendableCheck.problemOf(ones(1_048_573).add(NODES.arrayNode()).add(NODES.objectNode())),
                "2,097,153 tokens");
    }

    @Test
    @DisplayName("C30 names and colons are tokens, too: an object of 2,097,152 passes, one more is refused")
    void tokensOfObject() {
        // {"a":[..]} has 2 + 2 tokens beside the array's, and with "b":2, "c":3 behind 4 more each.
        ObjectNode object = NODES.objectNode();
        object.set("a", ones(1_048_569).add(NODES.arrayNode()));
        object.put("b", 2);
        assertNull(SendableCheck.problemOf(object), "2,097,150 tokens");
        object.set("b", NODES.arrayNode().add(2));
        assertNull(SendableCheck.problemOf(object), "2,097,152 tokens");
        object.set("b", NODES.arrayNode().add(NODES.arrayNode()));
        assertEquals(TOO_MANY, SendableCheck.problemOf(object), "2,097,153 tokens");

        ObjectNode last = NODES.objectNode();
        last.set("a", ones(1_048_571));
        last.put("b", 2);
        assertNull(SendableCheck.problemOf(last), "2,097,151 tokens");
        last.set("b", NODES.objectNode());
        assertNull(SendableCheck.problemOf(last), "2,097,152 tokens");
        last.set("b", NODES.arrayNode().add(2));
        assertEquals(TOO_MANY, SendableCheck.problemOf(last), "2,097,153 tokens");
    }

    private static ArrayNode ones(int count) {
        ArrayNode array = NODES.arrayNode(count + 2);
        JsonNode one = NODES.numberNode(1);
        for (int i = 0; i < count; i++) {
            array.add(one);
        }
        return array;
    }

    private static ArrayNode arrays(int levels) {
        ArrayNode array = NODES.arrayNode();
        for (int i = 1; i < levels; i++) {
            array = NODES.arrayNode().add(array);
        }
        return array;
    }

    private static ObjectNode objects(int levels) {
        ObjectNode object = NODES.objectNode();
        for (int i = 1; i < levels; i++) {
            object = NODES.objectNode().set("a", object);
        }
        return object;
    }
}
