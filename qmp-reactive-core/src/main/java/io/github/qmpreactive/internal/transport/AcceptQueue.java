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

    private record Bound(BoundSocket socket, AcceptHandler handler) {}

    private final Queue<Consumer<Bound>> pending = new ConcurrentLinkedQueue<>();
    private final AtomicInteger busy = new AtomicInteger();
    private volatile @Nullable Bound bound;

    /** {@code bind} has returned. */
    void bound(BoundSocket socket, AcceptHandler handler) {
        bound = new Bound(socket, handler);
        drain();
    }

    /** A connection was accepted; it is not ready yet. */
    void arriving(Channel channel) {
        tell(b -> b.socket.arriving(channel));
    }

    /** That connection can be read from. */
    void ready(Connection connection) {
        tell(b -> {
            b.socket.ready(connection.channel());
            b.handler.accept(connection);
        });
    }

    private void tell(Consumer<Bound> what) {
        pending.add(what);
        drain();
    }

    /** If another thread is draining, it handles this item too. */
    private void drain() {
        Bound known = bound;
        if (known == null || busy.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        while (seen != 0) {
            for (Consumer<Bound> next = pending.poll(); next != null; next = pending.poll()) {
                deliver(next, known);
            }
            seen = busy.addAndGet(-seen);
        }
    }

    /** What the handler throws for one connection must not hold up the others. */
    private static void deliver(Consumer<Bound> next, Bound known) {
        try {
            next.accept(known);
        } catch (Throwable e) {
            LOG.error("Cannot handle an accepted connection", e);
        }
    }
}
