package io.github.qmpreactive.internal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.Channel;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.netty.Connection;

class ConnectionLeaseTest {

    /** Counts how often it is closed. */
    private static final class Counted implements Connection {
        final AtomicInteger closed = new AtomicInteger();

        @Override
        public Channel channel() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void dispose() {
            closed.incrementAndGet();
        }
    }

    private final ConnectionLease lease = new ConnectionLease();
    private final Counted connection = new Counted();

    @Test
    @DisplayName("P16 giving up closes the connection that is held, once")
    void giveUp() {
        lease.hold(connection);
        assertEquals(0, connection.closed.get());
        lease.giveUp();
        lease.giveUp();
        assertEquals(1, connection.closed.get());
        assertFalse(lease.handOver());
    }

    @Test
    @DisplayName("P16 a connection that comes about after giving up is closed at once")
    void holdAfterGiveUp() {
        lease.giveUp();
        lease.hold(connection);
        assertEquals(1, connection.closed.get());
        assertFalse(lease.handOver());
        assertEquals(1, connection.closed.get());
    }

    @Test
    @DisplayName("P16 what was handed over is no longer closed, and is handed over once")
    void handOver() {
        lease.hold(connection);
        assertTrue(lease.handOver());
        assertFalse(lease.handOver());
        lease.giveUp();
        assertEquals(0, connection.closed.get());
    }

    @Test
    @DisplayName("P16 a connection that comes about after another was handed over is closed")
    void holdAfterHandOver() {
        lease.hold(connection);
        assertTrue(lease.handOver());
        Counted late = new Counted();
        lease.hold(late);
        assertEquals(1, late.closed.get());
        assertEquals(0, connection.closed.get());
    }

    @Test
    @DisplayName("P16 giving up races a connection that comes about: it is closed, once, 10,000 times")
    void giveUpRacesHold() throws Exception {
        race((lease, connection) -> {
            lease.hold(connection);
            return false;
        });
    }

    @Test
    @DisplayName("P16 giving up races the handing over: one of them has the connection, 10,000 times")
    void giveUpRacesHandOver() throws Exception {
        race((lease, connection) -> {
            lease.hold(connection);
            return lease.handOver();
        });
    }

    private interface Rival {
        /** Whether the connection is the rival's. */
        boolean run(ConnectionLease lease, Connection connection);
    }

    private static void race(Rival rival) throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            CyclicBarrier start = new CyclicBarrier(2);
            for (int i = 0; i < 10_000; i++) {
                ConnectionLease lease = new ConnectionLease();
                Counted connection = new Counted();
                Future<?> givenUp = other.submit(() -> {
                    start.await();
                    lease.giveUp();
                    return null;
                });
                start.await();
                boolean taken = rival.run(lease, connection);
                givenUp.get();
                assertEquals(taken ? 0 : 1, connection.closed.get());
            }
        } finally {
            other.shutdownNow();
        }
    }
}
