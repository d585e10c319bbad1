package io.github.qmpreactive.internal.transport;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;

/**
 * Holds the connection of one attempt until it is handed over. Whoever gives up first closes it, also if it only comes
 * about afterwards.
 */
public final class ConnectionLease {

    private record Held(@Nullable Connection connection, boolean over) {}

    private final AtomicReference<Held> held = new AtomicReference<>(new Held(null, false));

    /** A lease that holds nothing yet. */
    public ConnectionLease() {}

    /**
     * Takes the connection, or closes it if the attempt was given up.
     *
     * @param connection the connection
     */
    public void hold(Connection connection) {
        Held now = held.updateAndGet(h -> h.over ? h : new Held(connection, false));
        if (now.connection != connection) {
            connection.dispose();
        }
    }

    /**
     * Ends the lease without closing the connection.
     *
     * @return false if the attempt was given up before
     */
    public boolean handOver() {
        return !held.getAndSet(new Held(null, true)).over;
    }

    /** Ends the lease, and closes the connection unless it was handed over. */
    public void giveUp() {
        Held before = held.getAndSet(new Held(null, true));
        if (before.connection != null) {
            before.connection.dispose();
        }
    }
}
