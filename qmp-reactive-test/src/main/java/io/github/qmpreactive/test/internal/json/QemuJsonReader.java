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
        /**
         * Takes a value.
         *
         * @param value the value
         */
        void onValue(JsonNode value);

        /**
         * Takes the description of an error, as QEMU words it.
         *
         * @param description what QEMU says
         */
        void onError(String description);
    }

    private final Lexer lexer;

    private QemuJsonReader(TokenSink tokens) {
        this.lexer = new Lexer(tokens);
    }

    /**
     * A reader at the beginning of a stream, as before QEMU 11.
     *
     * @param sink takes what is read
     */
    public QemuJsonReader(Sink sink) {
        this(new WholeValueSink(sink));
    }

    /**
     * A reader at the beginning of a stream, as since QEMU 11, which reports an error at once and with its position.
     *
     * @param sink takes what is read
     * @return the reader
     */
    public static QemuJsonReader incremental(Sink sink) {
        return new QemuJsonReader(new IncrementalSink(sink));
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
