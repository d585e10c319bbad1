package io.github.qmpreactive.message;

import tools.jackson.databind.JsonNode;

/** Whether JSON holds other JSON: members may be more, values are compared as values. */
final class SubTree {

    private SubTree() {}

    static boolean isIn(JsonNode whole, JsonNode part) {
        return switch (part.getNodeType()) {
            case OBJECT -> whole.isObject() && hasMembers(whole, part);
            case ARRAY -> whole.isArray() && whole.size() == part.size() && hasElements(whole, part);
            // 1, 1.0 and 1L are one number to QEMU.
            case NUMBER -> whole.isNumber() && whole.decimalValue().compareTo(part.decimalValue()) == 0;
            default -> whole.equals(part);
        };
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
