package io.github.qmpreactive.internal.codec;

import io.github.qmpreactive.error.EncodeError;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ObjectNode;

/** Messages that users write as text. */
public final class MessageText {

    /** What names a member twice means two things at once, and QEMU refuses it. */
    private static final ObjectReader READER =
            WireJson.MAPPER.readerFor(JsonNode.class).with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

    private MessageText() {}

    /**
     * Reads a message.
     *
     * @param prefix what the message of an error begins with
     * @param json the text
     * @return the message
     * @throws EncodeError if it is no JSON object, or names a member twice
     */
    public static ObjectNode read(String prefix, String json) {
        JsonNode message;
        try {
            message = READER.readTree(json);
        } catch (JacksonException e) {
            throw new EncodeError(prefix + "The message cannot be sent: " + problem(json) + Excerpts.place(e), null);
        }
        if (!(message instanceof ObjectNode object)) {
            throw new EncodeError(
                    prefix + "The message cannot be sent: it has to be a JSON object, but is " + message.getNodeType(),
                    null);
        }
        return object;
    }

    private static String problem(String json) {
        try {
            var unused = WireJson.MAPPER.readTree(json);
            return "it names a member twice";
        } catch (JacksonException e) {
            return "it is not JSON";
        }
    }
}
