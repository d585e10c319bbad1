package io.github.qmpreactive.test.internal.schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Reads what {@code query-qmp-schema} returns. */
public final class SchemaReader {

    private static final Set<String> JSON_TYPES = Set.of("string", "number", "int", "boolean", "null", "value");

    private final Map<String, SchemaType> types = new HashMap<>();
    private final Map<String, CommandEntry> commands = new LinkedHashMap<>();
    private final Map<String, String> events = new LinkedHashMap<>();
    private String entry = "";

    private SchemaReader() {}

    /**
     * Reads a schema.
     *
     * @param entries the {@code return} member of the reply
     * @throws IllegalArgumentException if it is no schema; names the entry and what is wrong with it
     */
    public static SchemaModel read(JsonNode entries) {
        SchemaReader reader = new SchemaReader();
        if (!entries.isArray()) {
            throw reader.wrong("it is no list but " + Excerpt.of(entries));
        }
        int index = 0;
        for (JsonNode node : entries) {
            reader.entry = "entry " + index++;
            reader.add(node);
        }
        if (reader.commands.isEmpty()) {
            reader.entry = "";
            throw reader.wrong("it has no command");
        }
        return new SchemaModel(
                Map.copyOf(reader.types),
                Collections.unmodifiableMap(reader.commands),
                Collections.unmodifiableMap(reader.events));
    }

    private void add(JsonNode node) {
        String metaType = text(node, "meta-type");
        String name = text(node, "name");
        entry += " (" + metaType + " " + name + ")";
        switch (metaType) {
            case "builtin" -> types.put(name, new SchemaType.Builtin(name, jsonType(node)));
            case "enum" -> types.put(name, new SchemaType.Enumeration(name, values(node)));
            case "array" -> types.put(name, new SchemaType.Array(name, text(node, "element-type")));
            case "object" -> types.put(name, struct(name, node));
            case "alternate" ->
                types.put(name, new SchemaType.Alternate(name, each(node, "members", m -> text(m, "type"))));
            case "command" -> commands.put(name, command(name, node));
            case "event" -> events.put(name, text(node, "arg-type"));
            default -> throw wrong("there is no such meta-type");
        }
    }

    private String jsonType(JsonNode node) {
        String jsonType = text(node, "json-type");
        if (!JSON_TYPES.contains(jsonType)) {
            throw wrong("there is no json-type " + jsonType);
        }
        return jsonType;
    }

    /** {@code members} since QEMU 6.2; {@code values}, which it replaces, before. */
    private List<String> values(JsonNode node) {
        return node.has("members")
                ? each(node, "members", member -> text(member, "name"))
                : each(node, "values", value -> value.asString(""));
    }

    private SchemaType.Struct struct(String name, JsonNode node) {
        Map<String, SchemaType.Member> members = new LinkedHashMap<>();
        for (SchemaType.Member member : each(node, "members", this::member)) {
            members.put(member.name(), member);
        }
        if (!node.has("tag")) {
            return new SchemaType.Struct(name, Collections.unmodifiableMap(members), null, Map.of());
        }
        Map<String, String> variants = new LinkedHashMap<>();
        each(node, "variants", variant -> variants.put(text(variant, "case"), text(variant, "type")));
        return new SchemaType.Struct(
                name, Collections.unmodifiableMap(members), text(node, "tag"), Collections.unmodifiableMap(variants));
    }

    private SchemaType.Member member(JsonNode node) {
        return new SchemaType.Member(text(node, "name"), text(node, "type"), node.has("default"));
    }

    private CommandEntry command(String name, JsonNode node) {
        return new CommandEntry(
                name,
                text(node, "arg-type"),
                text(node, "ret-type"),
                node.path("allow-oob").asBoolean(false));
    }

    private <T> List<T> each(JsonNode node, String member, Function<JsonNode, T> reader) {
        JsonNode list = node.path(member);
        if (!list.isArray()) {
            throw wrong("its '" + member + "' is no list: " + Excerpt.of(node));
        }
        List<T> results = new ArrayList<>();
        list.forEach(element -> results.add(reader.apply(element)));
        return results;
    }

    private String text(JsonNode node, String member) {
        JsonNode value = node.path(member);
        if (!value.isString()) {
            throw wrong("'" + member + "' is no string: " + Excerpt.of(node));
        }
        return value.stringValue();
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(
                "Not what query-qmp-schema returns: " + (entry.isEmpty() ? "" : entry + ": ") + what);
    }
}
