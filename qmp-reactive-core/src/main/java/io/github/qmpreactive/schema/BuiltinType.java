package io.github.qmpreactive.schema;

import java.util.Set;

/**
 * A string, a number, a boolean, null, or any value.
 *
 * @param name its name
 * @param jsonType {@code "string"}, {@code "int"}, {@code "number"}, {@code "boolean"}, {@code "null"}, or {@code
 *     "value"} for any JSON; so are types of a kind that this version of the library does not know. The size and the
 *     sign of an integer are not in a schema
 * @param features its features
 */
public record BuiltinType(String name, String jsonType, Set<String> features) implements SchemaType {

    static final String ANYTHING = "value";

    /**
     * Copies the features.
     *
     * @param name its name
     * @param jsonType the type of its JSON
     * @param features its features
     */
    public BuiltinType {
        features = Set.copyOf(features);
    }

    /** {@return whether it is an integer; a schema does not tell its size and sign} */
    public boolean isInteger() {
        return jsonType.equals("int");
    }
}
