package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.internal.codec.MessageId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One line of a recording. */
public sealed interface Entry {

    /** When, by whom and where. */
    Mark mark();

    /**
     * What all lines have.
     *
     * @param time since the recording began
     * @param connection the number of the connection, from 0
     * @param direction who it comes from
     * @param line of the file; 0 while it is not in one
     */
    record Mark(Duration time, int connection, Direction direction, int line) {}

    /** A message. */
    record Message(Mark mark, ObjectNode json, List<String> hidden) implements Entry {

        /** Whether it answers a command. */
        public boolean isReply() {
            return json.has("return") || json.has("error");
        }

        /** Its id as a value; equal for numbers that QEMU writes alike, since it gives 1.0 back as 1. */
        public Object id() {
            JsonNode id = json.get("id");
            if (id == null) {
                return Optional.empty();
            }
            return id.isNumber()
                    ? id.decimalValue().stripTrailingZeros()
                    : Objects.requireNonNullElse(MessageId.keyOf(id), id);
        }
    }

    /** Something that is no JSON object, which was passed on, but is not kept. */
    record Unreadable(Mark mark, String problem) implements Entry {}

    /**
     * The end of the connection.
     *
     * @param mark when, by whom and where
     * @param reset whether it was reset, or closed
     */
    record End(Mark mark, boolean reset) implements Entry {}
}
