package io.github.qmpreactive.supervise;

import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.SessionRefusedError;
import io.github.qmpreactive.internal.operation.Guards;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.internal.operation.Turns;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.publisher.Sinks;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.context.Context;

/** Gives each session that a listener emits to the supervisor of its key, or disconnects it. What happens is a step of its turns. */
final class KeyedSessions {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.supervise");

    private final QmpListener listener;
    private final Function<? super QmpSession, ? extends Mono<String>> key;
    private final Duration limit;
    private final Guards guards;
    private final Turns turns = new Turns(Context.empty());
    private final Sinks.Many<SessionRefusedError> refused =
            Sinks.many().multicast().directBestEffort();

    // What follows is used in turns.
    private final Map<String, KeyedSource> running = new HashMap<>();
    private final RecentKeys logged = new RecentKeys();
    private boolean accepting;
    private @Nullable Throwable over;

    KeyedSessions(QmpListener listener, Function<? super QmpSession, ? extends Mono<String>> key, Duration limit) {
        this.listener = listener;
        this.key = key;
        this.limit = limit;
        this.guards = new Guards(listener.address());
    }

    SessionSource<QmpSession> source(String key) {
        return new KeyedSource(this, turns, key);
    }

    Flux<SessionRefusedError> refused() {
        return guards.guard("refused sessions", refused.asFlux());
    }

    /** In turns. Returns why the source cannot be used, if it cannot. */
    @Nullable
    Throwable add(KeyedSource source) {
        if (over != null) {
            return over;
        }
        if (running.putIfAbsent(source.key(), source) != null) {
            return new IllegalStateException(
                    "[" + source.key() + "] Another supervisor with this key runs; stop it first");
        }
        if (!accepting) {
            // For good: a listener has one subscriber, and takes a moment to let one go.
            accepting = true;
            Signals.subscribe(listener.sessions(), signal -> turns.run(() -> accepted(signal)));
        }
        return null;
    }

    /** In turns. */
    void remove(KeyedSource source) {
        running.remove(source.key(), source);
    }

    private void accepted(Signal<QmpSession> signal) {
        QmpSession session = signal.get();
        if (session != null) {
            ask(session);
        } else if (over == null) {
            Throwable closed = new IllegalStateException(
                    "The listener at " + listener.address() + " is closed", signal.getThrowable());
            over = closed;
            Map.copyOf(running).values().forEach(source -> source.fail(closed));
            running.clear();
        }
    }

    private void ask(QmpSession session) {
        turns.subscribe(
                keyOf(session).flux(),
                found -> offer(found, session),
                error -> refuse(session, null, "its key was not found out", error),
                () -> {});
    }

    private Mono<String> keyOf(QmpSession session) {
        Mono<String> found = Mono.defer(() -> key.apply(session));
        return found.takeUntilOther(Operations.delay(limit))
                .switchIfEmpty(Mono.error(
                        () -> new IllegalStateException("There was no key within " + limit.toMillis() + " ms")));
    }

    private void offer(String found, QmpSession session) {
        KeyedSource source = running.get(found);
        if (source == null) {
            refuse(session, found, "no supervisor with its key runs", null);
            return;
        }
        QmpSession holder = source.holder();
        if (holder == null) {
            source.take(session);
            return;
        }
        turns.subscribe(
                keyOf(holder).map(found::equals).onErrorReturn(false).flux(),
                isAlive -> {
                    if (running.get(found) != source) {
                        offer(found, session);
                    } else if (isAlive && holder.isRunning()) {
                        refuse(session, found, "another machine with its key is connected", null);
                    } else {
                        replace(source, holder, session);
                    }
                },
                never -> {},
                () -> {});
    }

    private void replace(KeyedSource source, QmpSession holder, QmpSession session) {
        if (source.holder() == holder) {
            LOG.warn("[{}] {} does not answer and is replaced by {}", source.key(), holder.name(), session.name());
        }
        disconnect(holder);
        source.take(session);
    }

    private void refuse(QmpSession session, @Nullable String found, String why, @Nullable Throwable cause) {
        String message = "[" + session.name() + "] Disconnected: " + why
                + (found == null ? "" : "; its key is \"" + found + "\"") + (cause == null ? "" : ": " + cause);
        if (logged.add(String.valueOf(found))) {
            LOG.warn("{}", message);
        } else {
            LOG.debug("{}", message);
        }
        Sinks.EmitResult result = refused.tryEmitNext(new SessionRefusedError(message, found, cause));
        if (result.isFailure()) {
            LOG.debug("refused() emitted no error: {}", result);
        }
        disconnect(session);
    }

    static void disconnect(QmpSession session) {
        session.disconnect().subscribe();
    }
}
