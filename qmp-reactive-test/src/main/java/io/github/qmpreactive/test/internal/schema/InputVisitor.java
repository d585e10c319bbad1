package io.github.qmpreactive.test.internal.schema;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Goes through a value as QEMU's {@code qobject-input-visitor.c} does, and stops where that stops. Immutable. */
public final class InputVisitor {

    private static final String ANYTHING = "value";

    private final SchemaModel schema;
    private final HiddenTypes hidden;
    private final boolean partial;

    /** A visitor of one schema's values. */
    public InputVisitor(SchemaModel schema, HiddenTypes hidden) {
        this(schema, hidden, false);
    }

    private InputVisitor(SchemaModel schema, HiddenTypes hidden, boolean partial) {
        this.schema = schema;
        this.hidden = hidden;
        this.partial = partial;
    }

    /**
     * Visits a value.
     *
     * @return what QEMU would say first; null if nothing is wrong
     */
    public @Nullable Problem visit(String type, JsonNode value) {
        return visit(type, "", value, IntKind.UNKNOWN);
    }

    /**
     * Visits some members of a value, and some of each object in it; of numbers only the value counts.
     *
     * @return what QEMU would say first of any value that has them; null if there is one of which it would say nothing
     */
    public @Nullable Problem visitPart(String type, JsonNode some) {
        return new InputVisitor(schema, hidden, true).visit(type, some);
    }

    private @Nullable Problem visit(String typeName, String path, JsonNode value, IntKind ints) {
        SchemaType type = schema.type(typeName);
        if (type instanceof SchemaType.Alternate alternate) {
            return branch(alternate, path, value, ints);
        }
        if (type instanceof SchemaType.Builtin builtin && builtin.isInteger()) {
            return integer(path, value, ints);
        }
        if (!accepts(type, value)) {
            return Problem.wrongKind(path, jsonTypeOf(type), value);
        }
        if (type instanceof SchemaType.Struct struct) {
            return object(struct, path, value);
        }
        if (type instanceof SchemaType.Array array) {
            return list(array, path, value, ints);
        }
        boolean isUnknown = type instanceof SchemaType.Enumeration enumeration
                && !enumeration.values().contains(value.stringValue());
        return isUnknown ? Problem.unknownValue(path, (SchemaType.Enumeration) type, value.stringValue()) : null;
    }

    private @Nullable Problem object(SchemaType.Struct type, String path, JsonNode value) {
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

    private @Nullable Problem members(SchemaType.Struct type, String path, JsonNode object, Set<String> visited) {
        for (SchemaType.Member member : type.members().values()) {
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
        if (type.tag() == null) {
            return null;
        }
        if (partial && !object.has(type.tag())) {
            known(type, object, visited);
            return null;
        }
        String variant = type.variants().get(object.path(type.tag()).asString(""));
        return variant == null ? null : members(schema.struct(variant), path, object, visited);
    }

    /** Of an object whose tag may be any: what some variant knows. */
    private void known(SchemaType.Struct type, JsonNode object, Set<String> visited) {
        for (String variant : type.variants().values()) {
            SchemaType.Struct more = schema.struct(variant);
            more.members().keySet().stream().filter(object::has).forEach(visited::add);
            known(more, object, visited);
        }
    }

    private @Nullable Problem list(SchemaType.Array type, String path, JsonNode value, IntKind ints) {
        int index = 0;
        for (JsonNode element : value) {
            Problem problem = visit(type.elementType(), path + "[" + index + "]", element, ints);
            if (problem != null) {
                return problem;
            }
            index++;
        }
        return null;
    }

    private @Nullable Problem branch(SchemaType.Alternate type, String path, JsonNode value, IntKind ints) {
        for (String branch : type.branches()) {
            if (accepts(schema.type(branch), value)) {
                return visit(branch, path, value, ints);
            }
        }
        String branches = type.branches().stream()
                .map(branch -> jsonTypeOf(schema.type(branch)))
                .collect(Collectors.joining(" or "));
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
        if (type instanceof SchemaType.Builtin builtin) {
            return builtin.isInteger() ? "number" : builtin.jsonType();
        }
        if (type instanceof SchemaType.Enumeration) {
            return "string";
        }
        return type instanceof SchemaType.Array ? "array" : "object";
    }

    private static String member(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
