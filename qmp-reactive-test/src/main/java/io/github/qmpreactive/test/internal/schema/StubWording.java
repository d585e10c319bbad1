package io.github.qmpreactive.test.internal.schema;

import tools.jackson.databind.JsonNode;

/** What a test's author is told of a problem in a reply or an event: where it is, and what is right there. */
public final class StubWording {

    private StubWording() {}

    /**
     * Words a problem.
     *
     * @param whole what the value as a whole is called
     * @return a clause: {@code 'running' is "yes", but has to be of JSON type boolean}
     */
    public static String of(Problem problem, String whole) {
        String place = problem.place().parent() == null ? whole : "'" + problem.place() + "'";
        if (problem instanceof Problem.Missing) {
            return place + " is missing";
        }
        if (problem instanceof Problem.Unexpected) {
            return place + " is unexpected: there is no such member";
        }
        if (problem instanceof Problem.WrongKind wrong) {
            return but(place, wrong.value(), "of JSON type " + wrong.expected());
        }
        if (problem instanceof Problem.NoInteger wrong) {
            return but(place, wrong.value(), "an integer of 64 bits");
        }
        if (problem instanceof Problem.OutOfRange wrong) {
            return but(
                    place, wrong.value(), "in the range of " + wrong.expected().word());
        }
        if (problem instanceof Problem.UnknownValue wrong) {
            return place + " is \"" + wrong.value() + "\", but has to be one of "
                    + String.join(", ", wrong.expected().values());
        }
        Problem.NoBranch wrong = (Problem.NoBranch) problem;
        return but(place, wrong.value(), "of JSON type " + wrong.branches());
    }

    private static String but(String place, JsonNode value, String expected) {
        return place + " is " + Excerpt.of(value) + ", but has to be " + expected;
    }
}
