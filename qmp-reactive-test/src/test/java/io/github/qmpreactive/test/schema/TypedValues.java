package io.github.qmpreactive.test.schema;

import io.github.qmpreactive.test.internal.schema.SchemaModel;
import io.github.qmpreactive.test.internal.schema.SchemaType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All values within a right value, with their types. */
final class TypedValues {

    /**
     * A value.
     *
     * @param type its type
     * @param value the value
     * @param replace puts another one in its place
     */
    record Spot(SchemaType type, JsonNode value, Consumer<JsonNode> replace) {}

    /**
     * An object.
     *
     * @param object the object
     * @param required the names of those of its members that must be there
     * @param tagged those of its types whose tag tells which other members it has
     */
    record Whole(ObjectNode object, List<String> required, List<SchemaType.Struct> tagged) {}

    private final SchemaModel schema;
    private final List<Spot> spots = new ArrayList<>();
    private final List<Whole> objects = new ArrayList<>();

    private TypedValues(SchemaModel schema) {
        this.schema = schema;
    }

    static TypedValues of(SchemaModel schema, String command, ObjectNode arguments) {
        TypedValues values = new TypedValues(schema);
        values.object(schema.struct(schema.commands().get(command).argumentType()), arguments);
        return values;
    }

    /** All values but the arguments themselves. */
    List<Spot> spots() {
        return spots;
    }

    /** All objects, the arguments first. */
    List<Whole> objects() {
        return objects;
    }

    private void value(String typeName, JsonNode value, Consumer<JsonNode> replace) {
        SchemaType type = schema.type(typeName);
        spots.add(new Spot(type, value, replace));
        inside(type, value, replace);
    }

    private void inside(SchemaType type, JsonNode value, Consumer<JsonNode> replace) {
        if (type instanceof SchemaType.Struct struct) {
            object(struct, (ObjectNode) value);
        } else if (type instanceof SchemaType.Array array) {
            ArrayNode list = (ArrayNode) value;
            for (int i = 0; i < list.size(); i++) {
                int index = i;
                value(array.elementType(), list.get(i), other -> list.set(index, other));
            }
        } else if (type instanceof SchemaType.Alternate alternate) {
            alternate.branches().stream()
                    .map(schema::type)
                    .filter(branch -> branch instanceof SchemaType.Enumeration
                            ? value.isString()
                            : branch instanceof SchemaType.Struct && value.isObject())
                    .forEach(branch -> {
                        spots.add(new Spot(branch, value, replace));
                        inside(branch, value, replace);
                    });
        }
    }

    private void object(SchemaType.Struct type, ObjectNode object) {
        Whole whole = new Whole(object, new ArrayList<>(), new ArrayList<>());
        objects.add(whole);
        members(type, whole);
    }

    private void members(SchemaType.Struct type, Whole whole) {
        ObjectNode object = whole.object();
        for (SchemaType.Member member : type.members().values()) {
            if (!member.isOptional()) {
                whole.required().add(member.name());
            }
            if (object.has(member.name())) {
                value(member.type(), object.get(member.name()), other -> object.set(member.name(), other));
            }
        }
        if (type.tag() != null) {
            whole.tagged().add(type);
            String variant = type.variants().get(object.path(type.tag()).asString(""));
            if (variant != null) {
                members(schema.struct(variant), whole);
            }
        }
    }
}
