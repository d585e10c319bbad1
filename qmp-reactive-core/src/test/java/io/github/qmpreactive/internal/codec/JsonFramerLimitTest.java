package io.github.qmpreactive.internal.codec;

import static io.github.qmpreactive.internal.codec.Framed.objectOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.MessageTooLargeError;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFramerLimitTest {

    private static final int LIMIT = 3000;
    private static final String TOO_LARGE = "A message is larger than 3000 bytes; maxMessageSize raises the limit";

    private static void assertTooLarge(Framed framed, String text, int pieces) {
        MessageTooLargeError error = assertThrows(MessageTooLargeError.class, () -> framed.feedInPieces(text, pieces));
        assertEquals(LIMIT, error.limit());
        assertEquals(TOO_LARGE, error.getMessage());
    }

    @ParameterizedTest(name = "in pieces of {0}")
    @ValueSource(ints = {1, 3, 7, 1023, 1024, 1025, 2999, 3000, 3001, 9999})
    @DisplayName("P18 a message of exactly the limit passes, one byte more is refused")
    void limit(int pieces) {
        String less = objectOf(LIMIT - 1);
        String exact = objectOf(LIMIT);
        Framed framed = new Framed(LIMIT).feedInPieces(less + "\r\n" + exact + exact + "\r\n" + less, pieces);
        assertEquals(List.of(less, exact, exact, less), framed.messages);

        assertTooLarge(framed, "\r\n" + objectOf(LIMIT + 1), pieces);
        assertEquals(4, framed.messages.size());
    }

    @Test
    @DisplayName("C8 messages in front of one that is too large are handed on")
    void beforeTheLargeOne() {
        Framed framed = new Framed(LIMIT);
        assertTooLarge(framed, "{\"a\":1}{\"b\":2}" + objectOf(LIMIT + 1) + "{\"c\":3}", LIMIT * 2);
        assertEquals(List.of("{\"a\":1}", "{\"b\":2}"), framed.messages);
    }

    @Test
    @DisplayName("C8 a message is refused when its end has come, or when it is 64 times too large")
    void refusedAtTheEnd() {
        String open = "{\"a\":\"" + "x".repeat(LIMIT);
        Framed framed = new Framed(LIMIT).feed(open);
        assertTrue(framed.framer.isInsideObject());
        assertTooLarge(framed, "\"}", 1);

        Framed endless = new Framed(LIMIT).feed(open);
        MessageTooLargeError error =
                assertThrows(MessageTooLargeError.class, () -> endless.feedInPieces("x".repeat(64 * LIMIT), LIMIT));
        assertEquals(LIMIT, error.limit());
    }

    @Test
    @DisplayName("C8 what stands in front of an incomplete message does not count for it")
    void onlyTheMessageCounts() {
        String exact = objectOf(LIMIT);
        String before = "{\"b\":2}\r\n".repeat(100) + " ".repeat(LIMIT);
        Framed framed = new Framed(LIMIT).feed(before + exact.substring(0, LIMIT - 1));
        assertEquals(100, framed.messages.size());
        framed.feed(exact.substring(LIMIT - 1));
        assertEquals(exact, framed.messages.get(100));
    }

    @Test
    @DisplayName("C8 many small messages in one burst, much larger in total than the limit, are fine")
    void burst() {
        String small = "{\"return\":{},\"id\":\"#1\"}";
        Framed framed = new Framed(64).feed((small + "\r\n").repeat(5000));
        assertEquals(5000, framed.messages.size());
        framed.messages.forEach(message -> assertEquals(small, message));
    }

    @Test
    @DisplayName("C8 white space between messages is no message, however much there is")
    void whiteSpace() {
        Framed framed = new Framed(64).feed(" ".repeat(1000)).feed("\r\n".repeat(1000) + "{}");
        assertEquals(List.of("{}"), framed.messages);
    }

    @Test
    @DisplayName("C8 the smallest limit counts like any other")
    void tiny() {
        assertEquals(List.of("{}", "{}"), new Framed(2).feedInPieces("{}{}", 1).messages);
        assertThrows(MessageTooLargeError.class, () -> new Framed(2).feed("{ }"));
        assertThrows(MessageTooLargeError.class, () -> new Framed(1).feed("{}"));
    }
}
