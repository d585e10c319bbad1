package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.internal.transport.AcceptHandler;
import io.github.qmpreactive.internal.transport.BoundSocket;
import io.github.qmpreactive.internal.transport.Connector;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.FutureMono;
import reactor.util.Logger;
import reactor.util.Loggers;

/** Takes clients, and connects each of them to QEMU. */
public final class RecordingProxy implements AcceptHandler {

    private static final Logger LOG = Loggers.getLogger(RecordingProxy.class);

    private final BoundSocket socket;
    private final Connector qemu;
    private final RecordingWriter writer;
    private final AtomicInteger connections = new AtomicInteger();

    /** What is added once it is closed is closed, too. */
    private final ChannelGroup open = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);

    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    public RecordingProxy(BoundSocket socket, Connector qemu, RecordingWriter writer) {
        this.socket = socket;
        this.qemu = qemu;
        this.writer = writer;
    }

    public String address() {
        return socket.endpoint().toString();
    }

    @Override
    public void accept(Connection client) {
        keep(client);
        Disposable unused = qemu.connect(this::keep)
                .flatMap(server -> new RecordedConnection(writer, connections.getAndIncrement(), client, server).run())
                .doFinally(signal -> client.dispose())
                .subscribe(nothing -> {}, this::failed);
    }

    /**
     * Stops listening, closes what is open, and the file.
     *
     * @return completes when all is closed; errors if nothing was recorded since QEMU could not be reached, or something
     *     could not be written
     */
    public Mono<Void> close() {
        return Mono.defer(() -> {
                    closed = true;
                    socket.dispose();
                    return socket.end();
                })
                .then(Mono.defer(() -> FutureMono.from(open.close()).onErrorComplete()))
                .then(Mono.defer(writer::close))
                .then(Mono.defer(this::outcome));
    }

    private void keep(Connection connection) {
        open.add(connection.channel());
    }

    private void failed(Throwable error) {
        if (closed) {
            return;
        }
        LOG.warn("The recorder at {} closed a client: {}", address(), error.toString());
        if (failure == null) {
            failure = error;
        }
    }

    private Mono<Void> outcome() {
        Throwable first = failure;
        return first == null || connections.get() > 0
                ? Mono.empty()
                : Mono.error(new IllegalStateException("Nothing was recorded: " + first.getMessage(), first));
    }
}
