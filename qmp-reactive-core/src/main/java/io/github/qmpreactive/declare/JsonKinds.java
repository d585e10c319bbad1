package io.github.qmpreactive.declare;

import io.github.qmpreactive.declare.JavaTypes.Kind;
import io.github.qmpreactive.schema.AlternateType;
import io.github.qmpreactive.schema.ArrayType;
import io.github.qmpreactive.schema.BuiltinType;
import io.github.qmpreactive.schema.EnumType;
import io.github.qmpreactive.schema.ObjectType;
import io.github.qmpreactive.schema.SchemaType;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which values of Java fit a type of a schema, as JSON has few types. */
final class JsonKinds {

    private static final Set<Kind> STRINGS = Set.of(Kind.STRING, Kind.ENUM);
    private static final Set<Kind> OBJECTS = Set.of(Kind.OBJECT, Kind.UNION, Kind.MAP);

    /** QEMU does not turn one type into another. */
    private static final Map<String, Set<Kind>> SENT = Map.of(
            "string", STRINGS,
            "int", Set.of(Kind.INTEGER),
            "number", Set.of(Kind.INTEGER, Kind.NUMBER),
            "boolean", Set.of(Kind.BOOLEAN),
            "null", Set.of());

    /** Jackson reads any scalar as text. */
    private static final Map<String, Set<Kind>> READ = Map.of(
            "string", STRINGS,
            "int", Set.of(Kind.INTEGER, Kind.NUMBER, Kind.STRING),
            "number", Set.of(Kind.NUMBER, Kind.STRING),
            "boolean", Set.of(Kind.BOOLEAN, Kind.STRING),
            "null", Set.of());

    private JsonKinds() {}

    /** Whether QEMU takes it. */
    static boolean canBeSent(Kind kind, SchemaType type) {
        return fits(kind, type, SENT);
    }

    /** Whether it takes what QEMU sends. */
    static boolean canBeRead(Kind kind, SchemaType type) {
        return fits(kind, type, READ);
    }

    private static boolean fits(Kind kind, SchemaType type, Map<String, Set<Kind>> builtin) {
        if (kind == Kind.ANYTHING) {
            return true;
        }
        if (type instanceof BuiltinType scalar) {
            Set<Kind> kinds = builtin.get(scalar.jsonType());
            return kinds == null || kinds.contains(kind);
        }
        if (type instanceof AlternateType) {
            return branches(List.of(type)).stream().anyMatch(branch -> fits(kind, branch, builtin));
        }
        if (type instanceof EnumType) {
            return STRINGS.contains(kind);
        }
        return type instanceof ObjectType ? OBJECTS.contains(kind) : kind == Kind.LIST;
    }

    /** The types, with those of alternates, and of alternates in these, in their place. */
    static Set<SchemaType> branches(Collection<SchemaType> types) {
        Set<SchemaType> seen = new LinkedHashSet<>();
        Deque<SchemaType> left = new ArrayDeque<>(types);
        while (!left.isEmpty()) {
            SchemaType type = left.removeFirst();
            if (seen.add(type) && type instanceof AlternateType alternate) {
                left.addAll(alternate.branches());
            }
        }
        seen.removeIf(AlternateType.class::isInstance);
        return seen;
    }

    /** Types in words. */
    static String describe(Collection<SchemaType> types) {
        return branches(types).stream().map(JsonKinds::describe).distinct().collect(Collectors.joining(" or "));
    }

    private static String describe(SchemaType type) {
        if (type instanceof BuiltinType builtin) {
            return switch (builtin.jsonType()) {
                case "int" -> "an integer";
                case "null" -> "null";
                case "value" -> "any value";
                default -> "a " + builtin.jsonType();
            };
        }
        return type instanceof EnumType ? "a string" : type instanceof ArrayType ? "a list" : "an object";
    }
}
