package io.github.qmpreactive.message;

import tools.jackson.databind.JsonNode;

/** Whether JSON holds other JSON: members may be more, values are compared as values. */
final class SubTree {

    private SubTree() {}

    static boolean isIn(JsonNode whole, JsonNode part) {
        return switch (part.getNodeType()) {
            case OBJECT -> whole.isObject() && hasMembers(whole, part);
            case ARRAY -> whole.isArray() && whole.size() == part.size() && hasElements(whole, part);
            case NUMBER -> whole.isNumber() && isSameNumber(whole, part);
            default -> whole.equals(part);
        };
    }

    /** 1, 1.0 and 1L are one number to QEMU. */
    private static boolean isSameNumber(JsonNode whole, JsonNode part) {
        if (isFinite(whole) && isFinite(part)) {
            return whole.decimalValue().compareTo(part.decimalValue()) == 0;
        }
        // 1e999 is read as infinity, which has no decimal value.
        return isFinite(whole) == isFinite(part) && Double.compare(whole.doubleValue(), part.doubleValue()) == 0;
    }

    private static boolean isFinite(JsonNode number) {
        return !(number.isDouble() || number.isFloat()) || Double.isFinite(number.doubleValue());
    }

    private static boolean hasMembers(JsonNode whole, JsonNode part) {
        for (var member : part.properties()) {
            JsonNode there = whole.get(member.getKey());
            if (there == null || !isIn(there, member.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasElements(JsonNode whole, JsonNode part) {
        for (int i = 0; i < part.size(); i++) {
            if (!isIn(whole.path(i), part.path(i))) {
                return false;
            }
        }
        return true;
    }
}
