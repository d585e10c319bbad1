package io.github.qmpreactive.test;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A command as a fake received it; immutable by contract. */
public final class ReceivedCommand {

    private final ObjectNode raw;
    private final String name;
    private final boolean oob;

    private ReceivedCommand(ObjectNode raw, String name, boolean oob) {
        this.raw = raw;
        this.name = name;
        this.oob = oob;
    }

    /** What names a command, whatever else may be wrong with it. */
    static Optional<ReceivedCommand> of(JsonNode input) {
        boolean oob = !input.has("execute");
        JsonNode name = input.path(oob ? "exec-oob" : "execute");
        return name.isString() && input instanceof ObjectNode raw
                ? Optional.of(new ReceivedCommand(raw, name.stringValue(), oob))
                : Optional.empty();
    }

    /** {@return its name: the {@code execute} or {@code exec-oob} member} */
    public String name() {
        return name;
    }

    /** {@return the {@code arguments} member; an empty object where there is none} */
    public JsonNode arguments() {
        JsonNode arguments = raw.get("arguments");
        return arguments == null ? JsonNodeFactory.instance.objectNode() : arguments;
    }

    /** {@return the {@code id} member, which may be any JSON value, {@code null} included; empty where there is none} */
    public Optional<JsonNode> id() {
        return Optional.ofNullable(raw.get("id"));
    }

    /** {@return whether it came as {@code exec-oob}, to be executed out of band} */
    public boolean isOob() {
        return oob;
    }

    /** {@return the whole message as it came; not to be changed} */
    public ObjectNode raw() {
        return raw;
    }

    /** The message as JSON. */
    @Override
    public String toString() {
        return raw.toString();
    }
}
