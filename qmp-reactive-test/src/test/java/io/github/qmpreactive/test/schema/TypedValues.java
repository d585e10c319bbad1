package io.github.qmpreactive.test.schema;

import io.github.qmpreactive.schema.AlternateType;
import io.github.qmpreactive.schema.ArrayType;
import io.github.qmpreactive.schema.EnumType;
import io.github.qmpreactive.schema.ObjectType;
import io.github.qmpreactive.schema.QmpSchema;
import io.github.qmpreactive.schema.SchemaMember;
import io.github.qmpreactive.schema.SchemaType;
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
    record Whole(ObjectNode object, List<String> required, List<ObjectType> tagged) {}

    private final List<Spot> spots = new ArrayList<>();
    private final List<Whole> objects = new ArrayList<>();

    private TypedValues() {}

    static TypedValues of(QmpSchema schema, String command, ObjectNode arguments) {
        TypedValues values = new TypedValues();
        values.object(schema.command(command).orElseThrow().arguments(), arguments);
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

    private void value(SchemaType type, JsonNode value, Consumer<JsonNode> replace) {
        spots.add(new Spot(type, value, replace));
        inside(type, value, replace);
    }

    private void inside(SchemaType type, JsonNode value, Consumer<JsonNode> replace) {
        if (type instanceof ObjectType object) {
            object(object, (ObjectNode) value);
        } else if (type instanceof ArrayType array) {
            ArrayNode list = (ArrayNode) value;
            for (int i = 0; i < list.size(); i++) {
                int index = i;
                value(array.element(), list.get(i), other -> list.set(index, other));
            }
        } else if (type instanceof AlternateType alternate) {
            alternate.branches().stream()
                    .filter(branch -> branch instanceof EnumType
                            ? value.isString()
                            : branch instanceof ObjectType && value.isObject())
                    .forEach(branch -> {
                        spots.add(new Spot(branch, value, replace));
                        inside(branch, value, replace);
                    });
        }
    }

    private void object(ObjectType type, ObjectNode object) {
        Whole whole = new Whole(object, new ArrayList<>(), new ArrayList<>());
        objects.add(whole);
        members(type, whole);
    }

    private void members(ObjectType type, Whole whole) {
        ObjectNode object = whole.object();
        for (SchemaMember member : type.members().values()) {
            if (!member.isOptional()) {
                whole.required().add(member.name());
            }
            if (object.has(member.name())) {
                value(member.type(), object.get(member.name()), other -> object.set(member.name(), other));
            }
        }
        String tag = type.tag().orElse(null);
        if (tag != null) {
            whole.tagged().add(type);
            ObjectType variant = type.variants().get(object.path(tag).asString(""));
            if (variant != null) {
                members(variant, whole);
            }
        }
    }
}
