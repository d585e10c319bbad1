package io.github.qmpreactive.internal.codec;

import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.message.QmpEvent;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** Turns the bytes of one JSON object into a message, and what Jackson throws into an error of ours. */
final class InboundParser {

    private InboundParser() {}

    static Inbound parse(byte[] bytes, int offset, int length) {
        ObjectNode message = readObject(bytes, offset, length);
        if (message.has("event") && !isReply(message)) {
            return new Inbound.Event(event(message, bytes, offset, length));
        }
        return message.has("QMP") && !isReply(message)
                ? new Inbound.Hello(message)
                : new Inbound.Reply(message.get("id"), message);
    }

    /** Unknown members are ignored. */
    private static boolean isReply(ObjectNode message) {
        return message.has("id") && (message.has("return") || message.has("error"));
    }

    private static ObjectNode readObject(byte[] bytes, int offset, int length) {
        ObjectNode common = TreeReader.read(bytes, offset, length);
        if (common != null) {
            return common;
        }
        try {
            // What the framer hands over begins with a brace, so a tree of it is an object.
            return (ObjectNode) WireJson.MAPPER.readTree(bytes, offset, length);
        } catch (JacksonException e) {
            throw malformed("Received something that is not JSON" + Excerpts.place(e), bytes, offset, length);
        }
    }

    private static QmpEvent event(ObjectNode message, byte[] bytes, int offset, int length) {
        JsonNode name = message.path("event");
        if (!name.isString()) {
            throw malformed("Received an event whose name is not a string", bytes, offset, length);
        }
        JsonNode data = message.get("data");
        return new QmpEvent(
                name.stringValue(),
                data == null ? MissingNode.getInstance() : data,
                timestamp(message.path("timestamp")),
                message);
    }

    private static Optional<Instant> timestamp(JsonNode timestamp) {
        JsonNode seconds = timestamp.path("seconds");
        JsonNode microseconds = timestamp.path("microseconds");
        if (!isCount(seconds) || !isCount(microseconds)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    Instant.ofEpochSecond(seconds.longValue(), Math.multiplyExact(microseconds.longValue(), 1000L)));
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static boolean isCount(JsonNode number) {
        return number.isIntegralNumber() && number.canConvertToLong() && number.longValue() >= 0;
    }

    private static MalformedMessageError malformed(String what, byte[] bytes, int offset, int length) {
        String excerpt = Excerpts.of(bytes, offset, length);
        // Not in the words: it may be a secret, and which command it belongs to is not known here.
        return new MalformedMessageError(what + ", in a message of " + length + " bytes", excerpt, null);
    }
}
