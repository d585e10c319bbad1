package io.github.qmpreactive.test.internal.agent;

import static io.github.qmpreactive.test.internal.vm.machine.QmpRefusal.generic;

import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The arguments of a command; refuses with a {@link QmpRefusal}, in the agent's words, what the agent refuses. */
record Arguments(JsonNode json) {

    /** Refuses what the command does not know. */
    Arguments allowing(Set<String> names) {
        json.propertyNames().stream()
                .filter(name -> !names.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw generic("Parameter '" + name + "' is unexpected");
                });
        return this;
    }

    JsonNode required(String name) {
        JsonNode value = json.get(name);
        if (value == null) {
            throw generic("Parameter '" + name + "' is missing");
        }
        return value;
    }

    String string(String name) {
        JsonNode value = required(name);
        require(value.isString(), name, "string");
        return value.stringValue();
    }

    String string(String name, String otherwise) {
        return json.has(name) ? string(name) : otherwise;
    }

    long integer(String name) {
        JsonNode value = required(name);
        require(value.isIntegralNumber() && value.canConvertToLong(), name, "integer");
        return value.longValue();
    }

    /** A number of bytes, within a limit. */
    int count(int otherwise, int most) {
        long count = json.has("count") ? integer("count") : otherwise;
        if (count < 0 || count > most) {
            throw generic("value '" + count + "' is invalid for argument count");
        }
        return (int) count;
    }

    List<String> strings(String name) {
        JsonNode value = json.path(name);
        require(value.isMissingNode() || value.isArray(), name, "array");
        int index = 0;
        for (JsonNode element : value) {
            require(element.isString(), name + "[" + index++ + "]", "string");
        }
        return value.valueStream().map(JsonNode::stringValue).toList();
    }

    byte[] bytes(String name) {
        try {
            return Base64.getDecoder().decode(string(name));
        } catch (IllegalArgumentException e) {
            throw generic("Base64 data contains invalid characters");
        }
    }

    @Nullable
    JsonNode optional(String name) {
        return json.get(name);
    }

    static void require(boolean condition, String name, String type) {
        if (!condition) {
            throw generic("Invalid parameter type for '" + name + "', expected: " + type);
        }
    }

    static QmpRefusal unknownValue(String name, String value) {
        return generic("Parameter '" + name + "' does not accept value '" + value + "'");
    }
}
