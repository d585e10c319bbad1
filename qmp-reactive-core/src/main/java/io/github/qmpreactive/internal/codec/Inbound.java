package io.github.qmpreactive.internal.codec;

import io.github.qmpreactive.error.ProtocolError;
import io.github.qmpreactive.message.QmpEvent;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A message of the server, told apart by what it holds. */
public sealed interface Inbound {

    /**
     * The message as it came.
     *
     * @return the message
     */
    JsonNode raw();

    /**
     * A message with the member {@code QMP}.
     *
     * @param raw the message
     */
    record Hello(ObjectNode raw) implements Inbound {}

    /**
     * An event.
     *
     * @param event the event
     */
    record Event(QmpEvent event) implements Inbound {
        @Override
        public JsonNode raw() {
            return event.raw();
        }
    }

    /**
     * A message that is too large, or framed well but not to be read: what it belongs to has to do without it.
     *
     * @param id the member {@code id}; null where there is none
     * @param event the name of the event; null where it is none
     * @param error what is wrong with it
     */
    record Unusable(@Nullable JsonNode id, @Nullable String event, ProtocolError error) implements Inbound {

        /** What is known of it. */
        @Override
        public ObjectNode raw() {
            ObjectNode known = JsonNodeFactory.instance.objectNode();
            if (event != null) {
                known.put("event", event);
            } else if (id != null) {
                known.set("id", id);
            }
            return known.put("unusable", String.valueOf(error.getMessage()));
        }

        /**
         * What is wrong with it.
         *
         * @param prefix what the message of the error begins with
         * @return the rest of that message
         */
        public String problem(String prefix) {
            String message = String.valueOf(error.getMessage());
            return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
        }

        /**
         * Whether it is known what it belongs to.
         *
         * @return whether it has a name or an id
         */
        public boolean isKnown() {
            return event != null || id != null;
        }
    }

    /**
     * Anything else: a reply, or what is taken for one.
     *
     * @param id the member {@code id}; null where there is none, a null node where it is null
     * @param raw the message
     */
    record Reply(@Nullable JsonNode id, ObjectNode raw) implements Inbound {

        /**
         * Whether it holds an error.
         *
         * @return whether it does
         */
        public boolean isError() {
            return raw.has("error");
        }
    }
}
