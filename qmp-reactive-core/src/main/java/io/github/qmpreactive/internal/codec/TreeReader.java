package io.github.qmpreactive.internal.codec;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the JSON that QEMU writes nearly always: ASCII, integers of up to 18 digits, nesting that is not deep. Whatever
 * else comes, right or wrong, it leaves to Jackson, which takes about twice as long for messages of this size; so it has
 * no errors of its own.
 */
final class TreeReader {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int MAX_DEPTH = 64;
    private static final int MAX_DIGITS = 18;
    private static final int END = -1;

    private final byte[] bytes;
    private final int end;
    private int position;

    private TreeReader(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.position = offset;
        this.end = offset + length;
    }

    /** The object that these bytes hold, or null if Jackson has to read them. */
    static @Nullable ObjectNode read(byte[] bytes, int offset, int length) {
        TreeReader reader = new TreeReader(bytes, offset, length);
        ObjectNode object = reader.next() == '{' ? reader.object(1) : null;
        return reader.position == reader.end ? object : null;
    }

    /** The next byte that is no white space. */
    private int next() {
        while (position < end) {
            byte b = bytes[position++];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return b;
            }
        }
        return END;
    }

    private @Nullable ObjectNode object(int depth) {
        ObjectNode object = NODES.objectNode();
        int b = next();
        if (b == '}') {
            return object;
        }
        while (b == '"') {
            String name = name();
            if (name == null || next() != ':') {
                return null;
            }
            JsonNode value = value(next(), depth);
            if (value == null) {
                return null;
            }
            object.set(name, value);
            b = next();
            if (b == '}') {
                return object;
            }
            b = b == ',' ? next() : END;
        }
        return null;
    }

    private @Nullable ArrayNode array(int depth) {
        ArrayNode array = NODES.arrayNode();
        int b = next();
        if (b == ']') {
            return array;
        }
        while (true) {
            JsonNode value = value(b, depth);
            if (value == null) {
                return null;
            }
            array.add(value);
            b = next();
            if (b == ']') {
                return array;
            }
            if (b != ',') {
                return null;
            }
            b = next();
        }
    }

    private @Nullable JsonNode value(int first, int depth) {
        return switch (first) {
            case '"' -> string();
            case '{' -> depth < MAX_DEPTH ? object(depth + 1) : null;
            case '[' -> depth < MAX_DEPTH ? array(depth + 1) : null;
            case 't' -> literal("true", NODES.booleanNode(true));
            case 'f' -> literal("false", NODES.booleanNode(false));
            case 'n' -> literal("null", NODES.nullNode());
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> integer(first);
            default -> null;
        };
    }

    private @Nullable JsonNode literal(String text, JsonNode value) {
        int start = position - 1;
        if (text.length() > end - start) {
            return null;
        }
        for (int i = 1; i < text.length(); i++) {
            if (bytes[start + i] != text.charAt(i)) {
                return null;
            }
        }
        position = start + text.length();
        return value;
    }

    private @Nullable JsonNode integer(int first) {
        boolean negative = first == '-';
        int start = negative ? position : position - 1;
        long value = 0;
        int i = start;
        for (; i < end && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            if (i - start == MAX_DIGITS) {
                return null;
            }
            value = 10 * value + bytes[i] - '0';
        }
        boolean ends = i < end && (bytes[i] == ',' || bytes[i] == '}' || bytes[i] == ']' || bytes[i] <= ' ');
        // Neither -0 nor 01
        if (!ends || i == start || (bytes[start] == '0' && (negative || i - start > 1))) {
            return null;
        }
        position = i;
        long signed = negative ? -value : value;
        return (int) signed == signed ? NODES.numberNode((int) signed) : NODES.numberNode(signed);
    }

    private @Nullable String name() {
        int start = position;
        int hash = 0;
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            if (b == '"') {
                position = i + 1;
                return NameCache.of(bytes, start, i - start, hash);
            }
            // What is no ASCII is negative.
            if (b < ' ' || b == '\\') {
                return null;
            }
            hash = 31 * hash + b;
        }
        return null;
    }

    private @Nullable JsonNode string() {
        int start = position;
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            if (b == '"') {
                position = i + 1;
                return NODES.stringNode(new String(bytes, start, i - start, StandardCharsets.ISO_8859_1));
            }
            if (b < ' ') {
                return null;
            }
            if (b == '\\') {
                return escaped(start, i);
            }
        }
        return null;
    }

    private @Nullable JsonNode escaped(int start, int firstEscape) {
        StringBuilder text = new StringBuilder(2 * (firstEscape - start) + 16);
        text.append(new String(bytes, start, firstEscape - start, StandardCharsets.ISO_8859_1));
        position = firstEscape;
        while (position < end) {
            byte b = bytes[position++];
            if (b == '"') {
                return NODES.stringNode(text.toString());
            }
            int c = b == '\\' ? escape() : b;
            if (b < ' ' || c < 0) {
                return null;
            }
            text.append((char) c);
        }
        return null;
    }

    /** What stands behind a backslash, or a negative number if that is for Jackson. */
    private int escape() {
        int b = position < end ? bytes[position++] : END;
        return switch (b) {
            case '"', '\\', '/' -> b;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> END;
        };
    }

    private int unicode() {
        int c = 0;
        for (int i = 0; i < 4; i++) {
            int digit = position < end ? Character.digit(bytes[position++], 16) : -1;
            if (digit < 0) {
                return END;
            }
            c = 16 * c + digit;
        }
        // Two of them make one character, and one alone none.
        return Character.isSurrogate((char) c) ? END : c;
    }
}
