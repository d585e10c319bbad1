package io.github.qmpreactive.test.internal.schema;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads what {@code query-qmp-schema} returns. */
public final class SchemaReader {

    private final Map<String, SchemaType> types = new HashMap<>();
    private final Map<String, CommandEntry> commands = new LinkedHashMap<>();
    private final Map<String, String> events = new LinkedHashMap<>();

    private SchemaReader() {}

    /**
     * Reads a schema.
     *
     * @param entries the {@code return} member of the reply
     * @throws IllegalArgumentException if it is no schema; names the entry and what is wrong with it
     */
    public static SchemaModel read(JsonNode entries) {
        SchemaReader reader = new SchemaReader();
        int index = 0;
        for (JsonNode entry : entries) {
            try {
                reader.add(entry);
            } catch (JacksonException e) {
                throw wrong("entry " + index + ": " + e.getOriginalMessage() + ": " + Excerpt.of(entry));
            }
            index++;
        }
        if (reader.commands.isEmpty()) {
            throw wrong("it has no command");
        }
        return new SchemaModel(
                Map.copyOf(reader.types),
                Collections.unmodifiableMap(reader.commands),
                Collections.unmodifiableMap(reader.events));
    }

    private void add(JsonNode entry) {
        String name = text(entry, "name");
        String metaType = text(entry, "meta-type");
        switch (metaType) {
            case "builtin" -> types.put(name, new SchemaType.Builtin(name, text(entry, "json-type")));
            case "enum" -> types.put(name, new SchemaType.Enumeration(name, values(entry)));
            case "array" -> types.put(name, new SchemaType.Array(name, text(entry, "element-type")));
            case "object" -> types.put(name, struct(name, entry));
            case "alternate" -> types.put(name, new SchemaType.Alternate(name, texts(entry, "members", "type")));
            case "command" ->
                commands.put(
                        name,
                        new CommandEntry(
                                name,
                                text(entry, "arg-type"),
                                text(entry, "ret-type"),
                                entry.path("allow-oob").asBoolean(false)));
            case "event" -> events.put(name, text(entry, "arg-type"));
            default -> throw wrong(name + ": there is no meta-type " + metaType);
        }
    }

    /** {@code members} since QEMU 6.2; {@code values}, which it replaces, before. */
    private static List<String> values(JsonNode entry) {
        return entry.has("members")
                ? texts(entry, "members", "name")
                : entry.required("values")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .toList();
    }

    private static SchemaType.Struct struct(String name, JsonNode entry) {
        Map<String, SchemaType.Member> members = new LinkedHashMap<>();
        for (JsonNode member : entry.required("members")) {
            String own = text(member, "name");
            members.put(own, new SchemaType.Member(own, text(member, "type"), member.has("default")));
        }
        Map<String, String> variants = new LinkedHashMap<>();
        entry.path("variants").forEach(variant -> variants.put(text(variant, "case"), text(variant, "type")));
        return new SchemaType.Struct(
                name,
                Collections.unmodifiableMap(members),
                entry.has("tag") ? text(entry, "tag") : null,
                Collections.unmodifiableMap(variants));
    }

    private static List<String> texts(JsonNode entry, String list, String member) {
        return entry.required(list)
                .valueStream()
                .map(element -> text(element, member))
                .toList();
    }

    private static String text(JsonNode node, String member) {
        return node.required(member).stringValue();
    }

    private static IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("Not what query-qmp-schema returns: " + what);
    }
}
