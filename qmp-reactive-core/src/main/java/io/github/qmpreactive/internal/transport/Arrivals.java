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
 * Tells of those who dial in, one after the other and in the order of their coming, on whichever thread. Who dials in
 * before binding has come back is told of behind that.
 */
final class Arrivals {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.listener");

    private record Bound(BoundSocket socket, Peers peers) {}

    private final Queue<Consumer<Bound>> untold = new ConcurrentLinkedQueue<>();
    private final AtomicInteger busy = new AtomicInteger();
    private volatile @Nullable Bound bound;

    /** Binding has come back. */
    void bound(BoundSocket socket, Peers peers) {
        bound = new Bound(socket, peers);
        drain();
    }

    /** Somebody is there, whose connection is not ready yet. */
    void arriving(Channel channel) {
        tell(b -> b.socket.arriving(channel));
    }

    /** That connection can be read from. */
    void ready(Connection connection) {
        tell(b -> {
            b.socket.ready(connection.channel());
            b.peers.arrived(connection);
        });
    }

    private void tell(Consumer<Bound> what) {
        untold.add(what);
        drain();
    }

    /** Whoever comes while another thread is at it leaves the rest to that one. */
    private void drain() {
        Bound known = bound;
        if (known == null || busy.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        while (seen != 0) {
            for (Consumer<Bound> next = untold.poll(); next != null; next = untold.poll()) {
                deliver(next, known);
            }
            seen = busy.addAndGet(-seen);
        }
    }

    /** What one of them throws must not keep the others waiting for ever. */
    private static void deliver(Consumer<Bound> next, Bound known) {
        try {
            next.accept(known);
        } catch (RuntimeException e) {
            LOG.error("A connection that was accepted came to nothing", e);
        }
    }
}
