package io.github.qmpreactive.internal.codec;

import io.github.qmpreactive.error.EncodeError;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
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
     * @param id is sent in place of the message's own; null to send the message as it is
     * @return the bytes to send
     * @throws EncodeError if QEMU would refuse it
     */
    public static byte[] encode(String prefix, ObjectNode message, @Nullable String id) {
        ObjectNode sent = withId(message, id);
        requireSendable(prefix, sent);
        Bytes out = new Bytes();
        try (JsonGenerator generator = WireJson.MAPPER.createGenerator((OutputStream) out)) {
            generator.writeTree(sent);
        } catch (Bytes.Overflow e) {
            throw refused(
                    prefix,
                    message,
                    "it takes more than " + WireJson.MAX_COMMAND_BYTES + " bytes, the most QEMU reads",
                    null);
        } catch (JacksonException e) {
            throw refused(prefix, message, e.getOriginalMessage(), e);
        }
        out.write('\n');
        return out.toByteArray();
    }

    /**
     * Refuses what cannot be sent, before anything else is done with it.
     *
     * @param prefix what the message of an error begins with
     * @param message the message; not changed
     * @throws EncodeError if QEMU would refuse it
     */
    public static void requireSendable(String prefix, ObjectNode message) {
        String problem = Sendable.problemOf(message);
        if (problem != null) {
            throw refused(prefix, message, problem, null);
        }
    }

    private static ObjectNode withId(ObjectNode message, @Nullable String id) {
        if (id == null) {
            return message;
        }
        ObjectNode sent = WireJson.MAPPER.createObjectNode();
        sent.setAll(message);
        sent.remove("id");
        return sent.put("id", id);
    }

    private static EncodeError refused(String prefix, ObjectNode message, String why, @Nullable Throwable cause) {
        JsonNode name = message.path("execute").isMissingNode() ? message.path("exec-oob") : message.path("execute");
        return new EncodeError(prefix + "The command " + name.asString("") + " cannot be sent: " + why, cause);
    }

    /** Refuses to grow over what QEMU reads. */
    private static final class Bytes extends ByteArrayOutputStream {

        private static final class Overflow extends RuntimeException {
            private static final long serialVersionUID = 1L;

            Overflow() {
                super(null, null, false, false);
            }
        }

        Bytes() {
            super(128);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            if (length > WireJson.MAX_COMMAND_BYTES - count) {
                throw new Overflow();
            }
            super.write(bytes, offset, length);
        }
    }
}
