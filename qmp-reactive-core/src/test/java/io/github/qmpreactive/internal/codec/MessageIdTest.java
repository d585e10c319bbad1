package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

class MessageIdTest {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static Object key(String json) {
        return MessageId.keyOf(JsonMapper.shared().readTree(json));
    }

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | 1",
                "-0 | 0",
                "\"a\" | \"\\u0061\"",
                "18446744073709551615 | 18446744073709551615",
                "[1,\"a\",null] | [ 1, \"a\", null ]",
                "{\"a\":1,\"b\":{\"c\":2,\"d\":[3]}} | {\"b\":{\"d\":[3],\"c\":2},\"a\":1}",
                "[{\"a\":[]}] | [{\"a\":[]}]",
                "[] | []",
                "{} | {}",
                "null | null",
                "true | true"
            })
    @DisplayName("C21 ids that are equal in value are the same, whatever their spelling")
    void same(String one, String other) {
        assertNotNull(key(one));
        assertEquals(key(one), key(other));
        assertEquals(key(one).hashCode(), key(other).hashCode());
    }

    @Test
    @DisplayName("C21 an integer is the same id whatever Java type it was made of")
    void integerTypes() {
        Object key = key("7");
        assertEquals(key, MessageId.keyOf(NODES.numberNode((short) 7)));
        assertEquals(key, MessageId.keyOf(NODES.numberNode(7)));
        assertEquals(key, MessageId.keyOf(NODES.numberNode(7L)));
        assertEquals(key, MessageId.keyOf(NODES.numberNode(BigInteger.valueOf(7))));
        assertEquals(
                MessageId.keyOf(NODES.numberNode(Long.MAX_VALUE)),
                MessageId.keyOf(NODES.numberNode(BigInteger.valueOf(Long.MAX_VALUE))));
    }

    @Test
    @DisplayName("C21 ids that differ in value or in type are different")
    void different() {
        String[] ids = {
            "1",
            "2",
            "-1",
            "\"1\"",
            "\"\"",
            "\"a\"",
            "\"A\"",
            "true",
            "false",
            "\"true\"",
            "null",
            "\"null\"",
            "\"NULL\"",
            "0",
            "[]",
            "{}",
            "[1]",
            "[2]",
            "[1,2]",
            "[2,1]",
            "[[1]]",
            "[null]",
            "{\"a\":1}",
            "{\"a\":2}",
            "{\"b\":1}",
            "{\"a\":1,\"b\":1}",
            "{\"a\":null}",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "18446744073709551615"
        };
        Set<Object> keys = new HashSet<>();
        for (String id : ids) {
            keys.add(assertNotNullKey(id));
        }
        assertEquals(ids.length, keys.size());
    }

    private static Object assertNotNullKey(String id) {
        Object key = key(id);
        assertNotNull(key, id);
        return key;
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "1.0",
                "1e2",
                "0.5",
                "-1.5",
                "18446744073709551616",
                "-9223372036854775809",
                "-18446744073709551615",
                "[1.0]",
                "[1,[2,{\"a\":1.0}]]",
                "{\"a\":1.5}",
                "{\"a\":1,\"b\":[18446744073709551616]}"
            })
    @DisplayName("C21 an id with a number that is no 64-bit integer is refused: QEMU hands it back as another")
    void refused(String id) {
        assertNull(key(id));
    }

    @Test
    @DisplayName("C21 decimals are refused even where they are whole")
    void decimals() {
        assertNull(MessageId.keyOf(NODES.numberNode(new BigDecimal("1"))));
        assertNull(MessageId.keyOf(NODES.numberNode(1.0)));
        assertNull(MessageId.keyOf(NODES.numberNode(1.0f)));
    }

    @Test
    @DisplayName("C21 what is no JSON is refused, in containers too")
    void noJson() {
        JsonNode pojo = NODES.pojoNode(new Object());
        assertNull(MessageId.keyOf(pojo));
        assertNull(MessageId.keyOf(NODES.arrayNode().add(1).add(pojo)));
        assertNull(MessageId.keyOf(NODES.objectNode().set("a", pojo)));
        assertNull(MessageId.keyOf(NODES.missingNode()));
        assertNull(MessageId.keyOf(NODES.binaryNode(new byte[] {1})));
    }

    @Test
    @DisplayName("C21 a present null is an id, an absent one is none")
    void nullAndAbsent() {
        assertNotNull(MessageId.keyOf(NODES.nullNode()));
        assertNotEquals(key("null"), MessageId.keyOf(NODES.missingNode()));
    }
}
