package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.option.HandshakeMode;
import io.github.qmpreactive.option.OobMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a session is opened with.
 *
 * @param name appears in logs and errors
 * @param origin how its connection came about
 * @param handshake how much of the handshake there is
 * @param handshakeTimeout for greeting and negotiation together
 * @param commandTimeout for each command from subscribing on; null for none
 * @param eventTimeout for the event that a command causes, from its success on; null for what the command itself has
 * @param probe how long the server may be silent before it is asked whether it is there; null for any time
 * @param oob what to do about the capability
 * @param maxMessageSize the bytes that one message of the server may have
 * @param maxInFlight the commands in band that may be written and unanswered
 * @param maxQueued the commands in band that may wait beyond those
 * @param maxQueuedBytes the bytes that the commands may have which wait or are unanswered, in band or not
 */
public record SessionSettings(
        String name,
        Origin origin,
        HandshakeMode handshake,
        Duration handshakeTimeout,
        @Nullable Duration commandTimeout,
        @Nullable Duration eventTimeout,
        @Nullable Duration probe,
        OobMode oob,
        int maxMessageSize,
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
        // A question to a silent server that had one would be asked again and again.
        return commandTimeout == null || request.isUnlimited() ? null : new TimeLimit(commandTimeout, "commandTimeout");
    }

    /** The limit for the event that a command causes; null for none. */
    @Nullable
    TimeLimit eventLimit(Request request) {
        return eventTimeout == null ? limit(request) : new TimeLimit(eventTimeout, "eventTimeout");
    }
}
