package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.internal.loop.Timers;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;
import reactor.netty.tcp.TcpServer;
import reactor.util.retry.Retry;

/** Listens on one endpoint, over the native transport where there is one. */
public final class Binder {

    /** A path is locked for a moment only, by a listener that is being opened or that removes its file. */
    private static final int MAX_RETRIES = 50;

    private static final Duration RETRY_DELAY = Duration.ofMillis(10);

    private final String session;
    private final Endpoint endpoint;
    private final LoopResources loops;
    private final @Nullable KeepAlive keepAlive;

    /**
     * A binder; nothing happens yet.
     *
     * @param session the name of the session, for errors
     * @param endpoint where to listen
     * @param loops the event loops, or null for Reactor Netty's own for TCP
     * @param keepAlive for accepted TCP connections, or null for none
     */
    public Binder(String session, Endpoint endpoint, @Nullable LoopResources loops, @Nullable KeepAlive keepAlive) {
        this.session = session;
        this.endpoint = endpoint;
        this.loops = loops == null ? TcpResources.get() : loops;
        this.keepAlive = keepAlive;
    }

    /**
     * Listens. A socket file on which no program listens is replaced.
     *
     * @param onBound is given what has to be disposed of, even if it comes about after a cancel
     * @param handler creates the handler for accepted connections
     * @param <P> its type
     * @return emits the handler, or fails with {@link ConnectError}
     */
    public <P extends AcceptHandler> Mono<P> bind(Consumer<BoundSocket> onBound, Function<BoundSocket, P> handler) {
        return address()
                .flatMap(address ->
                        Mono.defer(() -> open(address, onBound, handler)).retryWhen(whileBusy()))
                .onErrorMap(e -> BindErrors.of(session, endpoint, e));
    }

    private Retry whileBusy() {
        return Retry.from(failures -> failures.concatMap(
                failed -> failed.failure() instanceof PathLock.Busy && failed.totalRetries() < MAX_RETRIES
                        ? Timers.delay(() -> loops.onServerSelect(LoopResources.DEFAULT_NATIVE), RETRY_DELAY)
                                .thenReturn(failed)
                        : Mono.error(failed.failure())));
    }

    private <P extends AcceptHandler> Mono<P> open(
            SocketAddress address, Consumer<BoundSocket> onBound, Function<BoundSocket, P> handler) {
        PathLock lock;
        try {
            lock = makeWay();
        } catch (IOException e) {
            return Mono.error(e);
        }
        AcceptQueue accepts = new AcceptQueue();
        // Not cancelled with its subscriber: a socket that comes too late would be dropped onto Reactor's hooks.
        Sinks.One<P> result = Sinks.one();
        AtomicBoolean over = new AtomicBoolean();
        Consumer<Throwable> failed = e -> {
            if (over.compareAndSet(false, true)) {
                release(lock);
                result.tryEmitError(e).orThrow();
            }
        };
        Disposable watch =
                LoopEnd.watch(loops.onServerSelect(LoopResources.DEFAULT_NATIVE), () -> failed.accept(LoopEnd.error()));
        try {
            TcpServer.create()
                    .runOn(loops, LoopResources.DEFAULT_NATIVE)
                    .bindAddress(() -> address)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .doOnChannelInit((observer, channel, remote) -> watch(channel, accepts))
                    .doOnConnection(accepts::ready)
                    .bind()
                    .doFinally(signal -> watch.dispose())
                    .subscribe(
                            server -> {
                                ChannelWatch.opened(server.channel());
                                if (!over.compareAndSet(false, true)) {
                                    server.dispose();
                                    accepts.close();
                                    return;
                                }
                                P told;
                                try {
                                    BoundSocket socket = boundSocket(server, lock);
                                    onBound.accept(socket);
                                    told = handler.apply(socket);
                                    accepts.bound(socket, told);
                                } catch (Throwable e) {
                                    server.dispose();
                                    accepts.close();
                                    ConnectError error = BindErrors.notHandled(session, endpoint, e);
                                    result.tryEmitError(error).orThrow();
                                    return;
                                }
                                result.tryEmitValue(told).orThrow();
                            },
                            failed);
        } catch (RejectedExecutionException e) {
            watch.dispose();
            failed.accept(e);
        }
        return result.asMono();
    }

    /** Holds the path against other listeners until this one listens. */
    private @Nullable PathLock makeWay() throws IOException {
        if (!(endpoint instanceof Endpoint.Unix unix)) {
            return null;
        }
        PathLock lock = PathLock.acquire(unix.path());
        try {
            SocketFile.makeWay(session, unix.path());
            return lock;
        } catch (IOException | RuntimeException e) {
            lock.release();
            throw e;
        }
    }

    private static void release(@Nullable PathLock lock) {
        if (lock != null) {
            lock.release();
        }
    }

    private void watch(Channel channel, AcceptQueue accepts) {
        ChannelWatch.opened(channel);
        KeepAlive set = keepAlive;
        if (set != null && endpoint instanceof Endpoint.Tcp) {
            set.apply(channel);
        }
        accepts.arriving(channel);
    }

    /** Releases the lock before the socket is handed out: its owner may close it at once. */
    private BoundSocket boundSocket(DisposableServer server, @Nullable PathLock lock) {
        try {
            return socket(server);
        } finally {
            release(lock);
        }
    }

    private BoundSocket socket(DisposableServer server) {
        if (endpoint instanceof Endpoint.Unix unix) {
            SocketFile file = new SocketFile(session, unix.path());
            file.bound();
            if (server.channel().localAddress() instanceof BindingAddress address) {
                address.bound();
            }
            BoundSocket socket = new BoundSocket(session, server, endpoint, file);
            server.channel().closeFuture().addListener(closed -> socket.removeFile());
            return socket;
        }
        int port = ((InetSocketAddress) server.address()).getPort();
        return new BoundSocket(session, server, new Endpoint.Tcp(((Endpoint.Tcp) endpoint).host(), port), null);
    }

    private Mono<SocketAddress> address() {
        if (endpoint instanceof Endpoint.Unix unix) {
            return Mono.fromCallable(() -> unixAddress(unix.path()));
        }
        Endpoint.Tcp tcp = (Endpoint.Tcp) endpoint;
        Mono<SocketAddress> address =
                Mono.fromCallable(() -> new InetSocketAddress(InetAddress.getByName(tcp.host()), tcp.port()));
        // A name is looked up, which may take its time.
        return NetUtil.createByteArrayFromIpAddressString(tcp.host()) != null
                ? address
                : address.subscribeOn(Schedulers.boundedElastic());
    }

    private SocketAddress unixAddress(Path path) {
        boolean nio =
                loops.onChannelClass(ServerSocketChannel.class, loops.onServerSelect(LoopResources.DEFAULT_NATIVE))
                        == NioServerSocketChannel.class;
        int bytes = UnixAddresses.bytesOf(path);
        if (bytes > UnixAddresses.limit(nio)) {
            throw BindErrors.pathTooLong(session, endpoint, bytes, UnixAddresses.limit(nio));
        }
        return nio ? UnixAddresses.of(path, true) : new BindingAddress(path);
    }
}
