package io.github.qmpreactive.test.internal.schema;

import io.github.qmpreactive.schema.EnumType;
import io.github.qmpreactive.test.internal.json.JsonText;
import tools.jackson.databind.JsonNode;

/**
 * The first thing that is wrong with a value.
 *
 * @param inQemusWords what QEMU says of it
 * @param path where the wrong value is, or what is missing, as QEMU words it: {@code actions[0].data.x}; empty at the top
 * @param clause what is wrong there and what is right, for the author of a stub
 */
public record Problem(String inQemusWords, String path, String clause) {

    static Problem missing(String path) {
        return new Problem("Parameter '" + path + "' is missing", path, " is missing");
    }

    static Problem unexpected(String path) {
        return new Problem("Parameter '" + path + "' is unexpected", path, " is unexpected: there is no such member");
    }

    static Problem wrongKind(String path, String expected, JsonNode value) {
        return new Problem(invalidType(path, expected), path, but(value, "of JSON type " + expected));
    }

    static Problem noInteger(String path, IntKind expected, JsonNode value) {
        String words = expected.isSigned() ? invalidType(path, "integer") : expects(path, IntKind.UINT64);
        return new Problem(words, path, but(value, "an integer of 64 bits"));
    }

    static Problem outOfRange(String path, IntKind expected, JsonNode value) {
        return new Problem(expects(last(path), expected), path, but(value, "in the range of " + expected.word()));
    }

    static Problem unknownValue(String path, EnumType expected, String value) {
        return new Problem(
                "Parameter '" + last(path) + "' does not accept value '" + value + "'",
                path,
                " is \"" + value + "\", but has to be one of " + String.join(", ", expected.values()));
    }

    /** No branch of an alternate, which QEMU calls by its name, takes a value. */
    static Problem noBranch(String path, String name, String branches, JsonNode value) {
        return new Problem(invalidType(last(path), name), path, but(value, "of JSON type " + branches));
    }

    /**
     * Says to the author of a stub where and what the problem is.
     *
     * @param whole what the value as a whole is called
     * @return a clause: {@code 'running' is "yes", but has to be of JSON type boolean}
     */
    public String of(String whole) {
        return (path.isEmpty() ? whole : "'" + path + "'") + clause;
    }

    /** The last part of a path alone; QEMU prints an element's as the C library prints a null pointer. */
    private static String last(String path) {
        return path.endsWith("]") ? "null" : path.substring(path.lastIndexOf('.') + 1);
    }

    private static String invalidType(String name, String expected) {
        return "Invalid parameter type for '" + name + "', expected: " + expected;
    }

    private static String expects(String name, IntKind kind) {
        return "Parameter '" + name + "' expects " + kind.word();
    }

    private static String but(JsonNode value, String expected) {
        return " is " + JsonText.excerpt(value) + ", but has to be " + expected;
    }
}
