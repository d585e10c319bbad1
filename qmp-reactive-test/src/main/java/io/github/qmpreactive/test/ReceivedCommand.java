package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.protocol.Command;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A command as a fake received it; immutable by contract. */
public final class ReceivedCommand {

    private final Command command;

    ReceivedCommand(Command command) {
        this.command = command;
    }

    Command command() {
        return command;
    }

    /** {@return its name: the {@code execute} or {@code exec-oob} member} */
    public String name() {
        return command.name();
    }

    /** {@return the {@code arguments} member; an empty object where there is none} */
    public JsonNode arguments() {
        return command.arguments();
    }

    /** {@return the {@code id} member, which may be any JSON value, {@code null} included; empty where there is none} */
    public Optional<JsonNode> id() {
        return Optional.ofNullable(command.id());
    }

    /** {@return whether it came as {@code exec-oob}, to be executed out of band} */
    public boolean isOob() {
        return command.isOob();
    }

    /** {@return the whole message as it came; not to be changed} */
    public ObjectNode raw() {
        return command.raw();
    }

    /** Whether both messages are the same JSON, with their ids. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ReceivedCommand received && command.equals(received.command);
    }

    @Override
    public int hashCode() {
        return command.hashCode();
    }

    /** The message as JSON. */
    @Override
    public String toString() {
        return command.raw().toString();
    }
}
