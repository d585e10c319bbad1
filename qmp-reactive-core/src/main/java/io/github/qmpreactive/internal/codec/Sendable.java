package io.github.qmpreactive.internal.codec;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What JSON in memory can hold and QEMU's parser cannot. */
final class Sendable {

    private Sendable() {}

    /** Says what is wrong, or null if nothing is. */
    static @Nullable String problemOf(JsonNode node) {
        return problemOf(node, 0);
    }

    private static @Nullable String problemOf(JsonNode node, int depth) {
        return switch (node.getNodeType()) {
            case OBJECT, ARRAY -> problemOfContainer(node, depth + 1);
            case STRING ->
                hasLoneSurrogate(node.stringValue())
                        ? "a string holds a lone surrogate, which is no Unicode text"
                        : null;
            case NUMBER ->
                (node.isDouble() || node.isFloat()) && !Double.isFinite(node.doubleValue())
                        ? "a number is " + node.asString() + ", which JSON cannot express"
                        : null;
            case POJO, MISSING -> "a member is of type " + node.getNodeType() + ", which is not JSON";
            case BOOLEAN, NULL, BINARY -> null;
        };
    }

    private static @Nullable String problemOfContainer(JsonNode container, int depth) {
        if (depth > WireJson.MAX_DEPTH) {
            return "it nests deeper than " + WireJson.MAX_DEPTH + " levels, the most QEMU reads";
        }
        for (var member : container.properties()) {
            if (hasLoneSurrogate(member.getKey())) {
                return "the name of a member holds a lone surrogate, which is no Unicode text";
            }
        }
        for (JsonNode child : container) {
            String problem = problemOf(child, depth);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
    }
}
