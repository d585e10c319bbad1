package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class TreeReaderTest {

    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\"a\"",
            "\"a\":",
            "0",
            "-",
            "1",
            "-1",
            "01",
            "1.5",
            "1e3",
            "true",
            "false",
            "null",
            "tru",
            " ",
            "\n",
            "\t",
            "\r",
            "\u0000",
            "\u00e9",
            "\\u0041",
            "\\ud83d",
            "\\ude00",
            "\\n",
            "\\x",
            "2147483647",
            "2147483648",
            "-2147483648",
            "-2147483649",
            "999999999999999999",
            "1000000000000000000",
            "-0");

    private static @Nullable ObjectNode read(byte[] bytes) {
        byte[] around = new byte[bytes.length + 2];
        around[0] = '1';
        around[bytes.length + 1] = '1';
        System.arraycopy(bytes, 0, around, 1, bytes.length);
        return TreeReader.read(around, 1, bytes.length);
    }

    private static @Nullable ObjectNode read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable JsonNode jackson(byte[] bytes) {
        try {
            return WireJson.MAPPER.readTree(bytes);
        } catch (JacksonException e) {
            return null;
        }
    }

    /** Returns whether it was read. */
    private static boolean assertAsJackson(byte[] bytes) {
        ObjectNode read = read(bytes);
        if (read != null) {
            JsonNode expected = jackson(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            assertEquals(expected, read, text);
            assertEquals(String.valueOf(expected), read.toString(), text);
        }
        return read != null;
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "{}",
                " {\"return\": {}, \"id\": \"#1a\"}",
                "{\"return\": {\"status\": \"running\", \"singlestep\": false, \"running\": true, \"x\": null}}",
                "{\r\n    \"return\": [\r\n    ]\r\n}",
                "{\"a\": [1, -1, 0, [], {}, [[\"\"]], 2147483647, 2147483648, -2147483649, 999999999999999999]}",
                "{\"a\": \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC end\"}",
                "{\"a\": 1, \"b\": 2, \"a\": 3}"
            })
    @DisplayName("What QEMU writes is read, as Jackson reads it")
    void reads(String text) {
        assertTrue(assertAsJackson(text.getBytes(StandardCharsets.UTF_8)), "left to Jackson");
    }

    @ParameterizedTest(name = "left {index}: {0}")
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{} x",
                "{}}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":[1,]}",
                "{\"a\":[1}",
                "{\"a\":tru}",
                "{\"a\":truex}",
                "{\"a\":01}",
                "{\"a\":-}",
                "{\"a\":-0}",
                "{\"a\":1.5}",
                "{\"a\":1e3}",
                "{\"a\":1000000000000000000}",
                "{\"a\":\"\\ud83d\\ude00\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"\u00e9\"}",
                "{\"\u00e9\":1}",
                "{\"\\n\":1}",
                "{\"a\":\"\n\"}",
                "{'a':1}"
            })
    @DisplayName("What is wrong, or is rare, is left to Jackson")
    void leaves(String text) {
        assertNull(read(text));
    }

    @Test
    @DisplayName("Deep nesting is left to Jackson")
    void deep() {
        assertNotNull(read("{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}"));
        assertNull(read("{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}"));
    }

    @Test
    @DisplayName("A name that comes again is the same string; a long one, and one of the same hash, are right")
    void names() {
        assertSame(nameIn("{\"a-name\":1}"), nameIn("{\"a-name\":1}"));
        assertEquals("n".repeat(60_000), nameIn("{\"" + "n".repeat(60_000) + "\":1}"));
        assertEquals("Aa", nameIn("{\"Aa\":1}"));
        assertEquals("BB", nameIn("{\"BB\":1}"));
        assertEquals("Aa", nameIn("{\"Aa\":1}"));
    }

    private static String nameIn(String text) {
        ObjectNode object = read(text);
        assertNotNull(object);
        return object.propertyNames().iterator().next();
    }

    @Test
    @DisplayName("Whatever is made of pieces of JSON, it is never read differently from Jackson")
    void randomPieces() {
        Random random = new Random(7);
        int read = 0;
        for (int i = 0; i < 200_000; i++) {
            StringBuilder text = new StringBuilder("{\"a\":");
            for (int n = random.nextInt(6); n >= 0; n--) {
                text.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            read += assertAsJackson(text.append('}').toString().getBytes(StandardCharsets.UTF_8)) ? 1 : 0;
        }
        assertTrue(read > 1_000, "only " + read + " were read");
    }

    @Test
    @DisplayName("A message with any of its bytes changed is never read differently from Jackson")
    void changedBytes() {
        byte[] message =
                ("{\"timestamp\": {\"seconds\": 1763900000, \"microseconds\": 123456}, \"event\": \"X\\u0041\","
                                + " \"data\": {\"a\": [1, -2, true, false, null, {}], \"b\": \"\\\\\"}}")
                        .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < message.length; i++) {
            for (int b = 0; b < 256; b++) {
                byte[] changed = message.clone();
                changed[i] = (byte) b;
                assertAsJackson(changed);
            }
        }
    }
}
