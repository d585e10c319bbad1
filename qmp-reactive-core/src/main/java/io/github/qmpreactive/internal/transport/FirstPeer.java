package io.github.qmpreactive.internal.transport;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;

/** Takes the first who dials in, and nobody else. */
public final class FirstPeer implements Peers {

    private final BoundSocket socket;
    private final Consumer<Connection> onArrived;
    private final AtomicBoolean isTaken = new AtomicBoolean();
    private final Sinks.One<Connection> first = Sinks.one();

    private FirstPeer(BoundSocket socket, Consumer<Connection> onArrived) {
        this.socket = socket;
        this.onArrived = onArrived;
    }

    /**
     * Listens until somebody has dialled in.
     *
     * @param binder where
     * @param lease holds the socket, and then the connection
     * @return emits the connection of the first to dial in, or fails as binding does
     */
    public static Mono<Connection> of(Binder binder, ConnectionLease lease) {
        return binder.bind(lease::hold, socket -> new FirstPeer(socket, lease::hold))
                .flatMap(FirstPeer::taken);
    }

    /** Whoever it was, nobody listens any more when that is told. */
    private Mono<Connection> taken() {
        return first.asMono().delayUntil(connection -> socket.closed());
    }

    @Override
    public void arrived(Connection connection) {
        if (isTaken.compareAndSet(false, true)) {
            onArrived.accept(connection);
            socket.dispose();
            first.tryEmitValue(connection).orThrow();
        } else {
            socket.tellHungUp(connection.channel());
            connection.dispose();
        }
    }
}
