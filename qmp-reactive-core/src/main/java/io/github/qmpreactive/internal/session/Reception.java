package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.transport.BoundSocket;
import io.github.qmpreactive.internal.transport.Peers;
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
 * Turns those who dial in on one listening socket into sessions, as they are asked for: a handshake begins when there is
 * demand for its session and fewer than the limit are under way. Who has to wait does so with nothing read from it; while
 * anybody waits, the rest stays in the system's queue. All state belongs to the event loop of the listening socket.
 */
public final class Reception implements Peers {

    /** Goes through the handshake with one who has dialled in. */
    @FunctionalInterface
    public interface Opener {
        /**
         * Goes through the handshake.
         *
         * @param connection nobody has read from it
         * @param number of the one who has dialled in, from 1
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

    /** Sessions whose handshake was under way when the one who wanted them left. */
    private final Deque<NegotiatedSession> ready = new ArrayDeque<>();

    private final Set<Connection> open = new HashSet<>();
    private @Nullable SessionTaker taker;
    private int dialledIn;
    private boolean closed;
    private @Nullable QmpError failure;
    private Mono<Void> closing = Mono.empty();
    private boolean draining;
    private boolean drainAgain;

    /**
     * A reception.
     *
     * @param name of the listener, for logs and errors
     * @param socket listens
     * @param maxHandshakes how many may be under way at a time
     * @param opener goes through the handshake with each who dials in
     */
    public Reception(String name, BoundSocket socket, int maxHandshakes, Opener opener) {
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
     * The sessions, one for each who dials in.
     *
     * @return the sessions, to one subscriber at a time
     */
    public Flux<NegotiatedSession> sessions() {
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super NegotiatedSession> actual) {
                GuardedSubscriber<NegotiatedSession> guarded = new GuardedSubscriber<>(log, "sessions", actual);
                SessionTaker next = new SessionTaker(loop, guarded, Reception.this::drain, Reception.this::leave);
                guarded.onSubscribe(next);
                loop.execute(() -> enter(next));
            }
        };
    }

    /**
     * What went wrong with those who made no session.
     *
     * @return the failures, from now on
     */
    public Flux<QmpError> failures() {
        return GuardedSubscriber.guard(log, "failures", failures.asFlux());
    }

    /**
     * Stops listening and hangs up on everybody who is not a taken session.
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
    public void arrived(Connection connection) {
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

    private void enter(SessionTaker next) {
        if (next.isCancelled()) {
            return;
        }
        if (closed) {
            next.end(failure);
        } else if (taker != null) {
            next.end(new IllegalStateException("[" + name + "] sessions() has a subscriber already"));
        } else {
            taker = next;
            drain();
        }
    }

    private void leave(SessionTaker left) {
        if (taker == left) {
            taker = null;
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
        } catch (RuntimeException e) {
            log.error("A connection that was accepted came to nothing", e);
        } finally {
            draining = false;
            if (!closed) {
                makeRoom();
                socket.takeMore(waiting.isEmpty());
            }
        }
    }

    /** A connection that waits although it is wanted waits for a handshake to end. */
    private void makeRoom() {
        if (!waiting.isEmpty() && isWanted(0)) {
            handshakes.makeRoom();
        } else if (waiting.isEmpty()) {
            handshakes.stopTimer();
        }
    }

    private void deliver() {
        for (SessionTaker current = taker;
                current != null && current.demand() > 0 && !ready.isEmpty();
                current = taker) {
            NegotiatedSession session = ready.remove();
            if (session.session().state() == SessionState.DISCONNECTED) {
                tell(new ConnectError(
                        Reason.CLOSED,
                        "[" + session.session().name() + "] The session ended before anybody took it",
                        null));
            } else {
                current.take(session);
            }
        }
    }

    private void beginHandshakes() {
        while (!waiting.isEmpty() && handshakes.size() < maxHandshakes && isWanted(handshakes.size() + ready.size())) {
            begin(waiting.remove());
        }
    }

    /** Whether one more session is wanted than there will be. */
    private boolean isWanted(int coming) {
        SessionTaker current = taker;
        return current != null && current.demand() > coming;
    }

    private void begin(Connection connection) {
        HandshakeSlots.Slot slot = handshakes.add(connection);
        int number = ++dialledIn;
        // Never cancelled: to give up, the connection is closed, and the handshake fails of that.
        Mono.defer(() -> opener.open(connection, number))
                .subscribe(
                        session -> loop.execute(() -> succeeded(slot, connection, session)),
                        error -> loop.execute(() -> failed(slot, error)));
    }

    private void succeeded(HandshakeSlots.Slot slot, Connection connection, NegotiatedSession session) {
        handshakes.remove(slot);
        if (slot.lease.handOver()) {
            open.remove(connection);
            ready.add(session);
        } else {
            QmpError gaveWay = slot.gaveWay();
            if (!closed && gaveWay != null) {
                tell(gaveWay);
            }
        }
        drain();
    }

    private void failed(HandshakeSlots.Slot slot, Throwable error) {
        handshakes.remove(slot);
        slot.lease.giveUp();
        QmpError gaveWay = slot.gaveWay();
        if (closed) {
            drain();
            return;
        }
        if (gaveWay != null) {
            tell(gaveWay);
        } else {
            tell(
                    error instanceof QmpError known
                            ? known
                            : new ConnectError(Reason.OTHER, log.prefix() + "The handshake failed: " + error, error));
        }
        drain();
    }

    private void gone(Connection connection) {
        open.remove(connection);
        if (waiting.remove(connection)) {
            tell(new ConnectError(
                    Reason.CLOSED, log.prefix() + "Somebody dialled in and hung up before a handshake began", null));
            drain();
        }
    }

    private void tell(QmpError error) {
        log.warn("Somebody dialled in, and there is no session: {}", error.getMessage());
        Sinks.EmitResult result = failures.tryEmitNext(error);
        if (result.isFailure()) {
            log.debug("Nobody was told: {}", result);
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
        // Hot: the sessions that nobody took are disconnected whether or not anybody waits for it.
        closing.subscribe();
        socket.dispose();
        List<Connection> left = List.copyOf(waiting);
        // First: that they are gone at once is no failure of theirs.
        waiting.clear();
        left.forEach(Connection::dispose);
        ready.clear();
        handshakes.giveUpAll();
        SessionTaker last = taker;
        taker = null;
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
