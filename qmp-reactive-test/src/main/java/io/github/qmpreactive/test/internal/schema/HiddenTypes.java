package io.github.qmpreactive.test.internal.schema;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What QEMU words its errors with and introspection does not tell: which integers there are, and what alternates are
 * called. It is given by the way from a command to the place, so that it serves the schemas of other versions, too.
 */
public final class HiddenTypes {

    /** Nothing is known. */
    public static final HiddenTypes NONE = new HiddenTypes();

    private record Slot(String struct, String member) {}

    private final Map<Slot, IntKind> ints = new HashMap<>();
    private final Map<String, String> alternates = new HashMap<>();

    private HiddenTypes() {}

    /**
     * Takes what is known of a schema; what it has not is left out.
     *
     * @param lines {@link TypePath}, a colon, and the name of an integer or of an alternate, each
     */
    public static HiddenTypes of(SchemaModel schema, List<String> lines) {
        HiddenTypes hidden = new HiddenTypes();
        for (String line : lines) {
            int colon = line.indexOf(": ");
            String name = line.substring(colon + 2);
            TypePath.parse(line.substring(0, colon)).end(schema).ifPresent(end -> hidden.add(end, name));
        }
        return hidden;
    }

    private void add(TypePath.End end, String name) {
        // What is one of both in QEMU 7.2 may be the other in another version.
        Optional<IntKind> kind = IntKind.of(name);
        if (end.type() instanceof SchemaType.Alternate alternate) {
            if (kind.isEmpty()) {
                alternates.put(alternate.name(), name);
            }
        } else {
            kind.ifPresent(
                    k -> ints.put(new Slot(end.struct().name(), end.member().name()), k));
        }
    }

    IntKind ints(SchemaType.Struct struct, SchemaType.Member member) {
        return ints.isEmpty()
                ? IntKind.UNKNOWN
                : ints.getOrDefault(new Slot(struct.name(), member.name()), IntKind.UNKNOWN);
    }

    Optional<String> nameOf(SchemaType.Alternate alternate) {
        return Optional.ofNullable(alternates.get(alternate.name()));
    }
}
