package io.github.qmpreactive;

import io.github.qmpreactive.internal.session.SessionSettings;
import io.github.qmpreactive.internal.transport.Endpoint;
import io.github.qmpreactive.option.OobMode;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.json.JsonMapper;

/** What a client was set to. Never changed once a client has it: {@link #with} changes a copy. */
final class ClientConfig implements Cloneable {

    @Nullable
    Endpoint endpoint;

    @Nullable
    String name;

    Duration connectTimeout = Duration.ofSeconds(10);
    Duration handshakeTimeout = Duration.ofSeconds(10);

    @Nullable
    Duration commandTimeout;

    OobMode oob = OobMode.AUTO;
    int maxMessageSize = 10 * 1024 * 1024;
    int maxInFlight = 7;
    int maxQueued = 10_000;

    @Nullable
    JsonMapper jsonMapper;

    @Nullable
    LoopResources loops;

    ClientConfig with(Consumer<ClientConfig> change) {
        try {
            ClientConfig copy = (ClientConfig) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    Endpoint requireEndpoint() {
        if (endpoint == null) {
            throw new IllegalStateException("The client has no address: call address, unixSocket or tcp first");
        }
        return endpoint;
    }

    String sessionName() {
        return name != null ? name : String.valueOf(endpoint);
    }

    SessionSettings settings() {
        return new SessionSettings(
                sessionName(), handshakeTimeout, commandTimeout, oob, maxMessageSize, maxInFlight, maxQueued);
    }
}
