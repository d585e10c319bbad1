package io.github.qmpreactive.test.internal.json;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads a stream of JSON objects and arrays, wherever it is split, with or without white space around them. Goes on after
 * an error, as QEMU does: behind the value that is wrong, or behind a stray byte, which drops the value that is incomplete.
 * Not thread-safe.
 */
public final class QemuJsonReader {

    /** Takes what was read, in order. */
    public interface Sink {
        void onValue(JsonNode value);

        void onError(String description);
    }

    private static final String STRUCTURE = "{}[]:,";
    private static final int FIRST_INVALID = 0xFE;

    private final Sink sink;
    private final boolean incremental;

    /** Of the next byte: both begin with 1. */
    private int line = 1;

    private int column = 1;

    /** Whether a stray byte came, and nothing yet that may begin a value. */
    private boolean recovering;

    /** How many brackets of the value are open; 0 between values. */
    private int depth;

    /** The quote that ends the string; 0 outside of strings. */
    private int quote;

    private boolean escaped;
    private ValueParser parser = new ValueParser(1, 1);

    /** What is wrong with the value that is being read; the rest of it is not looked at. */
    private @Nullable String error;

    /**
     * A reader at the beginning of a stream.
     *
     * @param incremental whether an error is reported at once and with its position, as since QEMU 11, or at the end of
     *     the value and without
     */
    public QemuJsonReader(Sink sink, boolean incremental) {
        this.sink = sink;
        this.incremental = incremental;
    }

    /**
     * Takes what has come.
     *
     * @param in is read to its end; stays the caller's to release
     */
    public void feed(ByteBuf in) {
        byte[] bytes = new byte[in.readableBytes()];
        in.readBytes(bytes);
        int begin = 0;
        for (int i = 0; i < bytes.length; i++) {
            int b = bytes[i] & 0xFF;
            if (b >= FIRST_INVALID || (b < ' ' && (quote != 0 || !isSpace(b)))) {
                onStray(b);
            } else if (depth > 0) {
                onInside(b);
                if (depth == 0) {
                    parse(bytes, begin, i + 1);
                    end();
                }
            } else if (begins(b)) {
                begin = i;
            }
            count(b);
        }
        if (depth > 0) {
            parse(bytes, begin, bytes.length);
        }
    }

    private boolean begins(int b) {
        recovering &= b >= ' ' && STRUCTURE.indexOf(b) < 0;
        if (recovering || isSpace(b)) {
            return false;
        }
        if (b != '{' && b != '[') {
            onStray(b);
            return false;
        }
        depth = 1;
        parser = new ValueParser(line, column);
        return true;
    }

    private void onInside(int b) {
        if (escaped) {
            escaped = false;
        } else if (quote != 0) {
            escaped = b == '\\';
            quote = b == quote ? 0 : quote;
        } else if (b == '"' || b == '\'') {
            quote = b;
        } else if (b == '{' || b == '[') {
            depth++;
        } else if (b == '}' || b == ']') {
            depth--;
        }
    }

    private void onStray(int b) {
        boolean isReported = incremental && error != null;
        reset();
        recovering = true;
        if (!isReported) {
            sink.onError(at(line, column) + "JSON parse error, stray '" + (b < 0x80 ? (char) b : '\uFFFD') + "'");
        }
    }

    private void parse(byte[] bytes, int from, int to) {
        if (error != null) {
            return;
        }
        ValueParser.Problem problem = parser.feed(bytes, from, to);
        if (problem != null) {
            error = at(problem.line(), problem.column()) + "JSON parse error, " + problem.description();
            if (incremental) {
                sink.onError(error);
            }
        }
    }

    private void end() {
        String problem = error;
        JsonNode value = problem == null ? parser.value() : null;
        reset();
        if (value != null) {
            sink.onValue(value);
        } else if (problem != null && !incremental) {
            sink.onError(problem);
        }
    }

    private void reset() {
        depth = 0;
        quote = 0;
        escaped = false;
        error = null;
    }

    private void count(int b) {
        line += b == '\n' ? 1 : 0;
        column = b == '\n' ? 1 : column + 1;
    }

    private String at(int atLine, int atColumn) {
        return incremental ? atLine + ":" + atColumn + ": " : "";
    }

    private static boolean isSpace(int b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }
}
