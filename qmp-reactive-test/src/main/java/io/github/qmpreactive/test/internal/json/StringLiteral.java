package io.github.qmpreactive.test.internal.json;

import java.nio.charset.StandardCharsets;

/** Reads a quoted string as QEMU does: what it takes for Unicode is its own modified UTF-8 without noncharacters. */
final class StringLiteral {

    private final byte[] bytes;
    private final StringBuilder text;
    private int position = 1;

    private StringLiteral(byte[] bytes) {
        this.bytes = bytes;
        this.text = new StringBuilder(bytes.length);
    }

    static String read(byte[] quoted) throws JsonSyntaxException {
        StringLiteral literal = new StringLiteral(quoted);
        while (literal.position < quoted.length - 1) {
            byte b = quoted[literal.position];
            if (b == '\\') {
                literal.escape();
            } else if (b >= 0) {
                literal.text.append((char) b);
                literal.position++;
            } else {
                literal.sequence(b & 0xFF);
            }
        }
        return literal.text.toString();
    }

    private void escape() throws JsonSyntaxException {
        int begin = position;
        int c = bytes[position + 1];
        position += 2;
        switch (c) {
            case '"', '\'', '\\', '/' -> text.append((char) c);
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'n' -> text.append('\n');
            case 'r' -> text.append('\r');
            case 't' -> text.append('\t');
            case 'u' -> unicode(begin);
            default -> throw new JsonSyntaxException("invalid escape sequence in string");
        }
    }

    private void unicode(int begin) throws JsonSyntaxException {
        int codePoint = hex(position);
        position += 4;
        if (codePoint >= Character.MIN_HIGH_SURROGATE
                && codePoint <= Character.MAX_HIGH_SURROGATE
                && at(position) == '\\'
                && at(position + 1) == 'u') {
            int low = hex(position + 2);
            if (low >= Character.MIN_LOW_SURROGATE && low <= Character.MAX_LOW_SURROGATE) {
                codePoint = Character.toCodePoint((char) codePoint, (char) low);
                position += 6;
            } else {
                codePoint = -1;
            }
        }
        if (!isCharacter(codePoint)) {
            int end = Math.min(position, bytes.length);
            String excerpt = new String(bytes, begin, end - begin, StandardCharsets.UTF_8);
            throw new JsonSyntaxException(excerpt + " is not a valid Unicode character");
        }
        text.appendCodePoint(codePoint);
    }

    private int hex(int from) {
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = Character.digit(at(i), 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private int at(int index) {
        return index < bytes.length ? bytes[index] : 0;
    }

    private void sequence(int lead) throws JsonSyntaxException {
        int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        int codePoint = lead & (0x3F >> more);
        boolean valid = lead >= 0xC0 && lead < 0xF8;
        for (int i = 1; i <= more; i++) {
            int next = at(position + i);
            valid &= (next & 0xC0) == 0x80;
            codePoint = codePoint << 6 | (next & 0x3F);
        }
        // Two bytes for NUL are QEMU's exception from the rule that the shortest form alone is valid.
        int shortest = more == 1 ? (codePoint == 0 ? 0 : 0x80) : more == 2 ? 0x800 : 0x10000;
        if (!valid || codePoint < shortest || !isCharacter(codePoint)) {
            throw new JsonSyntaxException("invalid UTF-8 sequence in string");
        }
        text.appendCodePoint(codePoint);
        position += more + 1;
    }

    private static boolean isCharacter(int codePoint) {
        boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        boolean noncharacter = (codePoint >= 0xFDD0 && codePoint <= 0xFDEF) || (codePoint & 0xFFFE) == 0xFFFE;
        return Character.isValidCodePoint(codePoint) && !surrogate && !noncharacter;
    }
}
