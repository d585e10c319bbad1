package io.github.qmpreactive.test.internal.schema;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way from a command's arguments to a place in them. As text: the command's name, and what follows separated by
 * spaces: the name of a member, {@code []} for a list's elements, {@code {}} for the object among an alternate's
 * branches, {@code =x} for what comes on top when the tag is {@code x}.
 */
public record TypePath(String command, List<String> steps) {

    private static final String ELEMENT = "[]";
    private static final String BRANCH = "{}";
    private static final String VARIANT = "=";

    /**
     * Where it leads to.
     *
     * @param type the type there
     * @param struct the object that it is in
     * @param member the member of that object that it is, or is an element of
     */
    public record End(SchemaType type, SchemaType.Struct struct, SchemaType.Member member) {}

    static TypePath parse(String text) {
        List<String> words = List.of(text.split(" "));
        return new TypePath(words.get(0), words.subList(1, words.size()));
    }

    /**
     * Goes the way.
     *
     * @return where it leads to, if that is an integer or an alternate in an object; empty if the schema has no such place
     */
    Optional<End> end(SchemaModel schema) {
        CommandEntry entry = schema.command(command).orElse(null);
        if (entry == null) {
            return Optional.empty();
        }
        SchemaType type = schema.type(entry.argumentType());
        SchemaType.Struct struct = null;
        SchemaType.Member member = null;
        for (String step : steps) {
            if (type instanceof SchemaType.Struct object && !step.startsWith(VARIANT)) {
                struct = object;
                member = object.members().get(step);
            }
            String next = next(schema, type, step);
            if (next == null) {
                return Optional.empty();
            }
            type = schema.type(next);
        }
        boolean hides = type instanceof SchemaType.Alternate
                || (type instanceof SchemaType.Builtin builtin && builtin.kind() == BuiltinKind.INT);
        return hides && struct != null && member != null
                ? Optional.of(new End(type, struct, member))
                : Optional.empty();
    }

    private static @Nullable String next(SchemaModel schema, SchemaType type, String step) {
        if (type instanceof SchemaType.Array array) {
            return step.equals(ELEMENT) ? array.elementType() : null;
        }
        if (type instanceof SchemaType.Alternate alternate) {
            return alternate.branches().stream()
                    .filter(branch -> step.equals(BRANCH) && schema.type(branch) instanceof SchemaType.Struct)
                    .findFirst()
                    .orElse(null);
        }
        if (type instanceof SchemaType.Struct struct) {
            if (step.startsWith(VARIANT)) {
                return struct.variant(step.substring(VARIANT.length())).orElse(null);
            }
            SchemaType.Member member = struct.members().get(step);
            return member == null ? null : member.type();
        }
        return null;
    }
}
