package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.EncodeError;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Messages that are given as text")
class MessageTextTest {

    @Test
    @DisplayName("A JSON object is read")
    void object() {
        assertEquals(
                "{\"execute\":\"x\",\"arguments\":{\"a\":[1]}}",
                MessageText.read("", " {\"execute\": \"x\",\r\n\"arguments\": {\"a\": [1]}} ")
                        .toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "5",
                "[]",
                "null",
                "nonsense",
                "{",
                "{} {}",
                "{'a': 1}",
                "{\"a\": 1, \"a\": 2}",
                "{\"b\": {\"a\": 1, \"a\": 2}}"
            })
    @DisplayName("C6 C7 what is no JSON object, or names a member twice, is refused")
    void refused(String text) {
        EncodeError error = assertThrows(EncodeError.class, () -> MessageText.read("[vm] ", text));
        assertTrue(String.valueOf(error.getMessage()).startsWith("[vm] The message cannot be sent: "));
    }
}
