package io.github.qmpreactive.internal.listen;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.log.SessionLog;
import io.github.qmpreactive.internal.loop.GuardedSubscriber;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.internal.session.NegotiatedSession;
import io.github.qmpreactive.internal.transport.AcceptHandler;
import io.github.qmpreactive.internal.transport.BoundSocket;
import io.github.qmpreactive.message.SessionState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;

/**
 * Turns the connections of one listening socket into sessions, as they are requested: a handshake begins when there is
 * demand for its session and fewer than the limit are under way. Nothing is read from a connection that waits; while one
 * waits, further ones stay in the system's queue. All state belongs to the event loop of the listening socket.
 */
public final class SessionAcceptor implements AcceptHandler {

    /** Goes through the handshake on an accepted connection. */
    @FunctionalInterface
    public interface Opener {
        /**
         * Goes through the handshake.
         *
         * @param connection it has not been read from
         * @param number of the connection, from 1
         * @return the session; or fails, and closes the connection
         */
        Mono<NegotiatedSession> open(Connection connection, int number);
    }

    private final String name;
    private final SessionLog log;
    private final BoundSocket socket;
    private final SessionLoop loop;
    private final Opener opener;
    private final int maxHandshakes;
    private final Sinks.Many<QmpError> failures = Sinks.many().multicast().directBestEffort();

    private final Deque<Connection> waiting = new ArrayDeque<>();
    private final HandshakeSlots handshakes;

    /** Sessions whose handshake was under way when the subscription was cancelled. */
    private final Deque<NegotiatedSession> ready = new ArrayDeque<>();

    private final Set<Connection> open = new HashSet<>();
    private @Nullable AcceptSubscription subscriber;
    private int accepted;
    private boolean closed;
    private @Nullable QmpError failure;
    private Mono<Void> closing = Mono.empty();
    private boolean draining;
    private boolean drainAgain;

    /**
     * Creates an acceptor.
     *
     * @param name of the listener, for logs and errors
     * @param socket listens
     * @param maxHandshakes how many may be under way at a time
     * @param opener goes through the handshake on each connection
     */
    public SessionAcceptor(String name, BoundSocket socket, int maxHandshakes, Opener opener) {
        this.name = name;
        this.log = new SessionLog(name);
        this.socket = socket;
        this.loop = new SessionLoop(socket.eventLoop());
        this.maxHandshakes = maxHandshakes;
        this.opener = opener;
        this.handshakes = new HandshakeSlots(loop, name, this::drain);
    }

    /** Begins to watch the socket. */
    public void start() {
        socket.end().subscribe(null, null, () -> loop.execute(() -> end(lost())));
    }

    /**
     * Where it listens.
     *
     * @return the address as QEMU's command line takes it
     */
    public String address() {
        return socket.endpoint().toQemu();
    }

    /**
     * The sessions, one for each connection.
     *
     * @return the sessions, to one subscriber at a time
     */
    public Flux<NegotiatedSession> sessions() {
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super NegotiatedSession> actual) {
                GuardedSubscriber<NegotiatedSession> guarded = new GuardedSubscriber<>(log, "sessions", actual);
                AcceptSubscription next = new AcceptSubscription(
                        loop, guarded, SessionAcceptor.this::drain, SessionAcceptor.this::unsubscribe);
                guarded.onSubscribe(next);
                loop.execute(() -> admit(next));
            }
        };
    }

    /**
     * The errors of connections that became no session.
     *
     * @return the failures, from now on
     */
    public Flux<QmpError> failures() {
        return GuardedSubscriber.guard(log, "failures", failures.asFlux());
    }

    /**
     * Stops listening and closes every connection not yet emitted as a session.
     *
     * @return completes when all of that is closed
     */
    public Mono<Void> close() {
        return Mono.defer(() -> {
            Sinks.Empty<Void> done = Sinks.empty();
            loop.execute(() -> {
                end(null);
                closing.subscribe(null, null, () -> {
                    done.tryEmitEmpty().orThrow();
                });
            });
            return done.asMono();
        });
    }

    @Override
    public void accept(Connection connection) {
        loop.execute(() -> {
            if (closed) {
                connection.dispose();
                return;
            }
            open.add(connection);
            waiting.add(connection);
            connection.onDispose(() -> loop.execute(() -> gone(connection)));
            drain();
        });
    }

    private void admit(AcceptSubscription next) {
        if (next.isCancelled()) {
            return;
        }
        if (closed) {
            next.end(failure);
        } else if (subscriber != null) {
            next.end(new IllegalStateException("[" + name + "] sessions() has a subscriber already"));
        } else {
            subscriber = next;
            drain();
        }
    }

    private void unsubscribe(AcceptSubscription cancelled) {
        if (subscriber == cancelled) {
            subscriber = null;
        }
    }

    private void drain() {
        assert loop.isCurrent();
        drainAgain = true;
        if (draining) {
            return;
        }
        draining = true;
        try {
            while (drainAgain) {
                drainAgain = false;
                deliver();
                beginHandshakes();
            }
        } catch (Throwable e) {
            log.error("Cannot handle an accepted connection", e);
        } finally {
            draining = false;
            if (!closed) {
                if (!waiting.isEmpty() && isRequested(0)) {
                    handshakes.makeRoom();
                }
                socket.takeMore(waiting.isEmpty());
            }
        }
    }

    private void deliver() {
        for (AcceptSubscription current = subscriber;
                current != null && current.demand() > 0 && !ready.isEmpty();
                current = subscriber) {
            NegotiatedSession session = ready.remove();
            if (session.session().state() == SessionState.DISCONNECTED) {
                tell(new ConnectError(
                        Reason.CLOSED,
                        "[" + session.session().name() + "] The session ended before it was requested",
                        null));
            } else {
                current.take(session);
            }
        }
    }

    private void beginHandshakes() {
        while (!waiting.isEmpty()
                && handshakes.size() < maxHandshakes
                && isRequested(handshakes.size() + ready.size())) {
            begin(waiting.remove());
        }
    }

    /** Whether more sessions are requested than are coming. */
    private boolean isRequested(int coming) {
        AcceptSubscription current = subscriber;
        return current != null && current.demand() > coming;
    }

    private void begin(Connection connection) {
        HandshakeSlots.Slot slot = handshakes.add(connection);
        int number = ++accepted;
        // Never cancelled: to give up, the connection is closed, and the handshake fails of that.
        try {
            Mono.defer(() -> opener.open(connection, number))
                    .subscribe(
                            session -> loop.execute(() -> succeeded(slot, connection, session)),
                            error -> loop.execute(() -> failed(slot, error)));
        } catch (Throwable e) {
            // Reactor throws errors of the JVM: a class that is missing must not end the listener.
            failed(slot, e);
            connection.dispose();
        }
    }

    private void succeeded(HandshakeSlots.Slot slot, Connection connection, NegotiatedSession session) {
        var unused = handshakes.remove(slot);
        if (slot.lease.handOver()) {
            open.remove(connection);
            ready.add(session);
            drain();
        } else {
            openedNone(slot.gaveWay());
        }
    }

    private void failed(HandshakeSlots.Slot slot, Throwable error) {
        if (!handshakes.remove(slot)) {
            return;
        }
        slot.lease.giveUp();
        QmpError gaveWay = slot.gaveWay();
        openedNone(gaveWay != null ? gaveWay : known(error));
    }

    private QmpError known(Throwable error) {
        return error instanceof QmpError known
                ? known
                : new ConnectError(Reason.OTHER, log.prefix() + "The handshake failed: " + error, error);
    }

    /** Handshakes that closing the listener has ended are no failures. */
    private void openedNone(@Nullable QmpError error) {
        if (!closed && error != null) {
            tell(error);
            drain();
        }
    }

    private void gone(Connection connection) {
        open.remove(connection);
        if (waiting.remove(connection)) {
            tell(new ConnectError(
                    Reason.CLOSED,
                    log.prefix() + "A connection was closed by its other side before a handshake began",
                    null));
            drain();
        }
    }

    private void tell(QmpError error) {
        log.warn("Cannot open a session on an accepted connection: {}", error.getMessage());
        Sinks.EmitResult result = failures.tryEmitNext(error);
        if (result.isFailure()) {
            log.debug("failures() emitted no error: {}", result);
        }
    }

    private void end(@Nullable QmpError error) {
        assert loop.isCurrent();
        if (closed) {
            return;
        }
        closed = true;
        failure = error;
        List<Mono<Void>> ends = new ArrayList<>();
        ends.add(socket.closed());
        open.forEach(connection -> ends.add(connection.onDispose()));
        ready.forEach(session -> ends.add(session.session().disconnect()));
        closing = Mono.whenDelayError(ends).onErrorComplete().cache();
        // Hot: sessions that were not emitted are disconnected whether or not close() has a subscriber.
        closing.subscribe();
        socket.dispose();
        List<Connection> left = List.copyOf(waiting);
        // First: that they are gone at once is no failure of theirs.
        waiting.clear();
        left.forEach(Connection::dispose);
        handshakes.giveUpAll();
        AcceptSubscription last = subscriber;
        subscriber = null;
        if (last != null) {
            last.end(error);
        }
        failures.tryEmitComplete().orThrow();
    }

    private QmpError lost() {
        return new ConnectionLostError(
                How.CLOSED_LOCALLY, log.prefix() + "The listening socket was closed by something else", null);
    }
}
