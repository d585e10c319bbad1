package io.github.qmpreactive;

import io.github.qmpreactive.internal.commands.CommandSettings;
import io.github.qmpreactive.internal.observation.ObserverCalls;
import io.github.qmpreactive.internal.observation.SessionReport;
import io.github.qmpreactive.internal.session.Origin;
import io.github.qmpreactive.internal.session.SessionSettings;
import io.github.qmpreactive.internal.transport.Endpoint;
import io.github.qmpreactive.internal.transport.KeepAlive;
import io.github.qmpreactive.observe.Peer;
import io.github.qmpreactive.option.HandshakeMode;
import io.github.qmpreactive.option.OobMode;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;
import reactor.util.context.ContextView;
import tools.jackson.databind.json.JsonMapper;

/** What a client was set to. Never changed once a client has it: {@link #with} changes a copy. */
final class ClientConfig implements Cloneable {

    private static final int MAX_MESSAGE_SIZE = 1 << 30;

    /** 100 years: schedulers count nanoseconds in 64 bits, on top of their clock's, which is enough for 292. */
    private static final Duration LONGEST = Duration.ofDays(36_525);

    @Nullable
    Endpoint endpoint;

    @Nullable
    String name;

    Duration connectTimeout = Duration.ofSeconds(10);
    Duration handshakeTimeout = Duration.ofSeconds(10);

    @Nullable
    Duration commandTimeout;

    @Nullable
    Duration eventTimeout;

    @Nullable
    Duration probe;

    HandshakeMode handshake = HandshakeMode.FULL;
    OobMode oob = OobMode.AUTO;
    int maxHandshakes = 16;
    int maxMessageSize = 10 * 1024 * 1024;
    int maxInFlight = 7;
    int maxQueued = 10_000;
    long maxQueuedBytes = 64L * 1024 * 1024;

    @Nullable
    KeepAlive keepAlive;

    @Nullable
    SslContext tls;

    @Nullable
    JsonMapper jsonMapper;

    @Nullable
    LoopResources loops;

    @Nullable
    ObserverCalls observer;

    Peer peer = Peer.MONITOR;

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

    Endpoint endpointToListen() {
        Endpoint known = requireEndpoint();
        if (tls != null && !(known instanceof Endpoint.Tcp)) {
            throw new IllegalStateException("TLS goes over TCP, and " + known + " is a UNIX socket");
        }
        return known;
    }

    /** An endpoint that has been agreed upon: it has a port. */
    Endpoint endpointToConnect() {
        Endpoint known = endpointToListen();
        if (known instanceof Endpoint.Tcp tcp && tcp.port() == 0) {
            throw new IllegalStateException("The port 0 is for listen(), which then tells the port");
        }
        return known;
    }

    @Nullable
    SslContext clientContext() {
        return context(true, "a server's context, with which one can listen but not connect");
    }

    @Nullable
    SslContext serverContext() {
        return context(false, "a client's context, with which one can connect but not listen");
    }

    private @Nullable SslContext context(boolean client, String other) {
        if (tls != null && tls.isClient() != client) {
            throw new IllegalStateException("What secure() was given is " + other);
        }
        return tls;
    }

    String sessionName() {
        return name != null ? name : String.valueOf(endpoint);
    }

    SessionSettings settings(Origin origin, ContextView context) {
        return settings(origin, sessionName(), context);
    }

    /** The settings of a session that has a name of its own, with the context of its subscriber. */
    SessionSettings settings(Origin origin, String name, ContextView context) {
        if (oob == OobMode.REQUIRE && handshake != HandshakeMode.FULL) {
            throw new IllegalStateException("OobMode.REQUIRE takes a negotiation, and HandshakeMode." + handshake
                    + " has none: use HandshakeMode.FULL");
        }
        return new SessionSettings(
                name,
                origin,
                handshake,
                handshakeTimeout,
                probe,
                oob,
                maxMessageSize,
                new CommandSettings(commandTimeout, eventTimeout, maxInFlight, maxQueued, maxQueuedBytes),
                SessionReport.of(observer, name, peer, context));
    }

    /** Name and address, as far as there are any. */
    @Override
    public String toString() {
        String where = endpoint == null ? "no address" : endpoint.toString();
        return name == null ? where : name + ", " + where;
    }

    static KeepAlive keepAlive(Duration idle) {
        if (idle.toSeconds() < 1 || idle.toHours() >= 9) {
            throw new IllegalArgumentException("keepAlive is " + idle + ", but has to be from 1 second to 9 hours");
        }
        return new KeepAlive(idle);
    }

    /** A time limit; what is longer than timers can count is as good as none. */
    static Duration limit(String option, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(option + " is " + value + ", but has to be more than zero");
        }
        return value.compareTo(LONGEST) > 0 ? LONGEST : value;
    }

    static void requireMessageSize(int bytes) {
        requireAtLeast("maxMessageSize", 64, bytes);
        if (bytes > MAX_MESSAGE_SIZE) {
            throw new IllegalArgumentException(
                    "maxMessageSize is " + bytes + ", but has to be " + MAX_MESSAGE_SIZE + " at most");
        }
    }

    /** The handshake has to have room. */
    static void requireQueuedBytes(long bytes) {
        requireAtLeast("maxQueuedBytes", 1024, bytes);
    }

    static void requireAtLeast(String option, long least, long value) {
        if (value < least) {
            throw new IllegalArgumentException(option + " is " + value + ", but has to be " + least + " at least");
        }
    }
}
