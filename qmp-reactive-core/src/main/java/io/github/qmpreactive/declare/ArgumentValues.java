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
    static void put(ObjectNode arguments, String name, Object value, JsonMapper mapper) {
        if (value instanceof JsonNode json) {
            arguments.set(name, json);
            return;
        }
        JsonNode json;
        try {
            json = mapper.valueToTree(value);
        } catch (JacksonException | StackOverflowError e) {
            throw new IllegalArgumentException(
                    "The argument " + name + " cannot be turned into JSON: "
                            + value.getClass().getName()
                            + (e instanceof JacksonException j ? ", " + j.getOriginalMessage() : ", nested too deeply"),
                    e);
        }
        if (!json.isNull()) {
            arguments.set(name, json);
        }
    }
}
