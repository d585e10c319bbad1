package io.github.qmpreactive.test.internal.record;

import java.time.Duration;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** One line of a recording. */
public sealed interface Entry {

    /**
     * When, by whom and where.
     *
     * @return that
     */
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

    /**
     * A message.
     *
     * @param mark when, by whom and where
     * @param json the message, its secrets hidden
     * @param hidden the JSON pointers of its secrets
     */
    record Message(Mark mark, ObjectNode json, List<String> hidden) implements Entry {}

    /**
     * Something that is no JSON object, which was passed on, but is not kept.
     *
     * @param mark when, by whom and where
     * @param problem what is wrong with it
     */
    record Unreadable(Mark mark, String problem) implements Entry {}

    /**
     * The end of the connection.
     *
     * @param mark when, by whom and where
     * @param reset whether it was reset, or closed
     */
    record End(Mark mark, boolean reset) implements Entry {}
}
