package io.github.qmpreactive.test.internal.protocol;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A command as it was received, whatever else may be wrong with it. */
public record Command(ObjectNode raw, String name, boolean isOob) {

    /** Returns the command that a message names; empty if it names none. */
    public static Optional<Command> of(JsonNode message) {
        boolean oob = !message.has("execute");
        JsonNode name = message.path(oob ? "exec-oob" : "execute");
        return name.isString() && message instanceof ObjectNode raw
                ? Optional.of(new Command(raw, name.stringValue(), oob))
                : Optional.empty();
    }

    /** Returns the arguments; an empty object where there are none. */
    public JsonNode arguments() {
        JsonNode arguments = raw.get("arguments");
        return arguments == null ? JsonNodeFactory.instance.objectNode() : arguments;
    }

    /** Returns the id; null where there is none. */
    public @Nullable JsonNode id() {
        return raw.get("id");
    }
}
