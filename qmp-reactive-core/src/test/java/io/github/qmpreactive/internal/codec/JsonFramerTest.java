package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.MalformedMessageError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFramerTest {

    private static final int LIMIT = 10_000;

    @Test
    @DisplayName("C2 pretty JSON over many lines that end in CRLF is one message")
    void pretty() {
        String pretty = "{\r\n    \"return\": {\r\n        \"a\": [\r\n            1\r\n        ]\r\n    }\r\n}";
        Framed framed = new Framed(LIMIT).feed(pretty + "\r\n" + pretty + "\r\n");
        assertEquals(List.of(pretty, pretty), framed.messages);
    }

    @ParameterizedTest(name = "object {index}")
    @ValueSource(
            strings = {
                "{}",
                "{\"a\":{\"b\":[{\"c\":{}}]}}",
                "{\"a\":[[],[[1,2],{}]]}",
                "{\"a\":\"}{][\"}",
                "{\"{[\":\"]}\"}",
                "{\"a\":\"\\\"}\"}",
                "{\"a\":\"\\\\\",\"b\":{}}",
                "{\"a\":\"\\\\\\\"}\"}",
                "{\"a\":\"\\\\\\\\\",\"b\":\"\\\\\\\\\\\"{\"}",
                "{\"a\":\"\\u007b\\ud83d\\ude00\"}",
                "{\"a\":\"\u00fc\u20ac\ud83d\ude00\"}",
                "{\r\n  \"a\" : \"{\",\r\n  \"b\" : [ ]\r\n}"
            })
    @DisplayName("C3 an object split at every byte is still one message")
    void splitAnywhere(String object) {
        for (int size = 1; size <= object.length(); size++) {
            Framed framed = new Framed(LIMIT).feedInPieces(object + "\r\n" + object, size);
            assertEquals(List.of(object, object), framed.messages, "in pieces of " + size);
            assertFalse(framed.framer.isInsideObject());
        }
    }

    @Test
    @DisplayName("C3 several objects may share one read, with or without white space between them")
    void severalInOneRead() {
        Framed framed = new Framed(LIMIT).feed(" \t\r\n{\"a\":1}{\"b\":[2]}\n{\"c\":\"}\"} {}\r\n\t ");
        assertEquals(List.of("{\"a\":1}", "{\"b\":[2]}", "{\"c\":\"}\"}", "{}"), framed.messages);
        assertEquals(List.of(4, 11, 21, 31), framed.offsets);
    }

    @Test
    @DisplayName("C3 an object is handed on with its last byte, not later")
    void handedOnAtOnce() {
        Framed framed = new Framed(LIMIT).feed("{\"a\":[1,{}]");
        assertEquals(List.of(), framed.messages);
        framed.feed("}");
        assertEquals(List.of("{\"a\":[1,{}]}"), framed.messages);
    }

    @Test
    @DisplayName("The framer knows whether the stream stands inside of an object")
    void insideObject() {
        Framed framed = new Framed(LIMIT);
        assertFalse(framed.framer.isInsideObject());
        assertFalse(framed.feed("").framer.isInsideObject());
        assertFalse(framed.feed("\r\n").framer.isInsideObject());
        assertTrue(framed.feed("{").framer.isInsideObject());
        assertTrue(framed.feed("\"}").framer.isInsideObject());
        assertTrue(framed.feed("\":{}").framer.isInsideObject());
        assertFalse(framed.feed("}").framer.isInsideObject());
        assertTrue(framed.feed("\n{}{").framer.isInsideObject());
        assertFalse(framed.feed("}\n").framer.isInsideObject());
        assertEquals(List.of("{\"}\":{}}", "{}", "{}"), framed.messages);
    }

    @Test
    @DisplayName("P27 blank lines and empty reads are nothing")
    void blanks() {
        Framed framed = new Framed(LIMIT)
                .feed("")
                .feed("\r\n\r\n")
                .feed(" ")
                .feed("\t{")
                .feed("")
                .feed("}\n\n");
        assertEquals(List.of("{}"), framed.messages);
    }

    @ParameterizedTest(name = "garbage {index}")
    @ValueSource(
            strings = {
                "[1]",
                "5",
                "-1",
                "\"text\"",
                "true",
                "null",
                "}",
                "]",
                ",",
                "hello",
                "'a'",
                "\u00ff",
                "\u0000",
                "\u000b"
            })
    @DisplayName("C47 what is no object is refused, with an excerpt")
    void noObject(String garbage) {
        Framed framed = new Framed(LIMIT);
        MalformedMessageError error = assertThrows(MalformedMessageError.class, () -> framed.feed(garbage));
        String shown = garbage.charAt(0) < ' ' ? "." : garbage;
        assertEquals(shown, error.excerpt());
        int bytes = garbage.getBytes(StandardCharsets.UTF_8).length;
        assertEquals(
                "Expected a JSON object, but received: " + bytes
                        + " bytes, maybe a part of a message; is this a QMP monitor?",
                error.getMessage());
        assertNull(error.getCause());
    }

    @Test
    @DisplayName("C47 messages before the garbage are handed on; the excerpt begins with the garbage")
    void garbageBehindMessages() {
        Framed framed = new Framed(LIMIT);
        MalformedMessageError error = assertThrows(
                MalformedMessageError.class, () -> framed.feed("{\"a\":1}\r\n{\"b\":2}\r\nSSH-2.0\r\n{\"c\":3}"));
        assertEquals(List.of("{\"a\":1}", "{\"b\":2}"), framed.messages);
        assertEquals("SSH-2.0..{\"c\":3}", error.excerpt());
    }

    @Test
    @DisplayName("C47 a whole line is quoted, unless it has a quotation mark")
    void line() {
        String banner = "SSH-2.0-OpenSSH_9.2\r\n";
        MalformedMessageError error = assertThrows(MalformedMessageError.class, () -> new Framed(LIMIT).feed(banner));
        assertEquals(
                "Expected a JSON object, but received: SSH-2.0-OpenSSH_9.2; is this a QMP monitor?",
                error.getMessage());
        assertEquals("SSH-2.0-OpenSSH_9.2..", error.excerpt());
        MalformedMessageError part = assertThrows(
                MalformedMessageError.class, () -> new Framed(LIMIT).feed("}, {\"value\": \"hunter2\"}]}\r\n"));
        assertFalse(part.getMessage().contains("hunter2"), part::getMessage);
    }

    @Test
    @DisplayName("C47 the excerpt has at most 120 characters")
    void longGarbage() {
        for (int length : new int[] {119, 120, 121, 5000}) {
            Framed framed = new Framed(LIMIT);
            MalformedMessageError error =
                    assertThrows(MalformedMessageError.class, () -> framed.feed("  " + "g".repeat(length)));
            assertEquals("g".repeat(Math.min(length, 120)), error.excerpt());
        }
    }

    @Test
    @DisplayName("C47 the excerpt shows text as it is, and control characters as dots")
    void excerptIsPrintable() {
        Framed framed = new Framed(LIMIT);
        MalformedMessageError error = assertThrows(
                MalformedMessageError.class, () -> framed.feed("g\u0000\u001b[0m\u007f\u0085\u00fc\u20ac\ud83d\ude00"));
        assertEquals("g..[0m..\u00fc\u20ac\ud83d\ude00", error.excerpt());
    }

    @Test
    @DisplayName("Brackets that do not match end an object: it is the parser that refuses it")
    void mismatch() {
        assertEquals(List.of("{]", "{\"a\":[}]"), new Framed(LIMIT).feed("{] {\"a\":[}]").messages);
    }
}
