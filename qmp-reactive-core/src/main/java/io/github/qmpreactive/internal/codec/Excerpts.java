package io.github.qmpreactive.internal.codec;

import java.nio.charset.StandardCharsets;

/** The beginning of what was received, fit to be printed in an error. */
final class Excerpts {

    private static final int LENGTH = 120;

    private Excerpts() {}

    /**
     * Bytes that are no message, for the words of an error: quoted only where they cannot be a part of a message, of
     * which the secrets are not told from the rest. Each string of a message has quotes, and one without is as long as
     * the line that is looked at.
     */
    static String inWords(byte[] bytes, int offset, int length) {
        boolean isPart = length >= SkippedLine.MAX_LENGTH;
        for (int i = offset; i < offset + length && !isPart; i++) {
            isPart = bytes[i] == '"';
        }
        return isPart ? length + " bytes that may be a part of a message" : of(bytes, offset, length);
    }

    static String of(byte[] bytes, int offset, int length) {
        String text = new String(bytes, offset, Math.min(length, LENGTH), StandardCharsets.UTF_8);
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().limit(LENGTH).forEach(c -> {
            if (c <= Character.MAX_VALUE && WireText.changesLines((char) c)) {
                printable.append('.');
            } else {
                printable.appendCodePoint(c);
            }
        });
        return printable.toString();
    }
}
