package io.github.qmpreactive.test.internal.json;

import io.netty.buffer.ByteBuf;
import tools.jackson.databind.JsonNode;

/**
 * Reads a stream of JSON values as QEMU does (its {@code json-streamer.c}): any value counts, with or without white
 * space around it, and after an error it goes on. Not thread-safe.
 */
public final class QemuJsonReader {

    /** Takes what was read, in order. */
    public interface Sink {
        /** Takes a value. */
        void onValue(JsonNode value);

        /** Takes the description of an error, as QEMU words it. */
        void onError(String description);
    }

    private final Lexer lexer;

    /**
     * A reader at the beginning of a stream.
     *
     * @param incremental whether an error is reported at once and with its position, as since QEMU 11
     */
    public QemuJsonReader(Sink sink, boolean incremental) {
        this.lexer = new Lexer(new ValueReader(sink, incremental));
    }

    /**
     * Takes what has come.
     *
     * @param in is read to its end; stays the caller's to release
     */
    public void feed(ByteBuf in) {
        in.forEachByte(b -> {
            lexer.feed(b);
            return true;
        });
        in.skipBytes(in.readableBytes());
    }
}
