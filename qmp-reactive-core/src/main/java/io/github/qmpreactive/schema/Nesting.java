package io.github.qmpreactive.schema;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lists, alternates and variants within each other, without a member between. A type that contains itself so has no values,
 * and whatever goes through it has no end.
 */
final class Nesting {

    /** QEMU 11.1 needs four. */
    private static final int DEEPEST = 50;

    private final Map<SchemaType, Integer> depths = new HashMap<>();

    /** Refuses types that are nested without an end, or deeper than any QEMU needs. */
    static void check(Collection<SchemaType> types) {
        Nesting nesting = new Nesting();
        types.forEach(type -> nesting.depthOf(type, 0));
    }

    private int depthOf(SchemaType type, int above) {
        Integer known = depths.get(type);
        int depth = known == null ? 0 : known;
        if (known == null) {
            for (SchemaType part : above > DEEPEST ? List.<SchemaType>of() : parts(type)) {
                depth = Math.max(depth, 1 + depthOf(part, above + 1));
            }
        }
        if (above + depth > DEEPEST) {
            throw new IllegalArgumentException("the type " + type.name() + " contains itself without a member between,"
                    + " or has more than " + DEEPEST + " lists, alternates and variants within each other");
        }
        depths.put(type, depth);
        return depth;
    }

    private static Collection<? extends SchemaType> parts(SchemaType type) {
        if (type instanceof ArrayType array) {
            return List.of(array.element());
        }
        if (type instanceof AlternateType alternate) {
            return alternate.branches();
        }
        return type instanceof ObjectType object ? object.variants().values() : List.of();
    }
}
