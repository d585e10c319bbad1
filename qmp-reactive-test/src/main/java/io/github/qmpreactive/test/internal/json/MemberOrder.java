package io.github.qmpreactive.test.internal.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The order in which QEMU goes through the members of an object: that of its hash table ({@code qdict.c}). */
public final class MemberOrder {

    private static final int BUCKETS = 512;

    private MemberOrder() {}

    /** The members of an object in QEMU's order. */
    public static List<Map.Entry<String, JsonNode>> of(JsonNode object) {
        List<Map.Entry<String, JsonNode>> members = new ArrayList<>(object.properties());
        if (members.size() > 1) {
            // The newest member comes first in its bucket.
            Collections.reverse(members);
            members.sort(Comparator.comparingInt(member -> bucket(member.getKey())));
        }
        return members;
    }

    /**
     * The members of an object in the order of a copy of it, as QEMU makes one of the arguments of {@code device_add}.
     */
    public static List<Map.Entry<String, JsonNode>> ofCopy(JsonNode object) {
        List<Map.Entry<String, JsonNode>> members = new ArrayList<>(object.properties());
        members.sort(Comparator.comparingInt(member -> bucket(member.getKey())));
        return members;
    }

    private static int bucket(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int value = 0x238F13AF * bytes.length;
        for (int i = 0; i < bytes.length; i++) {
            value += (bytes[i] & 0xFF) << (i * 5 % 24);
        }
        return Integer.remainderUnsigned(1103515243 * value + 12345, BUCKETS);
    }
}
