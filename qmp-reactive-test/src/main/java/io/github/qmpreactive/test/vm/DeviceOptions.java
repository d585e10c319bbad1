package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.internal.json.QemuJsonWriter;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The arguments of {@code device_add} as QEMU takes them: all are text, and what cannot be is as if it were not there. */
record DeviceOptions(Map<String, String> values) {

    static DeviceOptions of(JsonNode arguments) {
        Map<String, String> values = new HashMap<>();
        for (Map.Entry<String, JsonNode> argument : arguments.properties()) {
            String text = text(argument.getValue());
            if (text != null) {
                values.put(argument.getKey(), text);
            }
        }
        return new DeviceOptions(Map.copyOf(values));
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    String get(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    private static @Nullable String text(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> value.stringValue();
            case BOOLEAN -> value.booleanValue() ? "on" : "off";
            case NUMBER -> QemuJsonWriter.number(value);
            default -> null;
        };
    }
}
