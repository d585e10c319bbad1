package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.error.MessageTooLargeError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InboundDecoderTest {

    private static final int LIMIT = 200;

    private final InboundDecoder decoder = new InboundDecoder("[vm] ", LIMIT);
    private final ReadCounter reads = new ReadCounter();
    private final End end = new End();
    private final EmbeddedChannel channel = new EmbeddedChannel(reads, decoder, end);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    /** Counts what is asked of the socket. */
    private static final class ReadCounter extends ChannelOutboundHandlerAdapter {
        int count;

        @Override
        public void read(ChannelHandlerContext ctx) {
            count++;
        }
    }

    /** Keeps what the decoder fires. */
    private static final class End extends ChannelInboundHandlerAdapter {
        final List<Throwable> errors = new ArrayList<>();
        int completions;

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable error) {
            errors.add(error);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            completions++;
        }
    }

    private void receive(byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        channel.writeOneInbound(in);
        assertEquals(0, in.refCnt(), "What was read is released");
    }

    private void receive(String text) {
        receive(text.getBytes(StandardCharsets.UTF_8));
    }

    private void receiveComplete() {
        channel.flushInbound();
    }

    private String next() {
        Inbound message = channel.readInbound();
        return message == null ? null : message.raw().toString();
    }

    @Test
    @DisplayName("P12 greeting, reply and event in one read are three messages, in order")
    void severalInOneRead() {
        receive("{\"QMP\":{}}\r\n{\"return\":{},\"id\":\"#1\"}\r\n{\"event\":\"STOP\"}\r\n");
        assertInstanceOf(Inbound.Hello.class, channel.readInbound());
        assertInstanceOf(Inbound.Reply.class, channel.readInbound());
        assertInstanceOf(Inbound.Event.class, channel.readInbound());
        assertNull(channel.readInbound());
        assertEquals(List.of(), end.errors);
    }

    @Test
    @DisplayName("C1 ASCII escapes are decoded, a pair of escapes for one character even when split anywhere")
    void escapes() {
        byte[] bytes = "{\"return\":\"\\u00fc \\u20ac \\ud83d\\ude00\"}".getBytes(StandardCharsets.US_ASCII);
        for (int cut = 1; cut < bytes.length; cut++) {
            receive(Arrays.copyOf(bytes, cut));
            assertNull(channel.readInbound(), "before the rest");
            assertTrue(decoder.isInsideMessage());
            receive(Arrays.copyOfRange(bytes, cut, bytes.length));
            assertFalse(decoder.isInsideMessage());
            Inbound message = channel.readInbound();
            assertNotNull(message);
            assertEquals(
                    "\u00fc \u20ac \ud83d\ude00", message.raw().path("return").stringValue());
        }
    }

    @Test
    @DisplayName("C1 UTF-8 is read, too, split anywhere")
    void utf8() {
        String text = "{\"return\":\"\u00fc\u20ac\ud83d\ude00\"}";
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            receive(new byte[] {b});
        }
        assertEquals(text, next());
    }

    @Test
    @DisplayName("Whether the stream stands inside of a message is told, for the end of the connection")
    void insideMessage() {
        assertFalse(decoder.isInsideMessage());
        receive("{\"return\"");
        assertTrue(decoder.isInsideMessage());
        receive(":1}\r\n");
        assertFalse(decoder.isInsideMessage());
    }

    @Test
    @DisplayName("What is no bytes passes by, untouched and unreleased")
    void otherMessages() {
        Object other = new Object();
        channel.writeInbound(other);
        assertSame(other, channel.readInbound());
        assertEquals(List.of(), end.errors);
    }

    @Test
    @DisplayName("C47 garbage is one error that names the session; what came before it is handed on, nothing after it")
    void garbage() {
        receive("{\"return\":1}\nhello{\"return\":2}");
        receive("{\"return\":3}");
        receive("hello again");
        assertEquals("{\"return\":1}", next());
        assertNull(next());
        assertEquals(1, end.errors.size());
        MalformedMessageError error = assertInstanceOf(MalformedMessageError.class, end.errors.get(0));
        assertEquals("hello{\"return\":2}", error.excerpt());
        assertEquals(
                "[vm] Expected a JSON object, but received: 17 bytes, maybe a part of a message; is this a QMP monitor?",
                error.getMessage());
        assertNull(error.getCause());
    }

    @Test
    @DisplayName("C7 single-quoted JSON is refused with a typed error")
    void singleQuotes() {
        receive("{'return': {}}");
        assertEquals(1, end.errors.size());
        MalformedMessageError error = assertInstanceOf(MalformedMessageError.class, end.errors.get(0));
        assertEquals("{'return': {}}", error.excerpt());
        assertTrue(error.getMessage().startsWith("[vm] Received something that is not JSON ("), error::getMessage);
        assertNull(error.getCause());
        assertNull(next());
    }

    private String skipped(String text) {
        decoder.seekSentinel();
        receive(text);
        return decoder.lastSkipped();
    }

    @Test
    @DisplayName("P31 of what is skipped a line is quoted that cannot be a part of a message")
    void skippedLine() {
        assertEquals("vm login:", skipped("vm login:\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2\"}, \"id\": 7}",
                "{\"return\": {\"value\": \"hunter2",
                "hunter2\", \"x",
                "hunter2",
            })
    @DisplayName("P31 of what is skipped a part of a message is not quoted, wherever its quotes are")
    void skippedPart(String part) {
        assertEquals(part.length() + " bytes, maybe a part of a message", skipped(part));
        String late = "hunter2".repeat(30) + "\"";
        assertEquals(late.length() + " bytes, maybe a part of a message", skipped("\n" + late));
        assertEquals("512 bytes or more, maybe a part of a message", skipped("\n" + "hunter2".repeat(1000)));
    }

    @Test
    @DisplayName("P31 of a message that is skipped, which may be another client's, only the names of members are told")
    void skippedMessage() {
        assertEquals(
                "a message of return, id",
                skipped("{\"return\": [{\"name\": \"data\", \"value\": \"hunter2\"}], \"id\": 7}"));
        assertEquals("GenericError: busy", skipped("\n{\"error\": {\"class\": \"GenericError\", \"desc\": \"busy\"}}"));
    }

    @Test
    @DisplayName("P18 a message over the limit is one error that names the session, the limit and the option")
    void tooLarge() {
        receive("{\"return\":1}");
        receive(Framed.objectOf(LIMIT));
        receive(Framed.objectOf(LIMIT + 1));
        receive("{\"return\":3}");
        assertEquals("{\"return\":1}", next());
        assertEquals(Framed.objectOf(LIMIT), next());
        assertNull(next());
        assertEquals(1, end.errors.size());
        MessageTooLargeError error = assertInstanceOf(MessageTooLargeError.class, end.errors.get(0));
        assertEquals(LIMIT, error.limit());
        assertEquals("[vm] A message is larger than 200 bytes; maxMessageSize raises the limit", error.getMessage());
    }

    @Test
    @DisplayName("Any other exception is fired as it is, and what was read is released")
    void otherException() {
        RuntimeException unforeseen = new UnsupportedOperationException();
        ByteBuf unreadable = new UnpooledHeapByteBuf(UnpooledByteBufAllocator.DEFAULT, 8, 8) {
            @Override
            public ByteBuf readBytes(byte[] target, int offset, int length) {
                throw unforeseen;
            }
        };
        channel.writeOneInbound(unreadable.writeByte('{'));
        assertEquals(1, end.errors.size());
        assertSame(unforeseen, end.errors.get(0));
        assertEquals(0, unreadable.refCnt());
    }

    @Test
    @DisplayName("Without auto-read the rest of a message is asked for; once a message was handed on, it is not")
    void asksForTheRest() {
        channel.config().setAutoRead(false);
        int before = reads.count;
        receive("{\"return\"");
        receiveComplete();
        assertEquals(before + 1, reads.count);
        assertEquals(1, end.completions);

        receive(":1}{\"ret");
        receiveComplete();
        assertEquals(before + 1, reads.count, "the one who takes messages asks for more");
        assertEquals(2, end.completions);

        receive("urn\":");
        receiveComplete();
        assertEquals(before + 2, reads.count, "what was handed on in an earlier turn does not count");

        receive("\r\n");
        receiveComplete();
        assertEquals(before + 3, reads.count);
        assertEquals(4, end.completions);
    }

    @Test
    @DisplayName("With auto-read the decoder asks for nothing")
    void autoRead() {
        int before = reads.count;
        receive("{\"return\"");
        receiveComplete();
        assertEquals(before + 1, reads.count, "by the channel itself");
        assertEquals(1, end.completions);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    @DisplayName("C47 whatever bytes are broken, the error is one of the library's, and there is one at most")
    void broken(long seed) {
        Random random = new Random(seed);
        byte[] whole = "{\"QMP\":{}}\r\n{\"return\":[1.5e3,null,\"\\u00fc\\n\",true]}\r\n{\"event\":\"STOP\"}"
                .getBytes(StandardCharsets.US_ASCII);
        int refused = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] bytes = whole.clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            End errors = new End();
            EmbeddedChannel broken = new EmbeddedChannel(new InboundDecoder("", LIMIT), errors);
            ByteBuf in = Unpooled.wrappedBuffer(bytes);
            broken.writeInbound(in);
            assertEquals(0, in.refCnt());
            assertTrue(errors.errors.size() <= 1);
            errors.errors.forEach(error -> assertInstanceOf(MalformedMessageError.class, error));
            refused += errors.errors.size();
            broken.finishAndReleaseAll();
        }
        assertTrue(refused > 500, "most of them are noticed: " + refused);
    }
}
