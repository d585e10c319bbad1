package io.github.qmpreactive.test.contract;

import io.github.qmpreactive.message.QmpCommand;

/**
 * A command that causes an event.
 *
 * @param command the command, which succeeds
 * @param event the name of the event, of which it causes exactly one
 */
public record CausedEvent(QmpCommand command, String event) {

    /**
     * One whose command takes no arguments.
     *
     * @param command the name of the command, for example {@code "stop"}
     * @param event the name of the event, for example {@code "STOP"}
     * @return both
     */
    public static CausedEvent of(String command, String event) {
        return new CausedEvent(QmpCommand.of(command), event);
    }
}
