package io.github.qmpreactive.test.internal.probe;

import io.github.qmpreactive.schema.AlternateType;
import io.github.qmpreactive.schema.ArrayType;
import io.github.qmpreactive.schema.BuiltinType;
import io.github.qmpreactive.schema.EnumType;
import io.github.qmpreactive.schema.ObjectType;
import io.github.qmpreactive.schema.SchemaMember;
import io.github.qmpreactive.schema.SchemaType;
import java.util.Comparator;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Values that a schema allows, with nothing in them that can be left out. */
public final class MinimalValues {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private MinimalValues() {}

    /**
     * A value of a type.
     *
     * @param type the type
     * @return a new value
     */
    public static JsonNode of(SchemaType type) {
        if (type instanceof ObjectType object) {
            return object(object, Map.of());
        }
        if (type instanceof ArrayType) {
            return NODES.arrayNode();
        }
        if (type instanceof EnumType enumeration) {
            return NODES.stringNode(enumeration.values().iterator().next());
        }
        if (type instanceof AlternateType alternate) {
            return of(simplest(alternate));
        }
        return builtin((BuiltinType) type);
    }

    /**
     * A value of a builtin type.
     *
     * @param type the type
     * @return a new value
     */
    public static JsonNode builtin(BuiltinType type) {
        return switch (type.jsonType()) {
            case "string" -> NODES.stringNode("x");
            case "number", "int" -> NODES.numberNode(1);
            case "boolean" -> NODES.booleanNode(true);
            case "null" -> NODES.nullNode();
            default -> NODES.objectNode();
        };
    }

    /** Objects may contain themselves; strings do not. */
    private static SchemaType simplest(AlternateType alternate) {
        return alternate.branches().stream()
                .min(Comparator.comparing(branch -> branch instanceof ObjectType))
                .orElseThrow();
    }

    /**
     * An object whose tags have certain values, as far as they are given.
     *
     * @param type its type
     * @param tags the values by the tags' names
     * @return a new object
     */
    public static ObjectNode object(ObjectType type, Map<String, String> tags) {
        ObjectNode object = NODES.objectNode();
        addMembers(type, tags, object);
        return object;
    }

    private static void addMembers(ObjectType type, Map<String, String> tags, ObjectNode object) {
        String tag = type.tag().orElse(null);
        for (SchemaMember member : type.members().values()) {
            if (member.name().equals(tag) && tags.containsKey(tag)) {
                object.put(tag, tags.get(tag));
            } else if (!member.isOptional()) {
                object.set(member.name(), of(member.type()));
            }
        }
        if (tag != null && object.has(tag)) {
            ObjectType variant = type.variants().get(object.path(tag).stringValue());
            if (variant != null) {
                addMembers(variant, tags, object);
            }
        }
    }
}
