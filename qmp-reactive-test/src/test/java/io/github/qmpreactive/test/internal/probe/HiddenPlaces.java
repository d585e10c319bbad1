package io.github.qmpreactive.test.internal.probe;

import io.github.qmpreactive.test.internal.schema.SchemaModel;
import io.github.qmpreactive.test.internal.schema.SchemaType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

    private final SchemaModel schema;
    private final MinimalValues values;
    private final List<Place> places = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();

    private HiddenPlaces(SchemaModel schema) {
        this.schema = schema;
        this.values = new MinimalValues(schema);
    }

    static List<Place> in(SchemaModel schema) {
        HiddenPlaces hidden = new HiddenPlaces(schema);
        new TreeMap<>(schema.commands())
                .forEach((command, entry) -> hidden.type(entry.argumentType(), command, value -> value));
        return hidden.places;
    }

    private void type(String typeName, String path, UnaryOperator<JsonNode> arguments) {
        SchemaType type = schema.type(typeName);
        if (type instanceof SchemaType.Builtin builtin && builtin.isInteger()) {
            places.add(new Place(path, type, arguments));
        } else if (type instanceof SchemaType.Array array) {
            type(
                    array.elementType(),
                    path + " []",
                    value ->
                            arguments.apply(JsonNodeFactory.instance.arrayNode().add(value)));
        } else if (type instanceof SchemaType.Alternate alternate && seen.add(typeName)) {
            places.add(new Place(path, type, arguments));
            alternate.branches().stream()
                    .filter(branch -> schema.type(branch) instanceof SchemaType.Struct)
                    .forEach(branch -> type(branch, path + " {}", arguments));
        } else if (type instanceof SchemaType.Struct struct) {
            members(struct, struct, Map.of(), path, arguments);
        }
    }

    /** The whole object is of one type, and has the members of others on top. */
    private void members(
            SchemaType.Struct whole,
            SchemaType.Struct part,
            Map<String, String> tags,
            String path,
            UnaryOperator<JsonNode> arguments) {
        if (!seen.add(part.name())) {
            return;
        }
        for (SchemaType.Member member : part.members().values()) {
            type(
                    member.type(),
                    path + " " + member.name(),
                    value -> arguments.apply(values.object(whole, tags).set(member.name(), value)));
        }
        part.variants().forEach((tagValue, variant) -> {
            Map<String, String> more = new HashMap<>(tags);
            more.put(part.tag(), tagValue);
            members(whole, schema.struct(variant), more, path + " =" + tagValue, arguments);
        });
    }
}
