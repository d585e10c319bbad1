package io.github.qmpreactive.test.internal.schema;

import tools.jackson.databind.JsonNode;

/**
 * The first thing that is wrong with a value.
 *
 * @param inQemusWords what QEMU says of it
 * @param place the place of the wrong value, or of what is missing
 * @param clause what is wrong there and what is right, for the author of a stub
 */
public record Problem(String inQemusWords, Place place, String clause) {

    static Problem missing(Place place) {
        return new Problem("Parameter '" + place + "' is missing", place, " is missing");
    }

    static Problem unexpected(Place place) {
        return new Problem("Parameter '" + place + "' is unexpected", place, " is unexpected: there is no such member");
    }

    static Problem wrongKind(Place place, String expected, JsonNode value) {
        return new Problem(invalidType(place.toString(), expected), place, but(value, "of JSON type " + expected));
    }

    static Problem noInteger(Place place, IntKind expected, JsonNode value) {
        String words = expected.isSigned()
                ? invalidType(place.toString(), "integer")
                : expects(place.toString(), IntKind.UINT64);
        return new Problem(words, place, but(value, "an integer of 64 bits"));
    }

    static Problem outOfRange(Place place, IntKind expected, JsonNode value) {
        return new Problem(
                expects(place.lastName(), expected), place, but(value, "in the range of " + expected.word()));
    }

    static Problem unknownValue(Place place, SchemaType.Enumeration expected, String value) {
        return new Problem(
                "Parameter '" + place.lastName() + "' does not accept value '" + value + "'",
                place,
                " is \"" + value + "\", but has to be one of " + String.join(", ", expected.values()));
    }

    /** No branch of an alternate, which QEMU calls by its name, takes a value. */
    static Problem noBranch(Place place, String name, String branches, JsonNode value) {
        return new Problem(invalidType(place.lastName(), name), place, but(value, "of JSON type " + branches));
    }

    /**
     * Says to the author of a stub where and what the problem is.
     *
     * @param whole what the value as a whole is called
     * @return a clause: {@code 'running' is "yes", but has to be of JSON type boolean}
     */
    public String of(String whole) {
        return (place.parent() == null ? whole : "'" + place + "'") + clause;
    }

    private static String invalidType(String name, String expected) {
        return "Invalid parameter type for '" + name + "', expected: " + expected;
    }

    private static String expects(String name, IntKind kind) {
        return "Parameter '" + name + "' expects " + kind.word();
    }

    private static String but(JsonNode value, String expected) {
        return " is " + Excerpt.of(value) + ", but has to be " + expected;
    }
}
