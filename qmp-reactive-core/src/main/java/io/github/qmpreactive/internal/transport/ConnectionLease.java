package io.github.qmpreactive.internal.transport;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.netty.Connection;

/**
 * Holds what an attempt has opened, a connection or a socket that is listened on, until it is handed over: one thing at
 * a time, the latest. Giving up closes it, also if it is opened only afterwards.
 */
public final class ConnectionLease {

    private record Held(@Nullable Disposable opened, boolean over) {}

    private final AtomicReference<Held> held = new AtomicReference<>(new Held(null, false));

    /** A lease that holds nothing yet. */
    public ConnectionLease() {}

    /**
     * Takes what was opened, in place of what is held, or closes it if the attempt was given up.
     *
     * @param opened what was opened
     */
    public void hold(Disposable opened) {
        Held now = held.updateAndGet(h -> h.over ? h : new Held(opened, false));
        if (now.opened != opened) {
            dispose(opened);
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
        if (before.opened != null) {
            dispose(before.opened);
        }
    }

    /** An event loop that is shut down refuses to close anything. */
    private static void dispose(Disposable opened) {
        try {
            opened.dispose();
        } catch (RejectedExecutionException e) {
            if (opened instanceof Connection connection) {
                Sockets.close("lease", connection.channel());
            }
        }
    }
}
