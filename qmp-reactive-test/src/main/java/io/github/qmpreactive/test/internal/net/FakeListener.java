package io.github.qmpreactive.test.internal.net;

import io.github.qmpreactive.internal.transport.ChannelWatch;
import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

/** A listening socket. */
public final class FakeListener implements FakeSocket {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration NEXT_SELECT = Duration.ofMillis(1);

    private final DisposableServer server;

    private FakeListener(DisposableServer server) {
        this.server = server;
        ChannelWatch.opened(server.channel());
    }

    /**
     * Listens on a port of the loopback interface.
     *
     * @param port the port; 0 for any that is free
     * @param tls a server's context of TLS; null for none
     * @return emits when it listens; errors if it cannot
     */
    public static Mono<FakeListener> tcp(
            int port, @Nullable SslContext tls, Function<FakeChannel, FakeChannel.Listener> listeners) {
        TcpServer server = TcpServer.create();
        return bind(
                tls == null
                        ? server
                        : server.secure(spec -> spec.sslContext(tls).handshakeTimeout(Duration.ZERO)),
                new InetSocketAddress(NetUtil.LOCALHOST4, port),
                listeners);
    }

    /**
     * Listens on a UNIX socket.
     *
     * @return emits when it listens; errors if it cannot
     */
    public static Mono<FakeListener> unix(Path path, Function<FakeChannel, FakeChannel.Listener> listeners) {
        return bind(TcpServer.create(), UnixDomainSocketAddress.of(path), listeners);
    }

    private static Mono<FakeListener> bind(
            TcpServer server, SocketAddress address, Function<FakeChannel, FakeChannel.Listener> listeners) {
        return server.runOn(FakeLoop.RESOURCES, FakeLoop.NATIVE)
                .bindAddress(() -> address)
                .doOnChannelInit((observer, channel, remote) -> new FakeChannel(channel, listeners).prepare())
                .handle((in, out) -> Mono.never())
                .bind()
                .map(FakeListener::new);
    }

    @Override
    public String address() {
        return server.address() instanceof UnixDomainSocketAddress unix
                ? "unix:" + unix.getPath()
                : "tcp:127.0.0.1:" + port();
    }

    public int port() {
        return ((InetSocketAddress) server.address()).getPort();
    }

    @Override
    public Mono<Void> close() {
        return Mono.<Void>fromRunnable(server::dispose)
                .then(server.onDispose())
                // Java closes what its selector watches when the selector is next used, and until then clients are
                // taken.
                .then(after(NEXT_SELECT))
                .timeout(after(CLOSE_TIMEOUT));
    }

    /** By the clock on the wall, also where a test's time is virtual. */
    private Mono<Void> after(Duration time) {
        return Mono.create(sink -> {
            var timer =
                    server.channel().eventLoop().schedule(() -> sink.success(), time.toNanos(), TimeUnit.NANOSECONDS);
            sink.onDispose(() -> timer.cancel(false));
        });
    }
}
