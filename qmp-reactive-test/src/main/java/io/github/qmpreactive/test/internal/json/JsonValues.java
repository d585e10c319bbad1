package io.github.qmpreactive.test.internal.json;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Values of Java as JSON. */
public final class JsonValues {

    private JsonValues() {}

    /**
     * A value as JSON; a string is a JSON string, and not JSON text.
     *
     * @throws IllegalArgumentException if it cannot be turned into JSON
     */
    public static JsonNode of(Object value) {
        try {
            return value instanceof JsonNode node
                    ? node.deepCopy()
                    : JsonMapper.shared().valueToTree(value);
        } catch (JacksonException | StackOverflowError e) {
            throw new IllegalArgumentException(
                    "This cannot be turned into JSON: " + value.getClass().getName(), e);
        }
    }
}
