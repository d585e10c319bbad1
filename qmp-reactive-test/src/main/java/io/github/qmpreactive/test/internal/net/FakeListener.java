package io.github.qmpreactive.test.internal.net;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/**
 * A listening socket. All of them share one event loop, so that a server starts and stops in a millisecond or so, and
 * clients are served in the order in which they connect.
 */
public final class FakeListener {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final LoopResources LOOPS = LoopResources.create("fake-qmp", 1, 1, true);

    private final DisposableServer server;

    private FakeListener(DisposableServer server) {
        this.server = server;
    }

    /**
     * Listens on a port of the loopback interface.
     *
     * @param port the port; 0 for any that is free
     * @param listeners makes the listener of each connection
     * @return emits when it listens; errors if it cannot
     */
    public static Mono<FakeListener> tcp(int port, Function<FakeChannel, FakeChannel.Listener> listeners) {
        return bind(new InetSocketAddress(localhost(), port), listeners);
    }

    /**
     * Listens on a UNIX socket.
     *
     * @param path where the socket is to be
     * @param listeners makes the listener of each connection
     * @return emits when it listens; errors if it cannot
     */
    public static Mono<FakeListener> unix(Path path, Function<FakeChannel, FakeChannel.Listener> listeners) {
        return bind(UnixDomainSocketAddress.of(path), listeners);
    }

    private static InetAddress localhost() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Always NIO: it has UNIX sockets on every platform, and one address class.
    private static Mono<FakeListener> bind(
            SocketAddress address, Function<FakeChannel, FakeChannel.Listener> listeners) {
        return TcpServer.create()
                .runOn(LOOPS, false)
                .bindAddress(() -> address)
                .doOnChannelInit((observer, channel, remote) -> new FakeChannel(channel, listeners).prepare())
                .handle((in, out) -> Mono.never())
                .bind()
                .map(FakeListener::new);
    }

    /**
     * The port.
     *
     * @return the port
     */
    public int port() {
        return ((InetSocketAddress) server.address()).getPort();
    }

    /**
     * Stops listening; open connections stay open.
     *
     * @return completes when the socket is closed
     */
    public Mono<Void> close() {
        return Mono.<Void>fromRunnable(server::dispose)
                .then(server.onDispose())
                .then(Mono.defer(this::nextSelect))
                .timeout(CLOSE_TIMEOUT);
    }

    /** Java closes what its selector watches when the selector is next used, and until then clients are taken. */
    private Mono<Void> nextSelect() {
        return Mono.create(sink -> {
            var unused = server.channel().eventLoop().schedule(() -> sink.success(), 1, TimeUnit.MILLISECONDS);
        });
    }
}
