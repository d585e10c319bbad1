package io.github.qmpreactive.test.internal.json;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Writes JSON as QEMU does (its {@code json-writer.c}): ASCII alone, doubles with 17 digits, members in the order of
 * QEMU's hash table, which is no order that a client could count on.
 */
public final class QemuJsonWriter {

    private static final MathContext DOUBLE = new MathContext(17, RoundingMode.HALF_EVEN);

    private final StringBuilder out = new StringBuilder(64);
    private final boolean pretty;
    private int depth;

    private QemuJsonWriter(boolean pretty) {
        this.pretty = pretty;
    }

    /**
     * A message as QEMU sends it, its CRLF included.
     *
     * @param pretty whether over several lines, as a monitor with {@code pretty=on} does
     */
    public static byte[] line(JsonNode message, boolean pretty) {
        QemuJsonWriter writer = new QemuJsonWriter(pretty);
        writer.value(message);
        writer.out.append("\r\n");
        return writer.out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A number as QEMU writes it. */
    public static String number(JsonNode number) {
        return number.isIntegralNumber() ? number.asString() : number(number.doubleValue());
    }

    private void value(JsonNode node) {
        switch (node.getNodeType()) {
            case OBJECT -> object(node);
            case ARRAY -> array(node);
            case STRING -> string(node.stringValue());
            case NUMBER -> out.append(number(node));
            case BOOLEAN -> out.append(node.booleanValue());
            default -> out.append("null");
        }
    }

    private void object(JsonNode node) {
        out.append('{');
        depth++;
        boolean first = true;
        for (Map.Entry<String, JsonNode> member : MemberOrder.of(node)) {
            separate(first);
            first = false;
            string(member.getKey());
            out.append(": ");
            value(member.getValue());
        }
        depth--;
        newLine();
        out.append('}');
    }

    private void array(JsonNode node) {
        out.append('[');
        depth++;
        boolean first = true;
        for (JsonNode element : node) {
            separate(first);
            first = false;
            value(element);
        }
        depth--;
        newLine();
        out.append(']');
    }

    private void separate(boolean first) {
        if (!first) {
            out.append(pretty ? "," : ", ");
        }
        newLine();
    }

    private void newLine() {
        if (pretty) {
            out.append("\r\n").append("    ".repeat(depth));
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            character(text, i);
        }
        out.append('"');
    }

    private void character(String text, int index) {
        char c = text.charAt(index);
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (c >= 0x20 && c < 0x7F) {
                    out.append(c);
                } else {
                    escape(isLoneSurrogate(text, index) ? '\uFFFD' : c);
                }
            }
        }
    }

    private static boolean isLoneSurrogate(String text, int index) {
        char c = text.charAt(index);
        if (Character.isHighSurrogate(c)) {
            return index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1));
        }
        return Character.isLowSurrogate(c) && (index == 0 || !Character.isHighSurrogate(text.charAt(index - 1)));
    }

    private void escape(char unit) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append("0123456789ABCDEF".charAt(unit >> shift & 0xF));
        }
    }

    /** As C's {@code %.17g}. */
    private static String number(double value) {
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        if (!Double.isFinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        BigDecimal rounded = new BigDecimal(value).round(DOUBLE);
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < 17) {
            return rounded.stripTrailingZeros().toPlainString();
        }
        String mantissa = rounded.movePointLeft(exponent).stripTrailingZeros().toPlainString();
        String digits = Integer.toString(Math.abs(exponent));
        return mantissa + (exponent < 0 ? "e-" : "e+") + (digits.length() < 2 ? "0" : "") + digits;
    }
}
