package io.github.qmpreactive.test.internal.schema;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** What a JSON value is. */
enum JsonKind {
    OBJECT,
    ARRAY,
    STRING,
    NUMBER,
    BOOLEAN,
    NULL;

    static JsonKind of(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> OBJECT;
            case ARRAY -> ARRAY;
            case STRING -> STRING;
            case NUMBER -> NUMBER;
            case BOOLEAN -> BOOLEAN;
            // What is no JSON is written as null.
            default -> NULL;
        };
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
