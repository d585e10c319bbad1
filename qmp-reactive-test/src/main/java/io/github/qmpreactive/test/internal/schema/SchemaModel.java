package io.github.qmpreactive.test.internal.schema;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * All that a schema tells, immutable.
 *
 * @param types the types by name
 * @param commands the commands by name, in the schema's order
 * @param events the names of their data types by the events' names, in the schema's order
 */
public record SchemaModel(
        Map<String, SchemaType> types, Map<String, CommandEntry> commands, Map<String, String> events) {

    /** A type. */
    public SchemaType type(String name) {
        return Objects.requireNonNull(types.get(name), name);
    }

    /** An object type. */
    public SchemaType.Struct struct(String name) {
        return (SchemaType.Struct) type(name);
    }

    /** A command; empty if there is none of this name. */
    public Optional<CommandEntry> command(String name) {
        return Optional.ofNullable(commands.get(name));
    }
}
