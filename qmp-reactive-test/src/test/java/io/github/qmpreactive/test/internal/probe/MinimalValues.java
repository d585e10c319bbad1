package io.github.qmpreactive.test.internal.probe;

import io.github.qmpreactive.test.internal.schema.SchemaModel;
import io.github.qmpreactive.test.internal.schema.SchemaType;
import java.util.Comparator;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Values that a schema allows, with nothing in them that can be left out. */
public final class MinimalValues {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final SchemaModel schema;

    /**
     * Values of a schema's types.
     *
     * @param schema the schema
     */
    public MinimalValues(SchemaModel schema) {
        this.schema = schema;
    }

    /**
     * A value of a type.
     *
     * @param typeName the type
     * @return a new value
     */
    public JsonNode of(String typeName) {
        SchemaType type = schema.type(typeName);
        if (type instanceof SchemaType.Struct struct) {
            return object(struct, Map.of());
        }
        if (type instanceof SchemaType.Array) {
            return NODES.arrayNode();
        }
        if (type instanceof SchemaType.Enumeration enumeration) {
            return NODES.stringNode(enumeration.values().get(0));
        }
        if (type instanceof SchemaType.Alternate alternate) {
            return of(simplest(alternate));
        }
        return builtin((SchemaType.Builtin) type);
    }

    /**
     * A value of a builtin type.
     *
     * @param type the type
     * @return a new value
     */
    public static JsonNode builtin(SchemaType.Builtin type) {
        return switch (type.jsonType()) {
            case "string" -> NODES.stringNode("x");
            case "number", "int" -> NODES.numberNode(1);
            case "boolean" -> NODES.booleanNode(true);
            case "null" -> NODES.nullNode();
            default -> NODES.objectNode();
        };
    }

    /** Objects may contain themselves; strings do not. */
    private String simplest(SchemaType.Alternate alternate) {
        return alternate.branches().stream()
                .min(Comparator.comparing(branch -> schema.type(branch) instanceof SchemaType.Struct))
                .orElseThrow();
    }

    /**
     * An object whose tags have certain values, as far as they are given.
     *
     * @param type its type
     * @param tags the values by the tags' names
     * @return a new object
     */
    public ObjectNode object(SchemaType.Struct type, Map<String, String> tags) {
        ObjectNode object = NODES.objectNode();
        addMembers(type, tags, object);
        return object;
    }

    private void addMembers(SchemaType.Struct type, Map<String, String> tags, ObjectNode object) {
        String tag = type.tag();
        for (SchemaType.Member member : type.members().values()) {
            if (member.name().equals(tag) && tags.containsKey(tag)) {
                object.put(tag, tags.get(tag));
            } else if (!member.isOptional()) {
                object.set(member.name(), of(member.type()));
            }
        }
        if (tag != null && object.has(tag)) {
            String variant = type.variants().get(object.path(tag).stringValue());
            if (variant != null) {
                addMembers(schema.struct(variant), tags, object);
            }
        }
    }
}
