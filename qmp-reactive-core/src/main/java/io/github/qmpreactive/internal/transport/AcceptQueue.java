package io.github.qmpreactive.internal.transport;

import io.netty.channel.Channel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Hands accepted connections to their handler, one after the other and in order, on whichever thread. Connections accepted
 * before {@code bind} returns are delivered after it.
 */
final class AcceptQueue {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.listener");

    /** What is called for a channel that is accepted, and for a connection that can be read. */
    private record Takers(Consumer<Channel> arriving, Consumer<Connection> ready) {}

    private final Queue<Consumer<Takers>> pending = new ConcurrentLinkedQueue<>();
    private final AtomicInteger busy = new AtomicInteger();
    private volatile @Nullable Takers takers;

    /** {@code bind} has returned. */
    void bound(BoundSocket socket, AcceptHandler handler) {
        takeBy(new Takers(socket::arriving, connection -> {
            socket.ready(connection.channel());
            handler.accept(connection);
        }));
    }

    /** There will be no handler: closes those that were accepted, and those still to come. */
    void close() {
        takeBy(new Takers(
                channel -> {
                    var unused = channel.close();
                },
                Connection::dispose));
    }

    private void takeBy(Takers known) {
        takers = known;
        drain();
    }

    /** A connection was accepted; it is not ready yet. */
    void arriving(Channel channel) {
        tell(known -> known.arriving.accept(channel));
    }

    /** That connection can be read from. */
    void ready(Connection connection) {
        tell(known -> known.ready.accept(connection));
    }

    private void tell(Consumer<Takers> what) {
        pending.add(what);
        drain();
    }

    /** If another thread is draining, it handles this item too. */
    private void drain() {
        Takers known = takers;
        if (known == null || busy.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        while (seen != 0) {
            for (Consumer<Takers> next = pending.poll(); next != null; next = pending.poll()) {
                deliver(next, known);
            }
            seen = busy.addAndGet(-seen);
        }
    }

    /** What the handler throws for one connection must not hold up the others. */
    private static void deliver(Consumer<Takers> next, Takers known) {
        try {
            next.accept(known);
        } catch (Throwable e) {
            LOG.error("Cannot handle an accepted connection", e);
        }
    }
}
