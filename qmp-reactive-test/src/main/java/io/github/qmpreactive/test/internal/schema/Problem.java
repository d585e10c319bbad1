package io.github.qmpreactive.test.internal.schema;

import tools.jackson.databind.JsonNode;

/** The first thing that is wrong with a value. */
public sealed interface Problem {

    /** Returns the place of the wrong value, or of what is missing. */
    Place place();

    /**
     * A member that has to be there is not.
     *
     * @param place its place
     */
    record Missing(Place place) implements Problem {}

    /**
     * A member that the schema does not know.
     *
     * @param place its place
     */
    record Unexpected(Place place) implements Problem {}

    /**
     * JSON of the wrong kind.
     *
     * @param place its place
     * @param expected the kind that is right, as QEMU calls it
     * @param value the value
     */
    record WrongKind(Place place, String expected, JsonNode value) implements Problem {}

    /**
     * No integer where one has to be.
     *
     * @param place its place
     * @param expected which integers are right
     * @param value the value
     */
    record NoInteger(Place place, IntKind expected, JsonNode value) implements Problem {}

    /**
     * An integer that is too large or too small.
     *
     * @param place its place
     * @param expected which integers are right
     * @param value the value
     */
    record OutOfRange(Place place, IntKind expected, JsonNode value) implements Problem {}

    /**
     * A string that is not in the list.
     *
     * @param place its place
     * @param expected the list
     * @param value the string
     */
    record UnknownValue(Place place, SchemaType.Enumeration expected, String value) implements Problem {}

    /**
     * JSON of which no branch of an alternate is.
     *
     * @param place its place
     * @param name what QEMU calls the alternate; what its branches are if that is not known
     * @param branches what JSON its branches are
     * @param value the value
     */
    record NoBranch(Place place, String name, String branches, JsonNode value) implements Problem {}
}
