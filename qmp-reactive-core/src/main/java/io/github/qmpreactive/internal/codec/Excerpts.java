package io.github.qmpreactive.internal.codec;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;

/** The beginning of what was received, fit to be printed in an error. */
final class Excerpts {

    private static final int LENGTH = 120;

    private Excerpts() {}

    /**
     * Bytes that are no message, for the words of an error: quoted only where they cannot be a part of a message, of
     * which the secrets are not told from the rest. A part that ends with a line has a quote in it, as the strings of
     * messages have no line breaks.
     */
    static String inWords(byte[] bytes, int offset, int length) {
        boolean isLine = false;
        boolean isPart = length >= SkippedLine.MAX_LENGTH;
        for (int i = offset; i < offset + length && !isPart; i++) {
            isLine |= bytes[i] == '\n' || bytes[i] == '\r';
            isPart = bytes[i] == '"';
        }
        if (isPart || !isLine) {
            return (length >= SkippedLine.MAX_LENGTH ? SkippedLine.MAX_LENGTH + " bytes or more" : length + " bytes")
                    + ", maybe a part of a message";
        }
        int end = offset + length;
        while (end > offset && bytes[end - 1] <= ' ' && bytes[end - 1] >= 0) {
            end--;
        }
        return of(bytes, offset, end - offset);
    }

    /**
     * Where JSON cannot be read, for the words of an error. Jackson's own words quote what it read, which may be a secret;
     * those of its limits do not.
     */
    static String place(JacksonException thrown) {
        if (thrown instanceof StreamConstraintsException) {
            return " (" + thrown.getOriginalMessage() + ")";
        }
        TokenStreamLocation at = thrown.getLocation();
        if (at.getByteOffset() >= 0) {
            return " (at byte " + at.getByteOffset() + ")";
        }
        return at.getCharOffset() >= 0 ? " (at character " + at.getCharOffset() + ")" : "";
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
