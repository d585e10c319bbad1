package io.github.qmpreactive.test.internal.schema;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** All that a schema tells, immutable. */
public final class SchemaModel {

    private final Map<String, SchemaType> types;
    private final Map<String, CommandEntry> commands;
    private final Map<String, String> events;

    /** A model whose references have been checked. */
    public SchemaModel(Map<String, SchemaType> types, Map<String, CommandEntry> commands, Map<String, String> events) {
        this.types = types;
        this.commands = commands;
        this.events = events;
    }

    /** A type. */
    public SchemaType type(String name) {
        return Objects.requireNonNull(types.get(name), name);
    }

    /** An object type. */
    public SchemaType.Struct struct(String name) {
        return (SchemaType.Struct) type(name);
    }

    /** Returns the commands by name, in the schema's order. */
    public Map<String, CommandEntry> commands() {
        return commands;
    }

    /** Returns the names of their data types by the events' names, in the schema's order. */
    public Map<String, String> events() {
        return events;
    }

    /**
     * A command.
     *
     * @return the command; empty if there is none
     */
    public Optional<CommandEntry> command(String name) {
        return Optional.ofNullable(commands.get(name));
    }
}
