package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.internal.log.LogLimit;
import io.github.qmpreactive.internal.loop.Timers;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.util.Logger;
import reactor.util.Loggers;

/** A socket that is listened on. Closing it does nothing to the connections that have been handed on. */
public final class BoundSocket implements Disposable {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.listener");

    /** Accepted connections that are not ready yet. */
    private final ChannelGroup arriving = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    private final String session;
    private final DisposableServer server;
    private final Endpoint endpoint;
    private final @Nullable SocketFile file;
    private final LogLimit limit;
    private final AcceptBackOff backOff;

    BoundSocket(String session, DisposableServer server, Endpoint endpoint, @Nullable SocketFile file) {
        this.session = session;
        this.server = server;
        this.endpoint = endpoint;
        this.file = file;
        this.limit = new LogLimit(lines ->
                LOG.info("[{}] Left out {} more lines within {} s", session, lines, LogLimit.PERIOD.toSeconds()));
        this.backOff = new AcceptBackOff(session, server.channel(), limit);
        server.channel().pipeline().addFirst("qmp.accept-back-off", backOff);
    }

    /**
     * Where it listens.
     *
     * @return the endpoint, with the port that it was given
     */
    public Endpoint endpoint() {
        return endpoint;
    }

    /**
     * Its event loop.
     *
     * @return the loop
     */
    public EventLoop eventLoop() {
        return server.channel().eventLoop();
    }

    /**
     * Goes on taking those who dial in, or lets them wait in the system's queue. For a second after accepting has failed,
     * of too many open files for example, none is taken all the same.
     *
     * @param more whether more are taken
     */
    public void takeMore(boolean more) {
        backOff.want(more);
    }

    /**
     * Its end, whatever the cause.
     *
     * @return completes when no connection is accepted any more
     */
    public Mono<Void> end() {
        return Mono.firstWithSignal(server.onDispose().onErrorComplete(), loopEnd());
    }

    /** Without the event loop, which is no more. */
    private void closeUnheard() {
        removeFile();
        Sockets.close(session, server.channel());
    }

    /** A loop that is shut down does not always close what is listened on with it. */
    private Mono<Void> loopEnd() {
        return Mono.create(sink -> {
            FutureListener<Object> listener = ended -> {
                closeUnheard();
                sink.success();
            };
            eventLoop().terminationFuture().addListener(listener);
            sink.onDispose(() -> eventLoop().terminationFuture().removeListener(listener));
        });
    }

    /**
     * Its end, and a moment more.
     *
     * @return completes when the address is free again
     */
    public Mono<Void> closed() {
        return end().then(Mono.defer(this::nextSelect));
    }

    /** Stops listening, and closes connections that are not ready. */
    @Override
    public void dispose() {
        // The file first: a client that connects while the socket is closing must not find a socket that is about to
        // close.
        removeFile();
        server.dispose();
        arriving.forEach(this::logClosed);
        var unused = arriving.close();
    }

    @Override
    public boolean isDisposed() {
        return server.isDisposed();
    }

    /**
     * Logs that an accepted connection is closed.
     *
     * @param channel the connection's
     */
    void logClosed(Channel channel) {
        if (!limit.tryAcquire()) {
            return;
        }
        LOG.info("[{}] Closed {}: listener no longer accepting", session, channel);
    }

    void removeFile() {
        if (file != null) {
            file.remove();
        }
    }

    /** A connection was accepted; the group closes those that come after its own end. */
    void arriving(Channel channel) {
        if (isDisposed()) {
            logClosed(channel);
        }
        boolean unused = arriving.add(channel);
    }

    void ready(Channel channel) {
        boolean unused = arriving.remove(channel);
    }

    /** Java closes what its selector watches when the selector is next used, and until then clients are taken. */
    private Mono<Void> nextSelect() {
        Mono<Void> over = Mono.create(sink -> sink.onDispose(LoopEnd.watch(eventLoop(), sink::success)));
        Mono<Void> selected = Timers.delay(this::eventLoop, Duration.ofMillis(1))
                .then(Mono.create(sink -> {
                    try {
                        eventLoop().execute(sink::success);
                    } catch (RejectedExecutionException e) {
                        sink.success();
                    }
                }));
        return Mono.firstWithSignal(over, selected);
    }
}
