package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;

/** Takes the first accepted connection, and closes the others. */
public final class FirstConnection implements AcceptHandler {

    private final String session;
    private final BoundSocket socket;
    private final Consumer<Connection> onAccepted;
    private final AtomicBoolean isTaken = new AtomicBoolean();
    private final Sinks.One<Connection> first = Sinks.one();

    private FirstConnection(String session, BoundSocket socket, Consumer<Connection> onAccepted) {
        this.session = session;
        this.socket = socket;
        this.onAccepted = onAccepted;
    }

    /**
     * Listens until a connection is accepted.
     *
     * @param session the name of the session, for errors
     * @param binder where
     * @param lease holds the socket, and then the connection
     * @return emits the first connection; or fails as binding does, and with {@link ConnectError} if the
     *     socket is closed by something else before a connection is accepted
     */
    public static Mono<Connection> of(String session, Binder binder, ConnectionLease lease) {
        return binder.bind(lease::hold, socket -> new FirstConnection(session, socket, lease::hold))
                .flatMap(FirstConnection::taken);
    }

    /** The socket is closed before the connection is emitted. */
    private Mono<Connection> taken() {
        socket.end().subscribe(null, null, this::ended);
        return first.asMono().delayUntil(connection -> socket.closed());
    }

    private void ended() {
        if (isTaken.compareAndSet(false, true)) {
            String what = "The listening socket was closed by something else before a connection was accepted";
            ConnectError error = new ConnectError(Reason.CLOSED, "[" + session + "] " + what, null);
            first.tryEmitError(error).orThrow();
        }
    }

    @Override
    public void accept(Connection connection) {
        if (isTaken.compareAndSet(false, true)) {
            onAccepted.accept(connection);
            socket.dispose();
            first.tryEmitValue(connection).orThrow();
        } else {
            socket.logClosed(connection.channel());
            connection.dispose();
        }
    }
}
