package io.github.qmpreactive.test.internal.probe;

import io.github.qmpreactive.schema.AlternateType;
import io.github.qmpreactive.schema.ArrayType;
import io.github.qmpreactive.schema.BuiltinType;
import io.github.qmpreactive.schema.ObjectType;
import io.github.qmpreactive.schema.QmpSchema;
import io.github.qmpreactive.schema.SchemaMember;
import io.github.qmpreactive.schema.SchemaType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** All places in commands' arguments of whose types introspection does not tell everything. */
final class HiddenPlaces {

    /**
     * A place.
     *
     * @param path how to get there, as {@code HiddenTypes} has it
     * @param type its type
     * @param arguments makes arguments that are right, but for the value at this place
     */
    record Place(String path, SchemaType type, UnaryOperator<JsonNode> arguments) {}

    private final List<Place> places = new ArrayList<>();
    private final Set<SchemaType> seen = new HashSet<>();

    private HiddenPlaces() {}

    static List<Place> in(QmpSchema schema) {
        HiddenPlaces hidden = new HiddenPlaces();
        for (String command : new TreeSet<>(schema.commands())) {
            hidden.type(schema.command(command).orElseThrow().arguments(), command, value -> value);
        }
        return hidden.places;
    }

    private void type(SchemaType type, String path, UnaryOperator<JsonNode> arguments) {
        if (type instanceof BuiltinType builtin && builtin.isInteger()) {
            places.add(new Place(path, type, arguments));
        } else if (type instanceof ArrayType array) {
            type(
                    array.element(),
                    path + " []",
                    value ->
                            arguments.apply(JsonNodeFactory.instance.arrayNode().add(value)));
        } else if (type instanceof AlternateType alternate && seen.add(type)) {
            places.add(new Place(path, type, arguments));
            alternate.branches().stream()
                    .filter(branch -> branch instanceof ObjectType)
                    .forEach(branch -> type(branch, path + " {}", arguments));
        } else if (type instanceof ObjectType object) {
            members(object, object, Map.of(), path, arguments);
        }
    }

    /** The whole object is of one type, and has the members of others on top. */
    private void members(
            ObjectType whole,
            ObjectType part,
            Map<String, String> tags,
            String path,
            UnaryOperator<JsonNode> arguments) {
        if (!seen.add(part)) {
            return;
        }
        for (SchemaMember member : part.members().values()) {
            type(
                    member.type(),
                    path + " " + member.name(),
                    value -> arguments.apply(MinimalValues.object(whole, tags).set(member.name(), value)));
        }
        part.variants().forEach((tagValue, variant) -> {
            Map<String, String> more = new HashMap<>(tags);
            more.put(part.tag().orElseThrow(), tagValue);
            members(whole, variant, more, path + " =" + tagValue, arguments);
        });
    }
}
