package io.github.qmpreactive.internal.commands;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a session's commands.
 *
 * @param timeout for each command of the caller's from subscribing on; null for none
 * @param eventTimeout for the event that a command causes, from its success on; null for what the command itself has
 * @param maxInFlight the commands in band that may be written and unanswered
 * @param maxQueued the commands in band that may wait beyond those
 * @param maxQueuedBytes the bytes that the commands may have which wait or are unanswered, in band or not
 */
public record CommandSettings(
        @Nullable Duration timeout,
        @Nullable Duration eventTimeout,
        int maxInFlight,
        int maxQueued,
        long maxQueuedBytes) {

    /** The limit of one command, from subscribing on; null for none. */
    @Nullable
    TimeLimit limit(Request request) {
        Duration own = request.timeout();
        if (own != null) {
            return new TimeLimit(own, "the command's own timeout");
        }
        // With one, a server that sends events but no answers would be asked anew each time.
        return timeout == null || request.isUnlimited() ? null : new TimeLimit(timeout, "commandTimeout");
    }

    /** The limit for the event that a command causes; null for none. */
    @Nullable
    public TimeLimit eventLimit(Request request) {
        return eventTimeout == null ? limit(request) : new TimeLimit(eventTimeout, "eventTimeout");
    }
}
