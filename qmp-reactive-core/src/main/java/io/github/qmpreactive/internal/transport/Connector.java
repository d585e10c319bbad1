package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.internal.loop.Timers;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpResources;

/** Opens connections to one endpoint, over the native transport where there is one. */
public final class Connector {

    private final String session;
    private final Endpoint endpoint;
    private final Duration timeout;
    private final LoopResources loops;
    private final @Nullable SslContext tls;
    private final @Nullable KeepAlive keepAlive;

    /**
     * A connector; nothing happens yet.
     *
     * @param session the name of the session, for errors
     * @param endpoint where to connect to
     * @param timeout for name resolution and connecting together
     * @param loops the event loops, or null for Reactor Netty's own for TCP
     */
    public Connector(String session, Endpoint endpoint, Duration timeout, @Nullable LoopResources loops) {
        this(session, endpoint, timeout, loops, null, null);
    }

    /**
     * A connector over TCP may speak TLS and keep its connections alive; nothing happens yet.
     *
     * @param session the name of the session, for errors
     * @param endpoint where to connect to
     * @param timeout for name resolution, connecting and the handshake of TLS together
     * @param loops the event loops, or null for Reactor Netty's own for TCP
     * @param tls the client context of TLS, or null for none
     * @param keepAlive for TCP, or null for none
     */
    public Connector(
            String session,
            Endpoint endpoint,
            Duration timeout,
            @Nullable LoopResources loops,
            @Nullable SslContext tls,
            @Nullable KeepAlive keepAlive) {
        this.tls = tls;
        this.keepAlive = keepAlive;
        this.session = session;
        this.endpoint = endpoint;
        this.timeout = timeout;
        this.loops = loops == null ? TcpResources.get() : loops;
    }

    /**
     * Connects.
     *
     * @param onConnected is given each connection that comes about, even one that comes about after a cancel
     * @return emits the connection on its event loop, or fails with {@link ConnectError}; cancelling gives up
     */
    public Mono<Connection> connect(Consumer<Connection> onConnected) {
        // Not the operator timeout, which drops a connection that comes too late onto Reactor's hooks.
        Mono<Connection> timedOut = Timers.delay(() -> loops.onClient(LoopResources.DEFAULT_NATIVE), timeout)
                .then(Mono.error(() -> ConnectErrors.timedOut(session, endpoint, timeout)));
        return Mono.firstWithSignal(Mono.defer(() -> open(onConnected)), timedOut)
                .onErrorMap(e -> ConnectErrors.of(session, endpoint, e));
    }

    private Mono<Connection> open(Consumer<Connection> onConnected) {
        SocketAddress address = address();
        return ConnectAttempt.of(opening -> secured(TcpClient.newConnection())
                .runOn(loops, LoopResources.DEFAULT_NATIVE)
                .remoteAddress(() -> address)
                // The timeout around this covers the resolving of names as well.
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(ChannelOption.TCP_NODELAY, true)
                .doOnChannelInit((observer, channel, remote) -> {
                    ChannelWatch.opened(channel);
                    keepAlive(channel);
                    opening.hold(() -> {
                        var unused = channel.close();
                    });
                })
                .doOnConnected(onConnected)
                .connect());
    }

    private void keepAlive(Channel channel) {
        KeepAlive set = keepAlive;
        if (set != null && endpoint instanceof Endpoint.Tcp) {
            set.apply(channel);
        }
    }

    /** The timeout around this covers the handshake of TLS as well. */
    private TcpClient secured(TcpClient client) {
        SslContext context = tls;
        return context == null
                ? client
                : client.secure(spec -> spec.sslContext(context).handshakeTimeout(Duration.ZERO));
    }

    private SocketAddress address() {
        if (endpoint instanceof Endpoint.Unix unix) {
            return unixAddress(unix.path());
        }
        Endpoint.Tcp tcp = (Endpoint.Tcp) endpoint;
        return InetSocketAddress.createUnresolved(tcp.host(), tcp.port());
    }

    /** Each transport has an address class of its own for the same thing. */
    private SocketAddress unixAddress(Path path) {
        boolean nio = loops.onChannelClass(SocketChannel.class, loops.onClient(LoopResources.DEFAULT_NATIVE))
                == NioSocketChannel.class;
        int bytes = UnixAddresses.bytesOf(path);
        if (bytes > UnixAddresses.limit(nio)) {
            throw ConnectErrors.pathTooLong(session, endpoint, bytes, UnixAddresses.limit(nio));
        }
        return UnixAddresses.of(path, nio);
    }
}
