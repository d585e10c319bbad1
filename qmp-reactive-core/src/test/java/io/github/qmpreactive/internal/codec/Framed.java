package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A framer with a memory: what it handed on, and which array it was in. */
final class Framed {

    final JsonFramer framer;
    final List<String> messages = new ArrayList<>();
    final List<Integer> offsets = new ArrayList<>();
    final List<byte[]> buffers = new ArrayList<>();

    Framed(int limit) {
        framer = new JsonFramer(limit);
    }

    Framed feed(String text) {
        return feed(text.getBytes(StandardCharsets.UTF_8));
    }

    Framed feed(byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        try {
            framer.feed(in, (buffer, offset, length) -> {
                messages.add(new String(buffer, offset, length, StandardCharsets.UTF_8));
                offsets.add(offset);
                buffers.add(buffer);
            });
        } finally {
            assertEquals(0, in.readableBytes(), "The framer reads all that it is given");
            assertEquals(1, in.refCnt(), "The framer leaves the buffer to its caller");
        }
        return this;
    }

    /** Feeds pieces of one size; the last may be smaller. */
    Framed feedInPieces(String text, int size) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += size) {
            feed(java.util.Arrays.copyOfRange(bytes, from, Math.min(from + size, bytes.length)));
        }
        return this;
    }

    /** An object of exactly so many bytes, 8 at least. */
    static String objectOf(int bytes) {
        return "{\"a\":\"" + "x".repeat(bytes - 8) + "\"}";
    }
}
