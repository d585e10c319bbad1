package io.github.qmpreactive.test.schema;

import io.github.qmpreactive.schema.AlternateType;
import io.github.qmpreactive.schema.ArrayType;
import io.github.qmpreactive.schema.BuiltinType;
import io.github.qmpreactive.schema.EnumType;
import io.github.qmpreactive.schema.ObjectType;
import io.github.qmpreactive.schema.QmpSchema;
import io.github.qmpreactive.schema.SchemaMember;
import io.github.qmpreactive.schema.SchemaType;
import io.github.qmpreactive.test.internal.probe.MinimalValues;
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

    private final QmpSchema schema;
    private final Random random;

    RandomValues(QmpSchema schema, Random random) {
        this.schema = schema;
        this.random = random;
    }

    ObjectNode arguments(String command) {
        return (ObjectNode) of(schema.command(command).orElseThrow().arguments(), 0);
    }

    private JsonNode of(SchemaType type, int depth) {
        if (depth > MAX_DEPTH) {
            return MinimalValues.of(type);
        }
        if (type instanceof ObjectType whole) {
            ObjectNode object = NODES.objectNode();
            addMembers(whole, object, depth);
            return object;
        }
        if (type instanceof ArrayType array) {
            ArrayNode list = NODES.arrayNode();
            for (int i = random.nextInt(4); i > 0; i--) {
                list.add(of(array.element(), depth + 1));
            }
            return list;
        }
        if (type instanceof EnumType enumeration) {
            return NODES.stringNode(any(List.copyOf(enumeration.values())));
        }
        if (type instanceof AlternateType alternate) {
            return of(any(alternate.branches()), depth);
        }
        return MinimalValues.builtin((BuiltinType) type);
    }

    private void addMembers(ObjectType type, ObjectNode object, int depth) {
        for (SchemaMember member : type.members().values()) {
            if (!member.isOptional() || random.nextInt(3) == 0) {
                object.set(member.name(), of(member.type(), depth + 1));
            }
        }
        type.tag()
                .map(tag -> type.variants().get(object.path(tag).asString("")))
                .ifPresent(variant -> addMembers(variant, object, depth));
    }

    <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
