package io.github.qmpreactive.test.internal.schema;

import tools.jackson.databind.JsonNode;

/** JSON in an error message. */
public final class Excerpt {

    private static final int LENGTH = 80;

    private Excerpt() {}

    /** Returns a value as text, 80 characters of it at most. */
    public static String of(JsonNode value) {
        String text = value.toString();
        return text.length() <= LENGTH ? text : text.substring(0, LENGTH) + "…";
    }
}
