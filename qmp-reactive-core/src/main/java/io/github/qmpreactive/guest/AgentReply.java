package io.github.qmpreactive.guest;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.BadReplyError;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What an agent returned, which may have any shape. An error names the command without its arguments, which may be secret.
 *
 * @param session where it came
 * @param command the name of the command
 * @param returned what it returned
 */
record AgentReply(QgaSession session, String command, JsonNode returned) {

    /** An integer that is the whole reply. */
    long integer() {
        return integer("the reply", returned);
    }

    /** An integer that is the whole reply, within limits. */
    int integer(int least, int most) {
        return within("the reply", integer(), least, most);
    }

    long integer(String member) {
        return integer(member, returned.path(member));
    }

    private long integer(String what, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw unusable(what + " is no integer", null);
        }
        return value.longValue();
    }

    /** An integer within limits. */
    int integer(String member, int least, int most) {
        return within(member, integer(member), least, most);
    }

    private int within(String what, long value, int least, int most) {
        if (value < least || value > most) {
            throw unusable(what + " is " + value + ", which is not in " + least + "…" + most, null);
        }
        return (int) value;
    }

    boolean has(String member) {
        return returned.has(member);
    }

    boolean flag(String member) {
        JsonNode value = returned.path(member);
        if (!value.isBoolean()) {
            throw unusable(member + " is neither true nor false", null);
        }
        return value.booleanValue();
    }

    byte[] bytes(String member) {
        JsonNode value = returned.path(member);
        if (!value.isString()) {
            throw unusable(member + " is no string", null);
        }
        try {
            return Base64.getDecoder().decode(value.stringValue());
        } catch (IllegalArgumentException e) {
            throw unusable(member + " is not Base64", e);
        }
    }

    BadReplyError unusable(String why, @Nullable Throwable cause) {
        return new BadReplyError(
                "[" + session.name() + "] The reply to " + command + " cannot be used: " + why,
                JsonNodeFactory.instance.objectNode().put("execute", command),
                returned,
                cause);
    }
}
