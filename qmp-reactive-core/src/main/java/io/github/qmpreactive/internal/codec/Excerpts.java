package io.github.qmpreactive.internal.codec;

import java.nio.charset.StandardCharsets;

/** The beginning of what was received, fit to be printed in an error. */
final class Excerpts {

    private static final int LENGTH = 120;

    private Excerpts() {}

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
