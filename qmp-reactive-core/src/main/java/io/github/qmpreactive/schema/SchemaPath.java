package io.github.qmpreactive.schema;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A path of libvirt's into a schema.
 *
 * @param start the name of a command or an event
 * @param steps where to go from there
 */
record SchemaPath(String start, List<Step> steps) {

    static final String ARGUMENTS = "arg-type";
    static final String RESULT = "ret-type";

    /** A step, of a kind that its sign tells. */
    record Step(char sign, String name) {

        static final char MEMBER = ' ';
        static final char OPTIONAL = '*';
        static final char CASE = '+';
        static final char VALUE = '^';
        static final char TYPE = '!';
        static final char FEATURE = '$';

        private static final String SIGNS = " *+^!$";

        private static Step parse(String part) {
            return hasSign(part) ? new Step(part.charAt(0), part.substring(1)) : new Step(MEMBER, part);
        }

        private static boolean hasSign(String part) {
            return !part.isEmpty() && SIGNS.indexOf(part.charAt(0)) >= 0;
        }

        /** As it is written in a path. */
        @Override
        public String toString() {
            return sign == MEMBER && !hasSign(name) ? name : sign + name;
        }
    }

    static SchemaPath parse(String path) {
        String[] parts = path.split("/", -1);
        List<Step> steps = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            Step step = Step.parse(parts[i]);
            require(wrong(steps, step), path, i, parts[i]);
            steps.add(step);
        }
        require(parts[0].isEmpty() ? "is empty" : null, path, 0, parts[0]);
        return new SchemaPath(parts[0], List.copyOf(steps));
    }

    private static void require(@Nullable String wrong, String path, int index, String part) {
        if (wrong != null) {
            throw new IllegalArgumentException(
                    "Part " + (index + 1) + " of the path \"" + path + "\", \"" + part + "\", " + wrong);
        }
    }

    private static @Nullable String wrong(List<Step> before, Step step) {
        if (step.name().isEmpty()) {
            return "is empty";
        }
        boolean isFeature = step.sign() == Step.FEATURE;
        if (before.isEmpty()) {
            boolean isType = step.sign() == Step.MEMBER
                    && (step.name().equals(ARGUMENTS) || step.name().equals(RESULT));
            return isType || isFeature ? null : "has to be arg-type, ret-type or a feature, such as $deprecated";
        }
        Step last = before.get(before.size() - 1);
        return switch (last.sign()) {
            case Step.TYPE, Step.FEATURE -> "stands behind " + last + ", which has to be last";
            case Step.VALUE -> isFeature ? null : "stands behind " + last + ", which only a feature may follow";
            default -> null;
        };
    }

    boolean isIn(QmpSchema schema) {
        Place place = Place.of(schema, start).orElse(null);
        for (Step step : steps) {
            place = place == null ? null : place.steps().get(step);
        }
        return place != null;
    }
}
