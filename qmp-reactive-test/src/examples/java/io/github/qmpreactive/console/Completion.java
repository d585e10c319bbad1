package io.github.qmpreactive.console;

import io.github.qmpreactive.schema.AlternateType;
import io.github.qmpreactive.schema.ArrayType;
import io.github.qmpreactive.schema.BuiltinType;
import io.github.qmpreactive.schema.EnumType;
import io.github.qmpreactive.schema.ObjectType;
import io.github.qmpreactive.schema.QmpSchema;
import io.github.qmpreactive.schema.SchemaCommand;
import io.github.qmpreactive.schema.SchemaMember;
import io.github.qmpreactive.schema.SchemaType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What may be typed next, by the machine's own schema. */
final class Completion {

    private static final int MOST = 12;

    /**
     * A word in place of the last one.
     *
     * @param word the word
     * @param note what it is
     */
    record Suggestion(String word, String note) {}

    private Completion() {}

    static List<Suggestion> ofName(String typed, QmpSchema schema) {
        Stream<String> begins = schema.commands().stream().filter(name -> name.startsWith(typed));
        Stream<String> contains =
                schema.commands().stream().filter(name -> !name.startsWith(typed) && name.contains(typed));
        return Stream.concat(begins.sorted(), contains.sorted())
                .limit(MOST)
                .map(name -> new Suggestion(
                        name,
                        schema.command(name)
                                .map(found -> String.join(", ", found.features()))
                                .orElse("")))
                .toList();
    }

    static List<Suggestion> ofArgument(String typed, SchemaCommand command, JsonNode arguments) {
        int equals = typed.indexOf('=');
        String[] path = (equals < 0 ? typed : typed.substring(0, equals)).split("\\.", -1);
        ObjectType type = command.arguments();
        JsonNode object = arguments;
        StringBuilder prefix = new StringBuilder();
        for (int i = 0; i < path.length - 1 && type != null; i++) {
            type = Prompt.deeper(type, path[i], object);
            object = object.path(path[i]);
            prefix.append(path[i]).append('.');
        }
        if (type == null) {
            return List.of();
        }
        Map<String, SchemaMember> members = Arguments.members(type, object);
        String last = path[path.length - 1];
        JsonNode given = object;
        if (equals < 0) {
            return members.values().stream()
                    .filter(member -> member.name().startsWith(last) && !given.has(member.name()))
                    .limit(MOST)
                    .map(member -> new Suggestion(prefix + member.name() + sign(member.type()), note(member)))
                    .toList();
        }
        SchemaMember member = members.get(last);
        String value = typed.substring(equals + 1);
        return member == null
                ? List.of()
                : values(member.type()).stream()
                        .filter(one -> one.startsWith(value) && !one.equals(value))
                        .limit(MOST)
                        .map(one -> new Suggestion(prefix + last + "=" + one, ""))
                        .toList();
    }

    private static Collection<String> values(SchemaType type) {
        if (type instanceof EnumType one) {
            return one.values();
        }
        return type instanceof BuiltinType builtin && builtin.jsonType().equals("boolean")
                ? Set.of("true", "false")
                : Set.of();
    }

    /** An object goes on with its members, and all else with a value. */
    private static String sign(SchemaType type) {
        return type instanceof ObjectType ? "." : "=";
    }

    static @Nullable ObjectType object(@Nullable SchemaType type) {
        if (type instanceof AlternateType alternate) {
            return alternate.branches().stream()
                    .filter(ObjectType.class::isInstance)
                    .map(ObjectType.class::cast)
                    .findFirst()
                    .orElse(null);
        }
        return type instanceof ObjectType object ? object : null;
    }

    private static String note(SchemaMember member) {
        String what = word(member.type());
        return (member.isOptional() ? what : what + ", needed")
                + (member.features().isEmpty() ? "" : ", " + String.join(", ", member.features()));
    }

    private static String word(SchemaType type) {
        if (type instanceof BuiltinType builtin) {
            return builtin.jsonType();
        }
        if (type instanceof EnumType one) {
            return one.values().size() + " values";
        }
        return type instanceof ArrayType ? "list" : "object";
    }
}
