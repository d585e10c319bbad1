package io.github.qmpreactive.supervise;

import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.SessionRefusedError;
import io.github.qmpreactive.internal.operation.Guards;
import io.github.qmpreactive.internal.operation.LogShare;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.internal.operation.Turns;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.context.Context;
import reactor.util.retry.Retry;

/** Gives each session that a listener emits to the supervisor of its key, or disconnects it. What happens is a step of its turns. */
final class KeyedSessions {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.supervise");

    /** How many sessions are asked for their keys at a time: a peer may be silent until the limit. */
    private static final int MOST_ASKED = 64;

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final QmpListener listener;
    private final Function<? super QmpSession, ? extends Mono<String>> key;
    private final Duration limit;
    private final Guards guards;
    private final Turns turns = new Turns(Context.empty(), KeyedSessions::threw);
    private final Sinks.Many<SessionRefusedError> refused =
            Sinks.many().multicast().directBestEffort();

    // What follows is used in turns.
    private final Map<String, KeyedSource> running = new HashMap<>();
    private final RecentKeys logged = new RecentKeys();
    private final LogShare share = new LogShare();
    private @Nullable Accepted accepted;
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
            return new Permanence.NoSessionException(
                    "[" + source.key() + "] Another supervisor with this key runs; stop it first");
        }
        if (accepted == null) {
            // For good: a listener has one subscriber, and takes a moment to let one go.
            accepted = new Accepted();
            listener.sessions().subscribe(accepted);
        }
        return null;
    }

    /** In turns. */
    void remove(KeyedSource source) {
        running.remove(source.key(), source);
    }

    /** A session is requested for each one that has got its supervisor, or none. */
    private final class Accepted extends BaseSubscriber<QmpSession> {

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(MOST_ASKED);
        }

        @Override
        protected void hookOnNext(QmpSession session) {
            turns.run(() -> ask(session));
        }

        @Override
        protected void hookOnComplete() {
            turns.run(() -> end("The listener at " + listener.address() + " is closed", null));
        }

        @Override
        protected void hookOnError(Throwable error) {
            turns.run(
                    () -> end("There are no sessions of the listener at " + listener.address() + ": " + error, error));
        }
    }

    private void end(String message, @Nullable Throwable cause) {
        Throwable none = cause == null
                ? new Permanence.NoSessionException(message)
                : new Permanence.NoSessionException(message, cause);
        over = none;
        Map.copyOf(running).values().forEach(source -> source.fail(none));
        running.clear();
    }

    private void settled() {
        if (accepted != null) {
            accepted.request(1);
        }
    }

    private void ask(QmpSession session) {
        turns.subscribe(
                within(limit, Mono.defer(() -> key.apply(session))).flux(),
                found -> offer(found, session),
                error -> refuse(session, null, "its key was not found out", error),
                () -> {});
    }

    private static Mono<String> within(Duration limit, Mono<String> key) {
        return key.switchIfEmpty(Mono.error(() -> new IllegalStateException("The function of the key emitted none")))
                .takeUntilOther(Operations.delay(limit))
                .switchIfEmpty(Mono.error(() -> new NoAnswerException(limit)));
    }

    /** The limit of this listener has passed. */
    private static final class NoAnswerException extends TimeoutException {

        private static final long serialVersionUID = 1L;

        NoAnswerException(Duration limit) {
            super("There was no key within " + limit.toMillis() + " ms");
        }
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
            settled();
            return;
        }
        // A command may have a shorter limit than this listener: the holder is asked again until that has passed.
        Mono<String> again = Mono.defer(() -> key.apply(holder)).retryWhen(Retry.from(failures -> failures.map(
                        Retry.RetrySignal::failure)
                .concatMap(error -> error instanceof ExecTimeoutError ? Operations.delay(PAUSE) : Mono.error(error))));
        turns.subscribe(
                within(limit, again).flux(),
                held -> decide(source, holder, found, session, () -> {
                    if (held.equals(found)) {
                        refuse(session, found, "another machine with its key is connected", null);
                    } else {
                        replace(source, holder, session, How.CLOSED_LOCALLY, "has another key now", Duration.ZERO);
                    }
                }),
                error -> decide(source, holder, found, session, () -> {
                    if (error instanceof NoAnswerException || Operations.isEnd(error)) {
                        replace(source, holder, session, How.SILENT, "does not answer", limit);
                    } else {
                        refuse(session, found, "another session has its key, and could not be asked for it", error);
                    }
                }),
                () -> {});
    }

    /** The answer decides if it is still about the session that the supervisor has, and the new one has not ended meanwhile. */
    private void decide(KeyedSource source, QmpSession holder, String found, QmpSession session, Runnable decision) {
        if (!session.isRunning()) {
            settled();
        } else if (running.get(found) == source && source.holder() == holder) {
            decision.run();
        } else {
            offer(found, session);
        }
    }

    private void replace(
            KeyedSource source, QmpSession holder, QmpSession session, How how, String why, Duration silence) {
        String message =
                "[" + source.key() + "] " + holder.name() + " " + why + " and is replaced by " + session.name();
        LOG.warn("{}", message);
        source.replace(holder, new ConnectionLostError(how, message, silence, null));
        source.take(session);
        settled();
    }

    private void refuse(QmpSession session, @Nullable String found, String why, @Nullable Throwable cause) {
        // The key and the cause may be the peer's words.
        String printed =
                found == null ? String.valueOf(cause == null ? null : cause.getClass()) : Operations.printed(found);
        String message = "[" + session.name() + "] Disconnected: " + why
                + (found == null ? "" : "; its key is \"" + printed + "\"")
                + (cause == null ? "" : ": " + Operations.printedWords(cause.toString()));
        if (!logged.contains(printed) && share.includes(printed)) {
            logged.add(printed);
            LOG.warn("{}", message);
        } else {
            LOG.debug("{}", message);
        }
        Sinks.EmitResult result = refused.tryEmitNext(new SessionRefusedError(message, found, cause));
        if (result.isFailure()) {
            LOG.debug("refused() emitted no error: {}", result);
        }
        disconnect(session);
        settled();
    }

    private static void threw(Throwable thrown) {
        LOG.error("Ignored what was thrown while sessions were given to supervisors", thrown);
    }

    static void disconnect(QmpSession session) {
        session.disconnect().subscribe();
    }
}
