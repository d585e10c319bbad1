package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.log.SessionLog;
import io.github.qmpreactive.internal.loop.GuardedSubscriber;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.message.SessionState;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** The time of a session before it is ready: it becomes ready once, or ends with the error of its handshake. */
final class Opening {

    private final SessionLoop loop;
    private final SessionLog log;
    private final Termination termination;
    private final Consumer<Set<String>> onReady;
    private volatile @Nullable Set<String> capabilities;

    /**
     * Begins.
     *
     * @param onReady runs on the event loop when the session is ready; given the capabilities that are enabled
     */
    Opening(SessionLoop loop, SessionLog log, Termination termination, Consumer<Set<String>> onReady) {
        this.loop = loop;
        this.log = log;
        this.termination = termination;
        this.onReady = onReady;
    }

    /** The capabilities that are enabled; null until the session is ready. Readable from any thread. */
    @Nullable
    Set<String> capabilities() {
        return capabilities;
    }

    /** Fails with the cause if the session ends first. */
    <T> Mono<T> orEnd(Mono<T> mono) {
        return GuardedSubscriber.guard(log, "the handshake", Mono.firstWithSignal(mono, termination.failure()));
    }

    /** Goes on with a session that has not ended; one that has, on what came in ahead of it, fails with the cause. */
    <T> Mono<T> unlessEnded(Supplier<Mono<T>> next) {
        return Mono.defer(() -> termination.state() == SessionState.DISCONNECTED ? termination.failure() : next.get());
    }

    /** The session is ready: from here on it is the users'. */
    void ready(Set<String> enabled) {
        assert loop.isCurrent() && capabilities == null;
        capabilities = enabled;
        onReady.accept(enabled);
    }

    /** Ends the session, on any thread; does nothing once it is ready. */
    void giveUp(Supplier<? extends QmpError> cause) {
        loop.execute(() -> {
            if (capabilities == null) {
                termination.fail(cause.get());
            }
        });
    }

    /** Ends the session after a time, unless it is ready by then or the timer is disposed of. */
    Disposable giveUpAfter(Duration limit, Supplier<? extends QmpError> cause) {
        return loop.schedule(limit, () -> giveUp(cause));
    }

    /** Ends the session; fails with the cause when the connection is closed. */
    <T> Mono<T> abort(QmpError cause) {
        giveUp(() -> cause);
        return termination.closed().onErrorComplete().then(Mono.error(cause));
    }
}
