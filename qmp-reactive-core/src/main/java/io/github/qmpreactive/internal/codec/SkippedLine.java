package io.github.qmpreactive.internal.codec;

import java.util.Arrays;

/** Keeps the last line that is not blank of what is skipped, or its beginning if it is long. Not thread-safe. */
final class SkippedLine {

    static final int MAX_LENGTH = 512;

    private byte[] last = {};
    private byte[] line = {};
    private int length;

    void add(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b == '\n' || b == '\r') {
                endLine();
            } else if (length < MAX_LENGTH && (length > 0 || b != ' ')) {
                if (length == line.length) {
                    line = Arrays.copyOf(line, MAX_LENGTH);
                }
                line[length++] = b;
            }
        }
    }

    /** The bytes, with a line break if one has come; none if nothing was skipped. */
    byte[] bytes() {
        return length > 0 ? Arrays.copyOf(line, length) : last.clone();
    }

    private void endLine() {
        if (length > 0) {
            last = Arrays.copyOf(line, length + 1);
            last[length] = '\n';
            length = 0;
        }
    }
}
