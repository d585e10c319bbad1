package io.github.qmpreactive.console;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.schema.BuiltinType;
import io.github.qmpreactive.schema.ObjectType;
import io.github.qmpreactive.schema.QmpSchema;
import io.github.qmpreactive.schema.SchemaCommand;
import io.github.qmpreactive.schema.SchemaMember;
import io.github.qmpreactive.schema.SchemaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A line at the prompt: {@code blockdev-add driver=null-co node-name=disk1 size=1048576}, with dots for what is deeper ({@code
 * file.filename=/disk}), or with all arguments as JSON.
 *
 * @param command the name of the command
 * @param arguments of it
 * @param problems why QEMU would refuse it
 * @param suggestions what may come in place of the last word
 */
record Prompt(
        String command,
        @JsonIgnore ObjectNode arguments,
        List<String> problems,
        List<Completion.Suggestion> suggestions) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<String> TRUE = Set.of("on", "true", "yes");
    private static final Set<String> FALSE = Set.of("off", "false", "no");

    static Prompt of(String line, QmpSchema schema) {
        String text = line.stripLeading();
        int end = text.indexOf(' ');
        String name = end < 0 ? text : text.substring(0, end);
        String rest = end < 0 ? "" : text.substring(end).strip();
        SchemaCommand command = schema.command(name).orElse(null);
        ObjectNode arguments = JSON.createObjectNode();
        List<String> problems = new ArrayList<>();
        if (command == null) {
            problems.add(name.isEmpty() ? "Type a command" : "QEMU has no command " + name);
            return new Prompt(name, arguments, problems, end < 0 ? Completion.ofName(name, schema) : List.of());
        }
        List<String> words = rest.startsWith("{") ? List.of() : words(rest);
        if (rest.startsWith("{")) {
            arguments = json(rest, problems);
        }
        for (String word : words) {
            add(word, command, arguments, problems);
        }
        problems.addAll(Arguments.problems(command, arguments));
        String last = words.isEmpty() || line.endsWith(" ") ? "" : words.get(words.size() - 1);
        List<Completion.Suggestion> suggestions = end < 0
                ? Completion.ofName(name, schema)
                : rest.startsWith("{") ? List.of() : Completion.ofArgument(last, command, arguments);
        return new Prompt(name, arguments, problems, suggestions);
    }

    /** As it is sent. */
    QmpCommand toCommand() {
        return QmpCommand.of(command).arguments(arguments);
    }

    /** What blanks separate, but for those within quotes. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (Character.isWhitespace(next) && !quoted) {
                addNotEmpty(word, words);
                continue;
            }
            word.append(next);
            if (next == '"') {
                quoted = !quoted;
            } else if (next == '\\' && quoted && i + 1 < text.length()) {
                word.append(text.charAt(++i));
            }
        }
        addNotEmpty(word, words);
        return words;
    }

    private static void addNotEmpty(StringBuilder word, List<String> words) {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    private static ObjectNode json(String text, List<String> problems) {
        try {
            if (JSON.readTree(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            // Said below.
        }
        problems.add("The arguments are no JSON object yet");
        return JSON.createObjectNode();
    }

    private static void add(String word, SchemaCommand command, ObjectNode arguments, List<String> problems) {
        int equals = word.indexOf('=');
        if (equals < 1) {
            problems.add(word + " has no value: " + word + "=…");
            return;
        }
        ObjectNode object = arguments;
        ObjectType type = command.arguments();
        String[] path = word.substring(0, equals).split("\\.", -1);
        for (int i = 0; i < path.length - 1; i++) {
            type = deeper(type, path[i], object);
            object = object.path(path[i]) instanceof ObjectNode there ? there : object.putObject(path[i]);
        }
        String name = path[path.length - 1];
        object.set(name, value(word.substring(equals + 1), memberType(type, name, object)));
    }

    /** The type of a member that is an object, or may be one; null if the schema has none. */
    static @Nullable ObjectType deeper(@Nullable ObjectType type, String name, JsonNode in) {
        return Completion.object(memberType(type, name, in));
    }

    private static @Nullable SchemaType memberType(@Nullable ObjectType type, String name, JsonNode in) {
        SchemaMember member = type == null ? null : Arguments.members(type, in).get(name);
        return member == null ? null : member.type();
    }

    /** A text where the schema wants a text; else JSON, or a text if it is none. */
    private static JsonNode value(String text, @Nullable SchemaType type) {
        String json = type instanceof BuiltinType builtin ? builtin.jsonType() : "";
        if (json.equals("boolean") && (TRUE.contains(text) || FALSE.contains(text))) {
            return JSON.getNodeFactory().booleanNode(TRUE.contains(text));
        }
        if (!json.equals("string") || text.startsWith("\"")) {
            try {
                JsonNode value = JSON.readTree(text);
                if (!value.isMissingNode()) {
                    return value;
                }
            } catch (JacksonException e) {
                // A text.
            }
        }
        return JSON.getNodeFactory().stringNode(text);
    }
}
