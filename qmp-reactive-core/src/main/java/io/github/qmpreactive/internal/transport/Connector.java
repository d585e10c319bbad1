package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.error.ConnectError;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
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

    /** What the JDK allows. */
    private static final int MAX_PATH_NIO = 106;

    /** As QEMU: of the system's 108 bytes one is for the zero at the end; without it connecting fails now and then. */
    private static final int MAX_PATH_NATIVE = 107;

    private final String session;
    private final Endpoint endpoint;
    private final Duration timeout;
    private final LoopResources loops;

    /**
     * A connector; nothing happens yet.
     *
     * @param session the name of the session, for errors
     * @param endpoint where to connect to
     * @param timeout for name resolution and connecting together
     * @param loops the event loops, or null for Reactor Netty's own for TCP
     */
    public Connector(String session, Endpoint endpoint, Duration timeout, @Nullable LoopResources loops) {
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
        Mono<Connection> timedOut =
                Mono.delay(timeout).flatMap(late -> Mono.error(ConnectErrors.timedOut(session, endpoint, timeout)));
        return Mono.firstWithSignal(Mono.defer(() -> open(onConnected)), timedOut)
                .onErrorMap(e -> ConnectErrors.of(session, endpoint, e));
    }

    private Mono<Connection> open(Consumer<Connection> onConnected) {
        SocketAddress address = address();
        return TcpClient.newConnection()
                .runOn(loops, LoopResources.DEFAULT_NATIVE)
                .remoteAddress(() -> address)
                // The timeout around this covers the resolving of names as well.
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(ChannelOption.TCP_NODELAY, true)
                .doOnConnected(onConnected)
                .connect()
                .cast(Connection.class);
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
        int limit = nio ? MAX_PATH_NIO : MAX_PATH_NATIVE;
        int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > limit) {
            throw ConnectErrors.pathTooLong(session, endpoint, bytes, limit);
        }
        return nio ? UnixDomainSocketAddress.of(path) : new DomainSocketAddress(path.toString());
    }
}
