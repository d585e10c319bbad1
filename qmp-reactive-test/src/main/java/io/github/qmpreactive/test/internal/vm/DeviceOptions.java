package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.internal.json.QemuJsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The arguments of {@code device_add} as text.
 *
 * @param values the arguments that can be taken for text, by name
 * @param id its id; null for a device without one
 */
record DeviceOptions(Map<String, String> values, @Nullable String id) {

    static final DeviceOptions NONE = new DeviceOptions(Map.of(), null);

    /** What {@code device_add} takes for itself. */
    static final Set<String> NAMES = Set.of("driver", "bus", "id");

    /**
     * Reads arguments.
     *
     * @param typed whether a value of another type than a string is a mistake, as since QEMU 10; before, numbers and booleans
     *     are taken for text and other values are ignored
     */
    static DeviceOptions of(JsonNode arguments, boolean typed) {
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> argument : arguments.properties()) {
            JsonNode value = argument.getValue();
            boolean isName = NAMES.contains(argument.getKey());
            if (isText(value) && (value.isString() || !(typed && isName))) {
                values.put(argument.getKey(), text(value));
            }
        }
        JsonNode id = arguments.path("id");
        return new DeviceOptions(Map.copyOf(values), id.isString() ? id.stringValue() : null);
    }

    Optional<String> bus() {
        return Optional.ofNullable(values.get("bus"));
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    String get(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    /** A value as text; empty for one that is none. */
    static String text(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> value.stringValue();
            case BOOLEAN -> value.booleanValue() ? "on" : "off";
            case NUMBER -> QemuJsonWriter.number(value);
            default -> "";
        };
    }

    static boolean isText(JsonNode value) {
        return value.isString() || value.isNumber() || value.isBoolean();
    }
}
