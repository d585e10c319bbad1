package io.github.qmpreactive.internal.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Writes trees as compact UTF-8 into a buffer that grows up to what QEMU reads. A command is a few dozen bytes, of which
 * a generator of Jackson's costs several times as much as writing them does.
 */
final class CompactJson {

    /** A message has grown over what QEMU reads. */
    static final class Overflow extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Overflow() {
            super(null, null, false, false);
        }
    }

    private static final int INITIAL_SIZE = 128;
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'};

    private byte[] bytes = new byte[INITIAL_SIZE];
    private int length;

    /** What was written. */
    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    /** What was written, with room for more behind it. */
    byte[] toByteArray(int more) {
        return Arrays.copyOf(bytes, length + more);
    }

    int length() {
        return length;
    }

    void raw(char ascii) {
        ensure(1);
        bytes[length++] = (byte) ascii;
    }

    /** Writes what is ASCII and needs no escape. */
    void raw(String ascii) {
        int end = ascii.length();
        ensure(end);
        for (int i = 0; i < end; i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
    }

    private void raw(byte[] source) {
        ensure(source.length);
        System.arraycopy(source, 0, bytes, length, source.length);
        length += source.length;
    }

    /** Writes what {@link SendableCheck} has nothing against: no lone surrogate, and no nesting that would be too deep here. */
    void value(JsonNode node) {
        switch (node.getNodeType()) {
            case OBJECT -> {
                raw('{');
                members(node, null);
                raw('}');
            }
            case ARRAY -> {
                char before = '[';
                for (JsonNode element : node) {
                    raw(before);
                    value(element);
                    before = ',';
                }
                raw(before == '[' ? "[]" : "]");
            }
            case STRING -> string(node.stringValue());
            // Binary data is text in JSON: base64
            case BINARY -> string(node.asString());
            case NULL -> raw("null");
            default -> raw(node.asString());
        }
    }

    /** Writes the members of an object, without its braces, but for one of them; null for all of them. */
    void members(JsonNode object, @Nullable String without) {
        boolean first = true;
        for (var member : object.properties()) {
            if (!member.getKey().equals(without)) {
                if (!first) {
                    raw(',');
                }
                first = false;
                string(member.getKey());
                raw(':');
                value(member.getValue());
            }
        }
    }

    private void string(String text) {
        raw('"');
        int end = text.length();
        ensure(end);
        int i = 0;
        for (; i < end && isPlain(text.charAt(i)); i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
        for (; i < end; i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                raw(c);
            } else if (c < ' ' || c == '"' || c == '\\') {
                escape(c);
            } else {
                int point = text.codePointAt(i);
                raw(Character.toString(point).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(point) - 1;
            }
        }
        raw('"');
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x80 && c != '"' && c != '\\';
    }

    private void escape(char c) {
        raw('\\');
        switch (c) {
            case '"', '\\' -> raw(c);
            case '\b' -> raw('b');
            case '\f' -> raw('f');
            case '\n' -> raw('n');
            case '\r' -> raw('r');
            case '\t' -> raw('t');
            default -> {
                raw("u00");
                raw((char) HEX[c >> 4]);
                raw((char) HEX[c & 15]);
            }
        }
    }

    private void ensure(int more) {
        if (more > bytes.length - length) {
            if (more > WireJson.MAX_COMMAND_BYTES + 1 - length) {
                throw new Overflow();
            }
            int size = Math.max(length + more, 2 * bytes.length);
            bytes = Arrays.copyOf(bytes, Math.min(size, WireJson.MAX_COMMAND_BYTES + 1));
        }
    }
}
