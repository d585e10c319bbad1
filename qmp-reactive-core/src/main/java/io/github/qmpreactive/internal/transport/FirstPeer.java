package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;

/** Takes the first who dials in, and nobody else. */
public final class FirstPeer implements Peers {

    private final String session;
    private final BoundSocket socket;
    private final Consumer<Connection> onArrived;
    private final AtomicBoolean isTaken = new AtomicBoolean();
    private final Sinks.One<Connection> first = Sinks.one();

    private FirstPeer(String session, BoundSocket socket, Consumer<Connection> onArrived) {
        this.session = session;
        this.socket = socket;
        this.onArrived = onArrived;
    }

    /**
     * Listens until somebody has dialled in.
     *
     * @param session the name of the session, for errors
     * @param binder where
     * @param lease holds the socket, and then the connection
     * @return emits the connection of the first to dial in; or fails as binding does, and with {@link ConnectError} if the
     *     socket is closed by something else before anybody has dialled in
     */
    public static Mono<Connection> of(String session, Binder binder, ConnectionLease lease) {
        return binder.bind(lease::hold, socket -> new FirstPeer(session, socket, lease::hold))
                .flatMap(FirstPeer::taken);
    }

    /** Whoever it was, nobody listens any more when that is told. */
    private Mono<Connection> taken() {
        socket.end().subscribe(null, null, this::ended);
        return first.asMono().delayUntil(connection -> socket.closed());
    }

    private void ended() {
        if (isTaken.compareAndSet(false, true)) {
            String what = "Nobody has dialled in, and the listening socket was closed by something else";
            ConnectError error = new ConnectError(Reason.CLOSED, "[" + session + "] " + what, null);
            first.tryEmitError(error).orThrow();
        }
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
