package io.github.qmpreactive.test.internal.schema;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Goes through a value as QEMU's {@code qobject-input-visitor.c} does, and stops where that stops. Immutable. */
public final class InputVisitor {

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
        return visit(type, Place.TOP, value, IntKind.UNKNOWN);
    }

    /**
     * Visits some members of a value, and some of each object in it; of numbers only the value counts.
     *
     * @return what QEMU would say first of any value that has them; null if there is one of which it would say nothing
     */
    public @Nullable Problem visitPart(String type, JsonNode some) {
        return new InputVisitor(schema, hidden, true).visit(type, some);
    }

    private @Nullable Problem visit(String typeName, Place place, JsonNode value, IntKind ints) {
        SchemaType type = schema.type(typeName);
        if (type instanceof SchemaType.Struct struct) {
            return object(struct, place, value);
        }
        if (type instanceof SchemaType.Array array) {
            return list(array, place, value, ints);
        }
        if (type instanceof SchemaType.Enumeration enumeration) {
            return string(enumeration, place, value);
        }
        if (type instanceof SchemaType.Alternate alternate) {
            return branch(alternate, place, value, ints);
        }
        return builtin((SchemaType.Builtin) type, place, value, ints);
    }

    private @Nullable Problem object(SchemaType.Struct type, Place place, JsonNode value) {
        if (!value.isObject()) {
            return Problem.wrongKind(place, "object", value);
        }
        Set<String> visited = new HashSet<>();
        Problem problem = members(type, place, value, visited);
        if (problem == null) {
            // QEMU names one of several by the order of its hash table; here it is the first.
            for (String name : value.propertyNames()) {
                if (!visited.contains(name)) {
                    return Problem.unexpected(place.member(name));
                }
            }
        }
        return problem;
    }

    private @Nullable Problem members(SchemaType.Struct type, Place place, JsonNode object, Set<String> visited) {
        for (SchemaType.Member member : type.members().values()) {
            JsonNode value = object.get(member.name());
            Place where = place.member(member.name());
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
        String variant = type.variant(object.path(type.tag()).asString("")).orElse(null);
        return variant == null ? null : members(schema.struct(variant), place, object, visited);
    }

    /** Of an object whose tag may be any: what some variant knows. */
    private void known(SchemaType.Struct type, JsonNode object, Set<String> visited) {
        for (String variant : type.variants().values()) {
            SchemaType.Struct more = schema.struct(variant);
            more.members().keySet().stream().filter(object::has).forEach(visited::add);
            known(more, object, visited);
        }
    }

    private @Nullable Problem list(SchemaType.Array type, Place place, JsonNode value, IntKind ints) {
        if (!value.isArray()) {
            return Problem.wrongKind(place, "array", value);
        }
        int index = 0;
        for (JsonNode element : value) {
            Problem problem = visit(type.elementType(), place.element(index), element, ints);
            if (problem != null) {
                return problem;
            }
            index++;
        }
        return null;
    }

    private static @Nullable Problem string(SchemaType.Enumeration type, Place place, JsonNode value) {
        if (!value.isString()) {
            return Problem.wrongKind(place, "string", value);
        }
        String text = value.stringValue();
        return type.values().contains(text) ? null : Problem.unknownValue(place, type, text);
    }

    private @Nullable Problem branch(SchemaType.Alternate type, Place place, JsonNode value, IntKind ints) {
        JsonKind kind = JsonKind.of(value);
        for (String branch : type.branches()) {
            if (accepts(schema.type(branch), kind)) {
                return visit(branch, place, value, ints);
            }
        }
        String branches = Arrays.stream(JsonKind.values())
                .filter(right -> type.branches().stream().anyMatch(branch -> accepts(schema.type(branch), right)))
                .map(JsonKind::word)
                .collect(Collectors.joining(" or "));
        return Problem.noBranch(place, hidden.nameOf(type).orElse(branches), branches, value);
    }

    private static boolean accepts(SchemaType branch, JsonKind kind) {
        if (branch instanceof SchemaType.Builtin builtin) {
            return builtin.kind().accepts(kind);
        }
        if (branch instanceof SchemaType.Enumeration) {
            return kind == JsonKind.STRING;
        }
        return kind == (branch instanceof SchemaType.Array ? JsonKind.ARRAY : JsonKind.OBJECT);
    }

    private @Nullable Problem builtin(SchemaType.Builtin type, Place place, JsonNode value, IntKind ints) {
        if (type.kind() == BuiltinKind.INT) {
            JsonNode number = partial ? IntKind.whole(value) : value;
            if (!ints.isInteger(number)) {
                return Problem.noInteger(place, ints, value);
            }
            return ints.isInRange(number) ? null : Problem.outOfRange(place, ints, value);
        }
        boolean right = type.kind().accepts(JsonKind.of(value));
        return right ? null : Problem.wrongKind(place, type.kind().jsonType(), value);
    }
}
