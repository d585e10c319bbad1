package io.github.qmpreactive.schema;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lists, alternates and variants within each other, without a member between. A type that contains itself so has no values,
 * and whatever goes through it has no end.
 */
final class Nesting {

    /** QEMU 11.1 needs four. */
    static final int DEEPEST = 50;

    private final Map<SchemaType, Integer> depths = new HashMap<>();

    private Nesting() {}

    /** Returns a type that is nested without an end, or deeper than any QEMU needs; null if there is none. */
    static @Nullable SchemaType endless(Collection<SchemaType> types) {
        Nesting nesting = new Nesting();
        return types.stream()
                .filter(type -> nesting.depthOf(type, 0) > DEEPEST)
                .findFirst()
                .orElse(null);
    }

    /** A depth, or more than the deepest. */
    private int depthOf(SchemaType type, int above) {
        Integer known = depths.get(type);
        if (known != null) {
            return known;
        }
        int depth = 0;
        for (SchemaType part : parts(type)) {
            depth = Math.max(depth, 1 + (above < DEEPEST ? depthOf(part, above + 1) : DEEPEST));
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
