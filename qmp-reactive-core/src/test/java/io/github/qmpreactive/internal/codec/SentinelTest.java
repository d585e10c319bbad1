package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.error.MessageTooLargeError;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In the texts here one character stands for one byte. */
@DisplayName("C49 the byte 0xFF before a message of the guest agent's")
class SentinelTest {

    private static final int LIMIT = 64;

    private final Framed framed = new Framed(LIMIT);
    private final InboundDecoder decoder = new InboundDecoder("[vm] ", LIMIT);
    private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private List<String> decoded(String text, int size) {
        for (int from = 0; from < text.length(); from += size) {
            channel.writeInbound(
                    Unpooled.wrappedBuffer(bytes(text.substring(from, Math.min(from + size, text.length())))));
        }
        List<String> messages = new ArrayList<>();
        for (Inbound message = channel.readInbound(); message != null; message = channel.readInbound()) {
            messages.add(message.raw().toString());
        }
        return messages;
    }

    @Test
    @DisplayName("is garbage to a decoder that does not expect it, as a monitor never sends it")
    void unexpected() {
        assertThrows(MalformedMessageError.class, () -> framed.feed(bytes("\u00ff{}")));
    }

    @Test
    @DisplayName("may come between messages")
    void between() {
        framed.framer.acceptSentinels();
        framed.feed(bytes("\u00ff{\"a\":1}\n\u00ff\u00ff {\"b\":2}\u00ff"));
        assertEquals(List.of("{\"a\":1}", "{\"b\":2}"), framed.messages);
        assertFalse(framed.framer.isInsideObject());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":[{", "{\"a\":\"half a str", "{\"a\":\"\\", "{", "{\"a\":\"}]"})
    @DisplayName("inside of a message drops what is incomplete, wherever it is cut")
    void inside(String half) {
        for (int size = 1; size <= half.length() + 9; size++) {
            Framed pieces = new Framed(LIMIT);
            pieces.framer.acceptSentinels();
            byte[] all = bytes(half + "\u00ff{\"b\":2}");
            for (int from = 0; from < all.length; from += size) {
                pieces.feed(java.util.Arrays.copyOfRange(all, from, Math.min(from + size, all.length)));
            }
            assertEquals(List.of("{\"b\":2}"), pieces.messages);
        }
    }

    @Test
    @DisplayName("ends what is skipped; that is kept nowhere and may be of any size")
    void skips() {
        framed.feed(bytes("{\"half\":\""));
        assertTrue(framed.framer.isInsideObject());
        framed.framer.acceptSentinels();
        framed.framer.skipToSentinel();
        assertFalse(framed.framer.isInsideObject());
        for (int i = 0; i < 10_000; i++) {
            framed.feed(bytes("]} garbage { \" \\ {}"));
        }
        framed.feed(bytes("{}\u00ff{\"b\":2}{\"c\":3}"));
        assertEquals(List.of("{\"b\":2}", "{\"c\":3}"), framed.messages);
    }

    @Test
    @DisplayName("can be skipped to from within a message's delivery: what follows in the same read is dropped")
    void skipsInsideOfSink() {
        JsonFramer framer = new JsonFramer(LIMIT);
        framer.acceptSentinels();
        List<String> messages = new ArrayList<>();
        framer.feed(Unpooled.wrappedBuffer(bytes("{\"a\":1}{\"b\":2}]\u00ff{\"c\":3}")), (buffer, offset, length) -> {
            messages.add(new String(buffer, offset, length, StandardCharsets.ISO_8859_1));
            if (messages.size() == 1) {
                framer.skipToSentinel();
            }
        });
        assertEquals(List.of("{\"a\":1}", "{\"c\":3}"), messages);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000})
    @DisplayName("is looked for again behind what cannot be read, until it was the right one")
    void seeks(int size) {
        decoder.seekSentinel();
        String large = Framed.objectOf(LIMIT + 1);
        assertEquals(
                List.of("{\"a\":1}", "{\"b\":2}"),
                decoded("{}\u00ffgarbage\u00ff{]}\u00ff" + large + "\u00ff{'a'}\u00ff{\"a\":1}\u00ff{\"b\":2}", size));
        decoder.found();
        assertThrows(MalformedMessageError.class, () -> decoded("\u00ffgarbage", size));
    }

    @Test
    @DisplayName("once found, the limit counts again")
    void limit() {
        decoder.seekSentinel();
        assertEquals(List.of("{}"), decoded("\u00ff{}", 10));
        decoder.found();
        assertInstanceOf(
                MessageTooLargeError.class,
                assertThrows(RuntimeException.class, () -> decoded(Framed.objectOf(LIMIT + 1), 100)));
    }

    @Test
    @DisplayName("very many of them, with garbage between, are survived")
    void many() {
        decoder.seekSentinel();
        assertEquals(List.of("{}"), decoded("\u00ffx".repeat(100_000) + "\u00ff{}", 1 << 20));
    }
}
