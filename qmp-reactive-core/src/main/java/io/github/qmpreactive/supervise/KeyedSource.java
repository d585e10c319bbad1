package io.github.qmpreactive.supervise;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.internal.operation.Turns;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** The sessions with one key, for its supervisor. Used in turns, those of all keys. */
final class KeyedSource implements SessionSource<QmpSession> {

    private final KeyedSessions sessions;
    private final Turns turns;
    private final String key;
    private Sinks.@Nullable One<QmpSession> attempt;

    /** A session that waits for the next attempt. */
    private @Nullable QmpSession waiting;

    /** The session that the supervisor has, or the one before. */
    private @Nullable QmpSession taken;

    private @Nullable Throwable unusable;

    /** Read by the supervisor in its own turns. */
    private volatile @Nullable Replaced replaced;

    private record Replaced(QmpSession session, Throwable why) {}

    KeyedSource(KeyedSessions sessions, Turns turns, String key) {
        this.sessions = sessions;
        this.turns = turns;
        this.key = key;
    }

    String key() {
        return key;
    }

    @Override
    public void started() {
        turns.run(() -> unusable = sessions.add(this));
    }

    @Override
    public void stopped() {
        turns.run(() -> {
            sessions.remove(this);
            attempt = null;
            // The supervisor may have stopped before it got the session that was given to its attempt.
            disconnect(taken);
            disconnect(waiting);
            taken = null;
            waiting = null;
        });
    }

    @Override
    public Mono<QmpSession> next() {
        return Mono.defer(() -> {
            Sinks.One<QmpSession> sink = Sinks.one();
            turns.run(() -> attempt(sink));
            // What is called back by one supervisor must not keep the turns from the sessions of the others.
            return sink.asMono().publishOn(Schedulers.boundedElastic());
        });
    }

    /** The session that the supervisor has or is about to get, unless that is known to be over. */
    @Nullable
    QmpSession holder() {
        QmpSession holder = waiting == null ? taken : null;
        return holder != null && holder.isRunning() ? holder : null;
    }

    /** Disconnects what the supervisor has, and tells it why. */
    void replace(QmpSession holder, Throwable why) {
        replaced = new Replaced(holder, why);
        disconnect(holder);
    }

    @Override
    public @Nullable Throwable whyDisconnected(QmpSession session) {
        Replaced last = replaced;
        return last != null && last.session() == session ? last.why() : null;
    }

    /** The newest session: for the attempt that is under way, or the next one. */
    void take(QmpSession session) {
        disconnect(waiting);
        waiting = session;
        Sinks.One<QmpSession> now = attempt;
        if (now != null) {
            attempt(now);
        }
    }

    void fail(Throwable error) {
        unusable = error;
        if (waiting == null && attempt != null) {
            attempt.tryEmitError(error).orThrow();
            attempt = null;
        }
    }

    private void attempt(Sinks.One<QmpSession> sink) {
        attempt = sink;
        QmpSession session = waiting;
        if (session != null && session.isRunning()) {
            waiting = null;
            attempt = null;
            taken = session;
            sink.tryEmitValue(session).orThrow();
        } else if (unusable != null) {
            attempt = null;
            sink.tryEmitError(unusable).orThrow();
        }
    }

    private static void disconnect(@Nullable QmpSession session) {
        if (session != null) {
            KeyedSessions.disconnect(session);
        }
    }
}
