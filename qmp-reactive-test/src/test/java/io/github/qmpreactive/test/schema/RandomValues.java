package io.github.qmpreactive.test.schema;

import io.github.qmpreactive.test.internal.probe.MinimalValues;
import io.github.qmpreactive.test.internal.schema.SchemaModel;
import io.github.qmpreactive.test.internal.schema.SchemaType;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Values that a schema allows, drawn by a seed, and of each value within them of which type it is. */
final class RandomValues {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int MAX_DEPTH = 5;

    private final SchemaModel schema;
    private final MinimalValues minimal;
    private final Random random;

    RandomValues(SchemaModel schema, Random random) {
        this.schema = schema;
        this.minimal = new MinimalValues(schema);
        this.random = random;
    }

    ObjectNode arguments(String command) {
        return (ObjectNode) of(schema.commands().get(command).argumentType(), 0);
    }

    private JsonNode of(String typeName, int depth) {
        SchemaType type = schema.type(typeName);
        if (depth > MAX_DEPTH) {
            return minimal.of(typeName);
        }
        if (type instanceof SchemaType.Struct struct) {
            ObjectNode object = NODES.objectNode();
            addMembers(struct, object, depth);
            return object;
        }
        if (type instanceof SchemaType.Array array) {
            ArrayNode list = NODES.arrayNode();
            for (int i = random.nextInt(4); i > 0; i--) {
                list.add(of(array.elementType(), depth + 1));
            }
            return list;
        }
        if (type instanceof SchemaType.Enumeration enumeration) {
            return NODES.stringNode(any(enumeration.values()));
        }
        if (type instanceof SchemaType.Alternate alternate) {
            return of(any(alternate.branches()), depth);
        }
        return MinimalValues.builtin((SchemaType.Builtin) type);
    }

    private void addMembers(SchemaType.Struct type, ObjectNode object, int depth) {
        for (SchemaType.Member member : type.members().values()) {
            if (!member.isOptional() || random.nextInt(3) == 0) {
                object.set(member.name(), of(member.type(), depth + 1));
            }
        }
        String variant = type.tag() == null
                ? null
                : type.variants().get(object.path(type.tag()).asString(""));
        if (variant != null) {
            addMembers(schema.struct(variant), object, depth);
        }
    }

    <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
