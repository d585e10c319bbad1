package io.github.qmpreactive.test.internal.schema;

import io.github.qmpreactive.schema.AlternateType;
import io.github.qmpreactive.schema.ArrayType;
import io.github.qmpreactive.schema.BuiltinType;
import io.github.qmpreactive.schema.EnumType;
import io.github.qmpreactive.schema.ObjectType;
import io.github.qmpreactive.schema.SchemaMember;
import io.github.qmpreactive.schema.SchemaType;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Goes through a value as QEMU's {@code qobject-input-visitor.c} does, and stops where that stops. Immutable.
 *
 * @param partial whether members may be missing, and of numbers only the value counts
 */
public record InputVisitor(HiddenTypes hidden, boolean partial) {

    private static final String ANYTHING = "value";

    /** A visitor of one schema's values. */
    public InputVisitor(HiddenTypes hidden) {
        this(hidden, false);
    }

    /**
     * Visits a value.
     *
     * @return what QEMU would say first; null if nothing is wrong
     */
    public @Nullable Problem visit(SchemaType type, JsonNode value) {
        return visit(type, "", value, IntKind.UNKNOWN);
    }

    /**
     * Visits some members of a value, and some of each object in it; of numbers only the value counts.
     *
     * @return what QEMU would say first of any value that has them; null if there is one of which it would say nothing
     */
    public @Nullable Problem visitPart(SchemaType type, JsonNode some) {
        return new InputVisitor(hidden, true).visit(type, some);
    }

    private @Nullable Problem visit(SchemaType type, String path, JsonNode value, IntKind ints) {
        if (type instanceof AlternateType alternate) {
            return branch(alternate, path, value, ints);
        }
        if (type instanceof BuiltinType builtin && builtin.isInteger()) {
            return integer(path, value, ints);
        }
        if (!accepts(type, value)) {
            return Problem.wrongKind(path, jsonTypeOf(type), value);
        }
        if (type instanceof ObjectType object) {
            return object(object, path, value);
        }
        if (type instanceof ArrayType array) {
            return list(array, path, value, ints);
        }
        boolean isUnknown =
                type instanceof EnumType enumeration && !enumeration.values().contains(value.stringValue());
        return isUnknown ? Problem.unknownValue(path, (EnumType) type, value.stringValue()) : null;
    }

    private @Nullable Problem object(ObjectType type, String path, JsonNode value) {
        Set<String> visited = new HashSet<>();
        Problem problem = members(type, path, value, visited);
        if (problem == null) {
            // QEMU names one of several by the order of its hash table; here it is the first.
            for (String name : value.propertyNames()) {
                if (!visited.contains(name)) {
                    return Problem.unexpected(member(path, name));
                }
            }
        }
        return problem;
    }

    private @Nullable Problem members(ObjectType type, String path, JsonNode object, Set<String> visited) {
        for (SchemaMember member : type.members().values()) {
            JsonNode value = object.get(member.name());
            String where = member(path, member.name());
            if (value == null) {
                if (partial || member.isOptional()) {
                    continue;
                }
                return Problem.missing(where);
            }
            visited.add(member.name());
            Problem problem = visit(member.type(), where, value, hidden.ints(type, member));
            if (problem != null) {
                return problem;
            }
        }
        String tag = type.tag().orElse(null);
        if (tag == null) {
            return null;
        }
        if (partial && !object.has(tag)) {
            known(type, object, visited, new HashSet<>());
            return null;
        }
        ObjectType variant = type.variants().get(object.path(tag).asString(""));
        return variant == null ? null : members(variant, path, object, visited);
    }

    /** Of an object whose tag may be any: what some variant knows. */
    private void known(ObjectType type, JsonNode object, Set<String> visited, Set<ObjectType> seen) {
        for (ObjectType more : type.variants().values()) {
            if (seen.add(more)) {
                more.members().keySet().stream().filter(object::has).forEach(visited::add);
                known(more, object, visited, seen);
            }
        }
    }

    private @Nullable Problem list(ArrayType type, String path, JsonNode value, IntKind ints) {
        int index = 0;
        for (JsonNode element : value) {
            Problem problem = visit(type.element(), path + "[" + index + "]", element, ints);
            if (problem != null) {
                return problem;
            }
            index++;
        }
        return null;
    }

    private @Nullable Problem branch(AlternateType type, String path, JsonNode value, IntKind ints) {
        for (SchemaType branch : type.branches()) {
            if (accepts(branch, value)) {
                return visit(branch, path, value, ints);
            }
        }
        String branches = type.branches().stream().map(InputVisitor::jsonTypeOf).collect(Collectors.joining(" or "));
        return Problem.noBranch(path, hidden.nameOf(type).orElse(branches), branches, value);
    }

    private @Nullable Problem integer(String path, JsonNode value, IntKind ints) {
        JsonNode number = partial ? IntKind.whole(value) : value;
        if (!ints.isInteger(number)) {
            return Problem.noInteger(path, ints, value);
        }
        return ints.isInRange(number) ? null : Problem.outOfRange(path, ints, value);
    }

    private static boolean accepts(SchemaType type, JsonNode value) {
        String jsonType = jsonTypeOf(type);
        return jsonType.equals(ANYTHING)
                || jsonType.equals(value.getNodeType().name().toLowerCase(Locale.ROOT));
    }

    private static String jsonTypeOf(SchemaType type) {
        if (type instanceof BuiltinType builtin) {
            return builtin.isInteger() ? "number" : builtin.jsonType();
        }
        if (type instanceof EnumType) {
            return "string";
        }
        return type instanceof ArrayType ? "array" : "object";
    }

    private static String member(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
