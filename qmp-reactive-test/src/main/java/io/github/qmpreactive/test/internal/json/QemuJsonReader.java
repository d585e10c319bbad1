package io.github.qmpreactive.test.internal.json;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Reads a stream of JSON values as QEMU does (its {@code json-streamer.c}): any value counts, with or without white
 * space around it, and after an error it goes on. Not thread-safe.
 */
public final class QemuJsonReader {

    private static final int MAX_NESTING = 1024;
    private static final int MAX_BYTES = 64 * 1024 * 1024;
    private static final int MAX_TOKENS = 2 * 1024 * 1024;

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

    private final Sink sink;
    private final Lexer lexer = new Lexer(this::onToken);
    private final List<Token> tokens = new ArrayList<>();
    private int curly;
    private int square;
    private long bytes;

    /**
     * A reader at the beginning of a stream.
     *
     * @param sink takes what is read
     */
    public QemuJsonReader(Sink sink) {
        this.sink = sink;
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

    private void onToken(Token token) {
        switch (token.type) {
            case LEFT_CURLY -> curly++;
            case RIGHT_CURLY -> curly--;
            case LEFT_SQUARE -> square++;
            case RIGHT_SQUARE -> square--;
            case ERROR -> {
                fail("JSON parse error, stray '" + upToNul(token.bytes) + "'");
                return;
            }
            default -> {}
        }
        bytes += token.bytes.length;
        if (bytes + 1 > MAX_BYTES) {
            fail("JSON token size limit exceeded");
        } else if (tokens.size() + 1 > MAX_TOKENS) {
            fail("JSON token count limit exceeded");
        } else if (curly + square > MAX_NESTING) {
            fail("JSON nesting depth limit exceeded");
        } else {
            tokens.add(token);
            if ((curly <= 0 && square <= 0) || curly < 0 || square < 0) {
                parse();
            }
        }
    }

    private void parse() {
        JsonNode value;
        try {
            value = new TokenParser(tokens).parse();
        } catch (JsonSyntaxException e) {
            fail("JSON parse error, " + e.getMessage());
            return;
        }
        reset();
        sink.onValue(value);
    }

    private void fail(String description) {
        reset();
        sink.onError(description);
    }

    private void reset() {
        tokens.clear();
        curly = 0;
        square = 0;
        bytes = 0;
    }

    private static String upToNul(byte[] bytes) {
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
