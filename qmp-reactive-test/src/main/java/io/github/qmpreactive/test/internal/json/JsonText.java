package io.github.qmpreactive.test.internal.json;

import tools.jackson.core.JacksonException;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as a test writes it down, and values of Java as JSON. */
public final class JsonText {

    private static final int MAX_EXCERPT = 200;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(10_000)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .streamWriteConstraints(StreamWriteConstraints.builder()
                            .maxNestingDepth(10_000)
                            .build())
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build())
            .build();

    private JsonText() {}

    /**
     * Reads one value.
     *
     * @throws IllegalArgumentException if it is no JSON
     */
    public static JsonNode read(String text) {
        JsonNode value;
        try {
            value = MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("Not JSON (" + e.getOriginalMessage() + "): " + excerpt(text), e);
        }
        if (value.isMissingNode()) {
            throw new IllegalArgumentException("Not JSON: the text is empty");
        }
        return value;
    }

    /** The beginning of a value, for an error. */
    public static String excerpt(JsonNode value) {
        return excerpt(value.toString());
    }

    private static String excerpt(String text) {
        return text.length() <= MAX_EXCERPT ? text : text.substring(0, MAX_EXCERPT) + "...";
    }

    /** Writes one value, as deep as it may be. */
    public static String write(JsonNode value) {
        return MAPPER.writeValueAsString(value);
    }

    static String write(JsonNode value, PrettyPrinter printer) {
        return MAPPER.writer().with(printer).writeValueAsString(value);
    }

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
