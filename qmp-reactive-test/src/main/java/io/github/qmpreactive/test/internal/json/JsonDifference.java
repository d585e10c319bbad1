package io.github.qmpreactive.test.internal.json;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One place where JSON is not what was expected. Members are compared whatever their order, numbers by their value.
 *
 * @param path from the root, for example {@code arguments.list[2].id}; empty for the whole
 * @param expected what was expected there; null if nothing was
 * @param received what is there; null if nothing is
 */
public record JsonDifference(
        String path, @Nullable JsonNode expected, @Nullable JsonNode received) {

    /**
     * Compares.
     *
     * @param expected what was expected
     * @param received what came
     * @return the differences, each as deep inside as can be; none if both are equal
     */
    public static List<JsonDifference> between(JsonNode expected, JsonNode received) {
        List<JsonDifference> differences = new ArrayList<>();
        compare("", expected, received, differences);
        return List.copyOf(differences);
    }

    private static void compare(
            String path, @Nullable JsonNode expected, @Nullable JsonNode received, List<JsonDifference> differences) {
        if (expected == null || received == null) {
            differences.add(new JsonDifference(path, expected, received));
        } else if (expected.isObject() && received.isObject()) {
            Set<String> names = new LinkedHashSet<>(expected.propertyNames());
            names.addAll(received.propertyNames());
            for (String name : names) {
                compare(path.isEmpty() ? name : path + "." + name, expected.get(name), received.get(name), differences);
            }
        } else if (expected.isArray() && received.isArray()) {
            for (int i = 0; i < Math.max(expected.size(), received.size()); i++) {
                compare(path + "[" + i + "]", expected.get(i), received.get(i), differences);
            }
        } else if (!isSame(expected, received)) {
            differences.add(new JsonDifference(path, expected, received));
        }
    }

    /** 1, 1.0 and 1L are one number to QEMU. */
    private static boolean isSame(JsonNode expected, JsonNode received) {
        boolean numbers = expected.isNumber() && received.isNumber();
        return numbers ? expected.decimalValue().compareTo(received.decimalValue()) == 0 : expected.equals(received);
    }

    /** For people: {@code arguments.id: expected "a", received "b"}. */
    @Override
    public String toString() {
        String where = path.isEmpty() ? "the message" : path;
        if (expected == null) {
            return where + ": not expected, received " + received;
        }
        return where + ": expected " + expected + (received == null ? ", which is missing" : ", received " + received);
    }
}
