package io.github.qmpreactive.internal.codec;

import io.github.qmpreactive.message.QmpEvent;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
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
