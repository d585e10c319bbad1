package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.internal.commands.CommandSettings;
import io.github.qmpreactive.internal.observation.SessionReport;
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
 * @param probe how long the server may be silent before it is asked whether it is there; null for any time
 * @param oob what to do about the capability
 * @param maxMessageSize the bytes that one message of the server may have
 * @param commands the limits of its commands
 * @param report tells the observer
 */
public record SessionSettings(
        String name,
        Origin origin,
        HandshakeMode handshake,
        Duration handshakeTimeout,
        @Nullable Duration probe,
        OobMode oob,
        int maxMessageSize,
        CommandSettings commands,
        SessionReport report) {}
