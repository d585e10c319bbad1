package io.github.qmpreactive.declare;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Turns the arguments of a call into JSON. */
final class ArgumentValues {

    private ArgumentValues() {}

    /**
     * Adds an argument, unless it is an empty Optional.
     *
     * @throws IllegalArgumentException if it cannot be turned into JSON
     */
    static void put(ObjectNode arguments, String command, String name, Object value, JsonMapper mapper) {
        if (value instanceof JsonNode json) {
            arguments.set(name, json);
            return;
        }
        JsonNode json;
        try {
            json = mapper.valueToTree(value);
        } catch (RuntimeException | StackOverflowError e) {
            // A serializer of the application may throw anything.
            String why = e instanceof JacksonException j ? j.getOriginalMessage() : e.toString();
            throw new IllegalArgumentException(
                    "The argument " + name + " of " + command + " cannot be turned into JSON: "
                            + value.getClass().getName() + ", " + why,
                    e);
        }
        if (!json.isNull()) {
            arguments.set(name, json);
        }
    }
}
