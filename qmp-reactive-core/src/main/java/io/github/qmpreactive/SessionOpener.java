package io.github.qmpreactive;

import io.github.qmpreactive.internal.agent.AgentErrors;
import io.github.qmpreactive.internal.agent.AgentHandshake;
import io.github.qmpreactive.internal.listen.SessionAcceptor;
import io.github.qmpreactive.internal.observation.SessionReport;
import io.github.qmpreactive.internal.session.Handshake;
import io.github.qmpreactive.internal.session.Origin;
import io.github.qmpreactive.internal.session.SessionSettings;
import io.github.qmpreactive.internal.transport.Adoption;
import io.github.qmpreactive.internal.transport.Binder;
import io.github.qmpreactive.internal.transport.BoundSocket;
import io.github.qmpreactive.internal.transport.ConnectionLease;
import io.github.qmpreactive.internal.transport.Connector;
import io.github.qmpreactive.internal.transport.Endpoint;
import io.github.qmpreactive.internal.transport.FirstConnection;
import io.github.qmpreactive.internal.transport.TlsHandshake;
import io.netty.handler.ssl.SslContext;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.context.Context;

/** The ways in which a client opens sessions. Each is cold, and closes what it has opened if it fails or is cancelled. */
final class SessionOpener {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.session");

    private final ClientConfig config;

    SessionOpener(ClientConfig config) {
        this.config = config;
    }

    Mono<QmpSession> connect() {
        return Mono.deferContextual(context -> {
            Connector connector = connector();
            return monitor(config.settings(Origin.DIALLED, context), lease -> connector.connect(lease::hold));
        });
    }

    Mono<QmpSession> adopt(Connection existing) {
        return Mono.deferContextual(context -> {
            String name = nameOf(existing);
            return monitor(
                    config.settings(Origin.ADOPTED, name, context), lease -> Adoption.of(name, existing, lease::hold));
        });
    }

    Mono<QmpSession> accept() {
        return Mono.deferContextual(context -> monitor(config.settings(Origin.DIALLED_IN, context), firstConnection()));
    }

    Mono<QgaSession> connectToAgent() {
        return Mono.deferContextual(context -> {
            Connector connector = connector();
            Endpoint endpoint = config.endpointToConnect();
            return agent(config.settings(Origin.DIALLED, context), lease -> connector
                    .connect(lease::hold)
                    .onErrorMap(e -> AgentErrors.of(config.sessionName(), endpoint, e)));
        });
    }

    Mono<QgaSession> adoptAgent(Connection existing) {
        return Mono.deferContextual(context -> {
            String name = nameOf(existing);
            return agent(
                    config.settings(Origin.ADOPTED, name, context), lease -> Adoption.of(name, existing, lease::hold));
        });
    }

    Mono<QgaSession> acceptAgent() {
        return Mono.deferContextual(context -> agent(config.settings(Origin.DIALLED_IN, context), firstConnection()));
    }

    Mono<QmpListener> listen() {
        return Mono.defer(() -> {
            Binder binder = binder(config.endpointToListen());
            SslContext tls = config.serverContext();
            // Refused here, and not for each accepted connection.
            SessionSettings unused = config.settings(Origin.DIALLED_IN, Context.empty());
            ConnectionLease lease = new ConnectionLease();
            Mono<QmpListener> listener = binder.bind(lease::hold, socket -> acceptor(socket, tls))
                    .<QmpListener>handle((acceptor, sink) -> {
                        if (lease.handOver()) {
                            sink.next(new DefaultQmpListener(acceptor, config.jsonMapper));
                        }
                    })
                    .doFinally(signal -> lease.giveUp())
                    .contextWrite(SessionOpener::keepDropped);
            return UntilCancelled.of(listener, late -> close(late.close()));
        });
    }

    private SessionAcceptor acceptor(BoundSocket socket, @Nullable SslContext tls) {
        String name = config.name != null ? config.name : socket.endpoint().toString();
        SessionAcceptor acceptor = new SessionAcceptor(name, socket, config.maxHandshakes, (connection, number) -> {
            SessionSettings settings = config.settings(Origin.DIALLED_IN, name + "#" + number, Context.empty());
            return settings.report().handshake(() -> secured(settings.name(), connection, tls)
                    .flatMap(secured -> Handshake.open(secured, settings)));
        });
        acceptor.start();
        return acceptor;
    }

    private Mono<Connection> secured(String name, Connection connection, @Nullable SslContext tls) {
        return tls == null ? Mono.just(connection) : TlsHandshake.serve(name, connection, tls, config.handshakeTimeout);
    }

    private Binder binder(Endpoint endpoint) {
        return new Binder(config.sessionName(), endpoint, config.loops, config.keepAlive);
    }

    private Connector connector() {
        return new Connector(
                config.sessionName(),
                config.endpointToConnect(),
                config.connectTimeout,
                config.loops,
                config.clientContext(),
                config.keepAlive);
    }

    private Function<ConnectionLease, Mono<Connection>> firstConnection() {
        Binder binder = binder(config.endpointToConnect());
        SslContext tls = config.serverContext();
        return lease -> FirstConnection.of(config.sessionName(), binder, lease)
                .flatMap(connection -> secured(config.sessionName(), connection, tls));
    }

    private String nameOf(Connection existing) {
        return config.name != null ? config.name : Adoption.nameOf(existing);
    }

    private Mono<QmpSession> monitor(
            SessionSettings settings, Function<ConnectionLease, Mono<Connection>> connections) {
        return open(
                settings,
                connections,
                connection -> Handshake.open(connection, settings),
                negotiated -> new DefaultQmpSession(negotiated, config.jsonMapper),
                QmpSession::disconnect);
    }

    private Mono<QgaSession> agent(SessionSettings settings, Function<ConnectionLease, Mono<Connection>> connections) {
        return open(
                settings,
                connections,
                connection -> AgentHandshake.open(connection, settings),
                inStep -> new DefaultQgaSession(inStep, config.jsonMapper),
                QgaSession::disconnect);
    }

    private static <N, S> Mono<S> open(
            SessionSettings settings,
            Function<ConnectionLease, Mono<Connection>> connections,
            Function<Connection, Mono<N>> handshake,
            Function<N, S> session,
            Function<S, Mono<Void>> disconnect) {
        ConnectionLease lease = new ConnectionLease();
        Mono<S> opening = negotiated(settings, connections.apply(lease), handshake)
                .<S>handle((ready, sink) -> {
                    if (lease.handOver()) {
                        sink.next(session.apply(ready));
                    }
                })
                // Runs behind the cancelling of what is upstream, so that no subscriber sees the close as an error.
                .doFinally(signal -> lease.giveUp())
                .contextWrite(SessionOpener::keepDropped);
        return UntilCancelled.of(opening, late -> close(disconnect.apply(late)));
    }

    /** Who dials in is observed from the connection on: until then nothing is opened. */
    private static <N> Mono<N> negotiated(
            SessionSettings settings, Mono<Connection> connection, Function<Connection, Mono<N>> handshake) {
        SessionReport report = settings.report();
        return settings.origin() == Origin.DIALLED
                ? report.opening(connection, handshake)
                : connection.flatMap(open -> report.handshake(() -> handshake.apply(open)));
    }

    private static void close(Mono<Void> closing) {
        closing.onErrorComplete().subscribe();
    }

    /**
     * What comes of an opening behind a cancel has no subscriber: it is logged, and does not reach the hooks of the
     * application, to which it would look like an error of its own. Reactor looks these up before its global hooks.
     */
    private static Context keepDropped(Context context) {
        Consumer<Throwable> error = e -> LOG.debug("A cancelled opening failed: {}", e.toString());
        Consumer<Object> value = v -> LOG.debug("A cancelled opening emitted {}", v);
        return context.put("reactor.onErrorDropped.local", error).put("reactor.onNextDropped.local", value);
    }
}
