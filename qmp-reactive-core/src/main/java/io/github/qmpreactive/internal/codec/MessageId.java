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
     *     of 64 bits
     */
    public static @Nullable Object keyOf(JsonNode id) {
        return switch (id.getNodeType()) {
            case STRING -> id.stringValue();
            case NUMBER -> integer(id);
            case BOOLEAN -> id.booleanValue();
            case NULL -> Null.NULL;
            case ARRAY -> list(id);
            case OBJECT -> map(id);
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

    private static @Nullable Object list(JsonNode id) {
        List<Object> keys = new ArrayList<>(id.size());
        for (JsonNode element : id) {
            Object key = keyOf(element);
            if (key == null) {
                return null;
            }
            keys.add(key);
        }
        return keys;
    }

    private static @Nullable Object map(JsonNode id) {
        Map<String, Object> keys = new HashMap<>();
        for (var member : id.properties()) {
            Object key = keyOf(member.getValue());
            if (key == null) {
                return null;
            }
            keys.put(member.getKey(), key);
        }
        return keys;
    }
}
