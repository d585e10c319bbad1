package io.github.qmpreactive.test.internal.net;

import io.github.qmpreactive.internal.transport.Endpoint;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.netty.Connection;
import reactor.netty.tcp.TcpClient;
import reactor.util.context.Context;

/** Dials a client that listens, as QEMU does with {@code server=off}, and again after a hang-up if it is to. */
public final class FakeDialer implements FakeSocket {

    /** Where Reactor takes the errors, and the connections, of attempts that {@link #close} has cancelled. */
    private static final String LATE_ERRORS = "reactor.onErrorDropped.local";

    private static final String LATE_CONNECTIONS = "reactor.onNextDropped.local";

    private final Endpoint endpoint;
    private final @Nullable SslContext tls;
    private final @Nullable Duration reconnect;
    private final Supplier<Scheduler> timer;
    private volatile Disposable dialling = Disposables.disposed();

    /**
     * One that does nothing yet.
     *
     * @param tls a client's context of TLS; null for none
     * @param reconnect how long after a failure or a hang-up it dials again; null for never
     */
    public FakeDialer(
            Endpoint endpoint, @Nullable SslContext tls, @Nullable Duration reconnect, Supplier<Scheduler> timer) {
        this.endpoint = endpoint;
        this.tls = tls;
        this.reconnect = reconnect;
        this.timer = timer;
    }

    /**
     * Dials.
     *
     * @return emits this when it has connected, or is to dial again; errors if it has not and is not
     */
    public Mono<FakeDialer> dial(Function<FakeChannel, FakeChannel.Listener> listeners) {
        Mono<? extends Connection> connect = client(listeners).connect();
        Duration interval = reconnect;
        if (interval == null) {
            return connect.thenReturn(this);
        }
        Mono<Void> pause = Mono.create(sink -> sink.onDispose(Timers.after(timer, interval, sink::success)));
        Sinks.Empty<Void> tried = Sinks.empty();
        return Mono.defer(() -> {
            dialling = connect.doOnEach(attempt -> tried.tryEmitEmpty())
                    .flatMap(Connection::onDispose)
                    .onErrorComplete()
                    .then(pause)
                    .repeat()
                    .contextWrite(FakeDialer::closeLate)
                    .subscribe();
            return tried.asMono().thenReturn(this);
        });
    }

    private static Context closeLate(Context context) {
        return context.put(LATE_ERRORS, (Consumer<Throwable>) late -> {})
                .put(LATE_CONNECTIONS, (Consumer<Object>) late -> close(late));
    }

    private static void close(Object late) {
        if (late instanceof Connection connection) {
            connection.dispose();
        }
    }

    @Override
    public String address() {
        return endpoint.toString();
    }

    @Override
    public Mono<Void> close() {
        return Mono.fromRunnable(() -> dialling.dispose());
    }

    private TcpClient client(Function<FakeChannel, FakeChannel.Listener> listeners) {
        SslContext context = tls;
        TcpClient plain = TcpClient.newConnection();
        return (context == null ? plain : plain.secure(spec -> spec.sslContext(context)))
                .runOn(FakeLoop.RESOURCES, FakeLoop.NATIVE)
                .remoteAddress(() -> socketAddress(endpoint))
                .doOnChannelInit((observer, channel, remote) -> new FakeChannel(channel, listeners).prepare());
    }

    private static SocketAddress socketAddress(Endpoint endpoint) {
        return endpoint instanceof Endpoint.Tcp tcp
                ? InetSocketAddress.createUnresolved(tcp.host(), tcp.port())
                : UnixDomainSocketAddress.of(((Endpoint.Unix) endpoint).path());
    }
}
