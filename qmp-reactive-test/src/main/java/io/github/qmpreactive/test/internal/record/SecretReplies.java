package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.internal.codec.MessageId;
import io.github.qmpreactive.internal.codec.Secrets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which replies of one connection are secrets, by what the client has asked. Both directions use it, each on the thread of
 * its own.
 */
final class SecretReplies {

    private static final Object OTHER = new Object();

    private final Map<Object, Secrets> asked = new ConcurrentHashMap<>();

    Secrets asked(ObjectNode command) {
        asked.merge(keyOf(command), Secrets.ofReplyTo(command), (before, now) -> before.isSpecial() ? before : now);
        return Secrets.of(command);
    }

    Secrets answered(ObjectNode message) {
        Object key = keyOf(message);
        // Without an id the order is all there is to know: rather too much is hidden than too little.
        Secrets known = key == OTHER ? asked.get(key) : asked.remove(key);
        if (!message.has("return") && !message.has("error")) {
            return Secrets.ofEventOrReply();
        }
        return known == null ? Secrets.of(message) : known;
    }

    private static Object keyOf(ObjectNode message) {
        JsonNode id = message.get("id");
        return id == null ? OTHER : Objects.requireNonNullElse(MessageId.keyOf(id), OTHER);
    }
}
