package io.github.qmpreactive.schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Reads what {@code query-qmp-schema} returns, and trusts nothing in it. */
final class SchemaReader {

    /** QEMU 11.1 has 1,230. */
    private static final int MOST_ENTRIES = 20_000;

    private static final int LONGEST_NAME = 100;

    private final Map<String, SchemaType> types = new HashMap<>();
    private final Map<String, SchemaCommand> commands = new LinkedHashMap<>();
    private final Map<String, SchemaEvent> events = new LinkedHashMap<>();
    private final List<Use> uses = new ArrayList<>();
    private String currentName = "";
    private int currentIndex;

    /** A type that an entry names. */
    private record Use(String by, NamedType type, boolean hasToBeObject) {}

    private SchemaReader() {}

    static QmpSchema read(JsonNode reply) {
        SchemaReader reader = new SchemaReader();
        reader.readAll(reply);
        return new QmpSchema(reader.commands, reader.events);
    }

    private void readAll(JsonNode reply) {
        if (!reply.isArray()) {
            throw wrong("it is no list");
        }
        if (reply.size() > MOST_ENTRIES) {
            throw wrong("it has " + reply.size() + " entries, the limit is " + MOST_ENTRIES);
        }
        int index = 0;
        for (JsonNode entry : reply) {
            currentName = entry.path("name").asString("");
            currentIndex = index;
            add(entry);
            index++;
        }
        if (commands.isEmpty()) {
            throw wrong("it has no command");
        }
        uses.forEach(this::check);
        SchemaType endless = Nesting.endless(types.values());
        if (endless != null) {
            throw wrong(
                    "the type " + shortened(endless.name()) + " contains itself without a member between, or more than "
                            + Nesting.DEEPEST + " lists, alternates and variants within each other");
        }
    }

    private void check(Use use) {
        SchemaType type = types.get(use.type().name());
        if (type == null) {
            throw wrong(shortened(use.by()) + " names a type that is not there: "
                    + shortened(use.type().name()));
        }
        if (use.hasToBeObject() && !(type instanceof ObjectType)) {
            throw wrong(shortened(use.by()) + " names a type that is no object: " + shortened(type.name()));
        }
    }

    private void add(JsonNode entry) {
        String name = text(entry, "name");
        Object before =
                switch (text(entry, "meta-type")) {
                    case "command" -> commands.put(name, command(name, entry));
                    case "event" -> events.put(name, new SchemaEvent(name, object(entry, "arg-type"), features(entry)));
                    default -> types.put(name, typeOf(name, entry));
                };
        if (before != null) {
            throw wrongEntry("has the name of another entry");
        }
    }

    private SchemaCommand command(String name, JsonNode entry) {
        return new SchemaCommand(
                name,
                object(entry, "arg-type"),
                type(entry, "ret-type"),
                entry.path("allow-oob").asBoolean(false),
                features(entry));
    }

    /** A type of a kind that does not exist yet may be anything. */
    private SchemaType typeOf(String name, JsonNode entry) {
        Set<String> features = features(entry);
        return switch (text(entry, "meta-type")) {
            case "object" -> object(name, entry, features);
            case "enum" -> new EnumType(name, values(entry), features);
            case "array" -> new ArrayType(name, type(entry, "element-type"), features);
            case "alternate" ->
                new AlternateType(
                        name,
                        list(entry, "members").stream()
                                .map(branch -> type(branch, "type"))
                                .toList(),
                        features);
            case "builtin" -> new BuiltinType(name, text(entry, "json-type"), features);
            default -> new BuiltinType(name, BuiltinType.ANYTHING, features);
        };
    }

    private ObjectType object(String name, JsonNode entry, Set<String> features) {
        Map<String, SchemaMember> members = members(entry);
        Map<String, NamedType> variants = variants(entry);
        String tag = entry.has("tag") ? text(entry, "tag") : null;
        if (tag == null && !variants.isEmpty()) {
            throw wrongEntry("has variants without a tag");
        }
        if (tag != null && !members.containsKey(tag)) {
            throw wrongEntry("has no member " + shortened(tag) + ", which it names as tag");
        }
        return new ObjectType(name, members, tag, variants, features);
    }

    private Map<String, SchemaMember> members(JsonNode entry) {
        Map<String, SchemaMember> members = new LinkedHashMap<>();
        for (JsonNode member : list(entry, "members")) {
            String name = text(member, "name");
            members.put(name, new SchemaMember(name, type(member, "type"), member.has("default"), features(member)));
        }
        return members;
    }

    private Map<String, NamedType> variants(JsonNode entry) {
        Map<String, NamedType> variants = new LinkedHashMap<>();
        for (JsonNode variant : optionalList(entry, "variants")) {
            variants.put(text(variant, "case"), object(variant, "type"));
        }
        return variants;
    }

    /** {@code members} since QEMU 6.2, with features; {@code values}, which it replaces, before. */
    private Map<String, Set<String>> values(JsonNode entry) {
        Map<String, Set<String>> values = new LinkedHashMap<>();
        if (entry.has("members")) {
            list(entry, "members").forEach(value -> values.put(text(value, "name"), features(value)));
        } else {
            list(entry, "values").forEach(value -> values.put(string(value, "values"), Set.of()));
        }
        return values;
    }

    private Set<String> features(JsonNode of) {
        Set<String> features = new LinkedHashSet<>();
        optionalList(of, "features").forEach(feature -> features.add(string(feature, "features")));
        return Set.copyOf(features);
    }

    private NamedType type(JsonNode of, String member) {
        return use(of, member, false);
    }

    private NamedType object(JsonNode of, String member) {
        return use(of, member, true);
    }

    private NamedType use(JsonNode of, String member, boolean hasToBeObject) {
        NamedType type = new NamedType(text(of, member), types);
        uses.add(new Use(currentName, type, hasToBeObject));
        return type;
    }

    private List<JsonNode> optionalList(JsonNode of, String member) {
        return of.has(member) ? list(of, member) : List.of();
    }

    private List<JsonNode> list(JsonNode of, String member) {
        JsonNode list = of.path(member);
        if (!list.isArray()) {
            throw wrongEntry("has no list of " + member);
        }
        return new ArrayList<>(list.values());
    }

    private String text(JsonNode of, String member) {
        return string(of.path(member), member);
    }

    private String string(JsonNode value, String member) {
        if (!value.isString()) {
            throw wrongEntry("has no text as " + member);
        }
        return value.stringValue();
    }

    private static String shortened(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
    }

    private IllegalArgumentException wrongEntry(String what) {
        String entry = "entry " + currentIndex;
        return wrong((currentName.isEmpty() ? entry : shortened(currentName) + " (" + entry + ")") + " " + what);
    }

    private static IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("Not what query-qmp-schema returns: " + what);
    }
}
