package io.github.qmpreactive.test.internal.schema;

/** What QEMU says of a problem. */
public final class QemuWording {

    private QemuWording() {}

    /** Words a problem. */
    public static String of(Problem problem) {
        Place place = problem.place();
        if (problem instanceof Problem.Missing) {
            return "Parameter '" + place + "' is missing";
        }
        if (problem instanceof Problem.Unexpected) {
            return "Parameter '" + place + "' is unexpected";
        }
        if (problem instanceof Problem.WrongKind wrong) {
            return invalidType(place.toString(), wrong.expected());
        }
        if (problem instanceof Problem.NoInteger wrong) {
            return wrong.expected().isSigned()
                    ? invalidType(place.toString(), "integer")
                    : expects(place.toString(), IntKind.UINT64);
        }
        if (problem instanceof Problem.OutOfRange wrong) {
            return expects(place.lastName(), wrong.expected());
        }
        if (problem instanceof Problem.UnknownValue wrong) {
            return "Parameter '" + place.lastName() + "' does not accept value '" + wrong.value() + "'";
        }
        return invalidType(place.lastName(), ((Problem.NoBranch) problem).name());
    }

    private static String invalidType(String name, String expected) {
        return "Invalid parameter type for '" + name + "', expected: " + expected;
    }

    private static String expects(String name, IntKind kind) {
        return "Parameter '" + name + "' expects " + kind.word();
    }
}
