package io.github.qmpreactive.internal.codec;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Ids as values: an id comes back from QEMU equal in value, but not in spelling. Two ids are the same if their keys
 * are equal.
 */
public final class MessageId {

    private enum Null {
        NULL
    }

    private static final BigInteger MAX = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

    private MessageId() {}

    /**
     * The key of an id.
     *
     * @param id any JSON
     * @return the key, or null if QEMU does not hand such an id back as it was: one with a number that is no integer
     *     of 64 bits, or that nests deeper than any that QEMU reads
     */
    public static @Nullable Object keyOf(JsonNode id) {
        return keyOf(id, 0);
    }

    private static @Nullable Object keyOf(JsonNode id, int depth) {
        return switch (id.getNodeType()) {
            case STRING -> id.stringValue();
            case NUMBER -> integer(id);
            case BOOLEAN -> id.booleanValue();
            case NULL -> Null.NULL;
            case ARRAY -> list(id, depth + 1);
            case OBJECT -> map(id, depth + 1);
            case MISSING, BINARY, POJO -> null;
        };
    }

    private static @Nullable Object integer(JsonNode id) {
        if (!id.isIntegralNumber()) {
            return null;
        }
        if (id.canConvertToLong()) {
            return id.longValue();
        }
        BigInteger value = id.bigIntegerValue();
        return value.signum() > 0 && value.compareTo(MAX) <= 0 ? value : null;
    }

    private static @Nullable Object list(JsonNode id, int depth) {
        if (depth > WireJson.MAX_DEPTH) {
            return null;
        }
        List<Object> keys = new ArrayList<>(id.size());
        for (JsonNode element : id) {
            Object key = keyOf(element, depth);
            if (key == null) {
                return null;
            }
            keys.add(key);
        }
        return keys;
    }

    private static @Nullable Object map(JsonNode id, int depth) {
        if (depth > WireJson.MAX_DEPTH) {
            return null;
        }
        Map<String, Object> keys = new HashMap<>();
        for (var member : id.properties()) {
            Object key = keyOf(member.getValue(), depth);
            if (key == null) {
                return null;
            }
            keys.put(member.getKey(), key);
        }
        return keys;
    }
}
