package io.github.qmpreactive.test.internal.json;

import org.jspecify.annotations.Nullable;

/** Counts the tokens, bytes and brackets of a value, as QEMU's {@code json-streamer.c} does, against QEMU's limits. */
final class InputLimits {

    private static final int MAX_NESTING = 1024;
    private static final int MAX_BYTES = 64 * 1024 * 1024;
    private static final int MAX_TOKENS = 2 * 1024 * 1024;

    private int curly;
    private int square;
    private long bytes;
    private int tokens;

    /** Counts a token; returns which limit it exceeds, as QEMU words it, or null. */
    @Nullable
    String add(Token token) {
        switch (token.type) {
            case LEFT_CURLY -> curly++;
            case RIGHT_CURLY -> curly--;
            case LEFT_SQUARE -> square++;
            case RIGHT_SQUARE -> square--;
            default -> {}
        }
        bytes += token.bytes.length;
        tokens++;
        if (bytes + 1 > MAX_BYTES) {
            return "JSON token size limit exceeded";
        }
        if (tokens > MAX_TOKENS) {
            return "JSON token count limit exceeded";
        }
        return curly + square > MAX_NESTING ? "JSON nesting depth limit exceeded" : null;
    }

    /** Whether every bracket is closed, or one was closed that was never opened. */
    boolean isBalanced() {
        return (curly <= 0 && square <= 0) || curly < 0 || square < 0;
    }

    void reset() {
        curly = 0;
        square = 0;
        bytes = 0;
        tokens = 0;
    }
}
