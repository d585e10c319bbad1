package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;

@DisplayName("What the server sends takes one line of a log, of bounded length")
class OneLineTest {

    @ParameterizedTest
    @ValueSource(chars = {'\n', '\r', '\u0000', '\u001b', '\u007f', '\u0085', '\u2028', '\u2029', '\u202e', '\u2066'})
    @DisplayName("Characters that end a line, or change how one looks, are escaped, in words, names and messages")
    void escaped(char c) {
        String escape = String.format("\\u%04x", (int) c);
        assertEquals("a" + escape + "b", WireText.ofWords("a" + c + "b"));
        assertEquals("a" + escape + "b", WireText.ofName("a" + c + "b"));
        String message = WireText.of(JsonNodeFactory.instance.objectNode().put("x" + c, "a" + c + "b"));
        assertTrue(message.chars().noneMatch(there -> WireText.changesLines((char) there)), message);
        byte[] bytes = ("a" + c + "b").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertEquals("a.b", Excerpts.of(bytes, 0, bytes.length));
    }

    @Test
    @DisplayName("Words, names and messages are cut, the names of members too, however much there is to escape")
    void cut() {
        String large = "\n".repeat(5_000_000);
        assertEquals(1003, WireText.ofWords(large).length());
        assertEquals(103, WireText.ofName(large).length());
        assertEquals(
                1003,
                WireText.of(JsonNodeFactory.instance.objectNode().put(large, 1)).length());
        assertEquals("GenericError", WireText.ofName("GenericError"));
    }
}
