package io.github.qmpreactive.internal.codec;

import io.github.qmpreactive.error.EncodeError;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns commands into bytes: compact UTF-8, since QEMU pays for each byte, and a newline, which is the convention. What
 * QEMU's parser would refuse is refused here, because QEMU answers it with an error that ends the session.
 */
public final class CommandEncoder {

    private CommandEncoder() {}

    /**
     * Encodes a message.
     *
     * @param prefix what the message of an error begins with
     * @param message the message; not changed
     * @param id is sent in place of the message's own: ASCII, nothing to escape; null to send the message as it is
     * @return the bytes to send
     * @throws EncodeError if QEMU would refuse it
     */
    public static byte[] encode(String prefix, ObjectNode message, @Nullable String id) {
        if (id == null) {
            return write(prefix, message, 0, json -> {
                        json.value(message);
                        json.raw('\n');
                    })
                    .toByteArray();
        }
        return CommandTemplate.of(prefix, message).withId(id);
    }

    /**
     * Refuses what cannot be sent, before anything else is done with it.
     *
     * @param prefix what the message of an error begins with
     * @param message the message; not changed
     * @throws EncodeError if QEMU would refuse it
     */
    public static void requireSendable(String prefix, ObjectNode message) {
        requireSendable(prefix, message, 0);
    }

    private static void requireSendable(String prefix, ObjectNode message, int moreTokens) {
        String problem = SendableCheck.problemOf(message, moreTokens);
        if (problem != null) {
            throw refused(prefix, message, problem);
        }
    }

    static CompactJson write(String prefix, ObjectNode message, int moreTokens, Consumer<CompactJson> writing) {
        requireSendable(prefix, message, moreTokens);
        CompactJson json = new CompactJson();
        try {
            writing.accept(json);
        } catch (CompactJson.Overflow e) {
            throw tooLong(prefix, message);
        }
        return json;
    }

    static EncodeError tooLong(String prefix, ObjectNode message) {
        return refused(
                prefix, message, "it takes more than " + WireJson.MAX_COMMAND_BYTES + " bytes, the most QEMU reads");
    }

    private static EncodeError refused(String prefix, ObjectNode message, String why) {
        JsonNode name = message.path("execute").isMissingNode() ? message.path("exec-oob") : message.path("execute");
        return new EncodeError(prefix + "The command " + name.asString("") + " cannot be sent: " + why, null);
    }
}
