package io.github.qmpreactive.test.internal.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The outer form of a command, as QEMU's {@code qmp-dispatch.c} checks it. */
public final class QmpInput {

    private QmpInput() {}

    /**
     * Says what is wrong with the form of a command.
     *
     * @return the description of a GenericError; null if nothing is wrong
     */
    public static @Nullable String problemOf(JsonNode input, boolean oob) {
        if (!input.isObject()) {
            return "QMP input must be a JSON object";
        }
        String command = null;
        for (Map.Entry<String, JsonNode> member : input.properties()) {
            String name = member.getKey();
            if (name.equals("execute") || (name.equals("exec-oob") && oob)) {
                if (!member.getValue().isString()) {
                    return "QMP input member '" + name + "' must be a string";
                }
                if (command != null) {
                    return "QMP input member '" + name + "' clashes with '" + command + "'";
                }
                command = name;
            } else if (name.equals("arguments")) {
                if (!member.getValue().isObject()) {
                    return "QMP input member 'arguments' must be an object";
                }
            } else if (!name.equals("id")) {
                return "QMP input member '" + name + "' is unexpected";
            }
        }
        return command == null ? "QMP input lacks member 'execute'" : null;
    }
}
