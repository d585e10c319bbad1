package io.github.qmpreactive.test.vm;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A parameter of a command, which is text in all that a {@link FakeVm} knows; {@code values} is empty for any text. */
record Parameter(String name, boolean required, List<String> values) {

    static Parameter required(String name) {
        return new Parameter(name, true, List.of());
    }

    static Parameter oneOf(String name, List<String> values) {
        return new Parameter(name, false, values);
    }

    /**
     * Checks arguments as QEMU does, and in its order: those that are known, as they are declared; then whether there are
     * others.
     *
     * @throws QmpRefusal with QEMU's words for the first thing that is wrong
     */
    static void check(List<Parameter> parameters, JsonNode arguments) {
        parameters.forEach(parameter -> parameter.check(arguments.get(parameter.name)));
        for (Map.Entry<String, JsonNode> member : arguments.properties()) {
            if (parameters.stream().noneMatch(p -> p.name.equals(member.getKey()))) {
                throw QmpRefusal.generic("Parameter '" + member.getKey() + "' is unexpected");
            }
        }
    }

    static List<Parameter> list(Parameter... parameters) {
        return Arrays.asList(parameters);
    }

    private void check(@Nullable JsonNode value) {
        if (value == null) {
            if (required) {
                throw QmpRefusal.generic("Parameter '" + name + "' is missing");
            }
            return;
        }
        if (!value.isString()) {
            throw QmpRefusal.generic("Invalid parameter type for '" + name + "', expected: string");
        }
        if (!values.isEmpty() && !values.contains(value.stringValue())) {
            throw QmpRefusal.generic("Parameter '" + name + "' does not accept value '" + value.stringValue() + "'");
        }
    }
}
