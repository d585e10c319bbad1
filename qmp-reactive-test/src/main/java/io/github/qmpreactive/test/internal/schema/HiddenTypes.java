package io.github.qmpreactive.test.internal.schema;

import io.github.qmpreactive.schema.AlternateType;
import io.github.qmpreactive.schema.ArrayType;
import io.github.qmpreactive.schema.BuiltinType;
import io.github.qmpreactive.schema.ObjectType;
import io.github.qmpreactive.schema.QmpSchema;
import io.github.qmpreactive.schema.SchemaCommand;
import io.github.qmpreactive.schema.SchemaMember;
import io.github.qmpreactive.schema.SchemaType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What QEMU words its errors with and introspection does not tell: which integers there are, and what alternates are
 * called. It is given by the way from a command to the place, so that it serves the schemas of other versions, too.
 */
public final class HiddenTypes {

    private static final String ELEMENT = "[]";
    private static final String BRANCH = "{}";
    private static final String VARIANT = "=";

    /** A member of an object, or the elements of one that is a list. */
    private record Slot(ObjectType object, String member) {}

    private final Map<Slot, IntKind> ints = new HashMap<>();
    private final Map<SchemaType, String> alternates = new HashMap<>();

    private HiddenTypes() {}

    /**
     * Takes what is known of a schema; what it has not is left out.
     *
     * @param lines for each place the way there, a colon, and the name of an integer or of an alternate. The way is the name
     *     of the command, and what follows separated by spaces: the name of a member, {@code []} for a list's elements,
     *     {@code {}} for the object among an alternate's branches, {@code =x} for what comes on top when the tag is {@code x}
     */
    public static HiddenTypes of(QmpSchema schema, List<String> lines) {
        HiddenTypes hidden = new HiddenTypes();
        for (String line : lines) {
            int colon = line.indexOf(": ");
            String[] way = line.substring(0, colon).split(" ");
            hidden.add(schema, way[0], List.of(way).subList(1, way.length), line.substring(colon + 2));
        }
        return hidden;
    }

    private void add(QmpSchema schema, String command, List<String> steps, String name) {
        SchemaType type = schema.command(command).map(SchemaCommand::arguments).orElse(null);
        Slot slot = null;
        for (String step : steps) {
            if (type instanceof ObjectType object && !step.startsWith(VARIANT)) {
                slot = new Slot(object, step);
            }
            type = type == null ? null : next(type, step);
        }
        // What is an integer in one version may be an alternate in another.
        Optional<IntKind> kind = IntKind.of(name);
        if (type instanceof AlternateType && kind.isEmpty()) {
            alternates.put(type, name);
        } else if (type instanceof BuiltinType builtin && builtin.isInteger() && slot != null && kind.isPresent()) {
            ints.put(slot, kind.get());
        }
    }

    private static @Nullable SchemaType next(SchemaType type, String step) {
        if (type instanceof ArrayType array) {
            return step.equals(ELEMENT) ? array.element() : null;
        }
        if (type instanceof AlternateType alternate) {
            return alternate.branches().stream()
                    .filter(branch -> step.equals(BRANCH) && branch instanceof ObjectType)
                    .findFirst()
                    .orElse(null);
        }
        if (type instanceof ObjectType object) {
            SchemaMember member = object.members().get(step);
            return step.startsWith(VARIANT)
                    ? object.variants().get(step.substring(VARIANT.length()))
                    : member == null ? null : member.type();
        }
        return null;
    }

    IntKind ints(ObjectType object, SchemaMember member) {
        return ints.isEmpty() ? IntKind.UNKNOWN : ints.getOrDefault(new Slot(object, member.name()), IntKind.UNKNOWN);
    }

    Optional<String> nameOf(AlternateType alternate) {
        return Optional.ofNullable(alternates.get(alternate));
    }
}
