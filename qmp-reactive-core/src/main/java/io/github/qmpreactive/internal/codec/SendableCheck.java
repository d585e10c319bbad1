package io.github.qmpreactive.internal.codec;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What JSON in memory can hold and QEMU's parser cannot. */
final class SendableCheck {

    private static final String TOO_MANY_TOKENS =
            "it has more than " + WireJson.MAX_TOKENS + " tokens, the most QEMU reads";

    /** The name, the colon and the value of an id, and the comma before it. */
    static final int ID_TOKENS = 4;

    private int tokens;

    private SendableCheck(int tokens) {
        this.tokens = tokens;
    }

    /** Says what is wrong, or null if nothing is. */
    static @Nullable String problemOf(JsonNode node) {
        return problemOf(node, 0);
    }

    /** Says what is wrong if so many tokens come on top, or null if nothing is. */
    static @Nullable String problemOf(JsonNode node, int moreTokens) {
        return new SendableCheck(moreTokens).problemAt(node, 0);
    }

    private @Nullable String problemAt(JsonNode node, int depth) {
        if (++tokens > WireJson.MAX_TOKENS) {
            return TOO_MANY_TOKENS;
        }
        return switch (node.getNodeType()) {
            case OBJECT, ARRAY -> problemOfContainer(node, depth + 1);
            case STRING -> problemOf("a string", node.stringValue());
            case NUMBER ->
                (node.isDouble() || node.isFloat()) && !Double.isFinite(node.doubleValue())
                        ? "a number is " + node.asString() + ", which JSON cannot express"
                        : null;
            case POJO, MISSING -> "a member is of type " + node.getNodeType() + ", which is not JSON";
            case BOOLEAN, NULL, BINARY -> null;
        };
    }

    private @Nullable String problemOfContainer(JsonNode container, int depth) {
        if (depth > WireJson.MAX_DEPTH) {
            return "it nests deeper than " + WireJson.MAX_DEPTH + " levels, the most QEMU reads";
        }
        // Beside its children: the closing bracket and the commas, and of an object the names and the colons.
        tokens += Math.max(1, container.size()) + (container.isObject() ? 2 * container.size() : 0);
        if (tokens > WireJson.MAX_TOKENS) {
            return TOO_MANY_TOKENS;
        }
        for (var member : container.properties()) {
            String problem = problemOf("the name of a member", member.getKey());
            if (problem != null) {
                return problem;
            }
        }
        for (JsonNode child : container) {
            String problem = problemAt(child, depth);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private static @Nullable String problemOf(String what, String text) {
        for (int i = 0; i < text.length(); i++) {
            int c = text.codePointAt(i);
            if (Character.isSupplementaryCodePoint(c)) {
                i++;
            } else if (Character.isSurrogate((char) c)) {
                return what + " holds a lone surrogate, which is not Unicode text";
            }
            if ((c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF)) {
                return String.format("%s holds U+%04X, a noncharacter, which QEMU does not read", what, c);
            }
        }
        return null;
    }
}
