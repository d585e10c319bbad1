package io.github.qmpreactive.supervise;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.SupervisorStoppedError;
import io.github.qmpreactive.internal.operation.Guards;
import io.github.qmpreactive.internal.operation.Missed;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.internal.operation.Turns;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.util.context.Context;

/** Opens a session, works with it until it ends, waits, and opens the next one. What happens is a step of its turns. */
final class Supervision<S> {

    private final String name;
    private final SessionSource<S> source;
    private final SessionKind<S> kind;
    private final SupervisorOptions<S> options;
    private final SessionObserver<S> observer;
    private final SupervisionLog log;
    private final Guards guards;
    private final Turns turns;
    private final Links links = new Links();
    private final Waiters<S> waiters;
    private final Waiters<Void> awaitingEnd;

    /** How often it was started or stopped: odd while it runs. Set by callers at once; the turns follow. */
    private final AtomicInteger lifecycle = new AtomicInteger();

    /**
     * The session that is handed out.
     *
     * @param lifecycle of when it was opened: it is another's after a stop, also before the turns follow
     */
    private record Live<S>(S session, int lifecycle) {}

    private volatile @Nullable Live<S> live;

    // What follows is used in turns.
    private int followed;
    private @Nullable S session;
    private Disposable sessionEnd = Disposables.disposed();

    /** What is awaited: a connection, onConnect, or the next attempt. */
    private Disposable awaited = Disposables.disposed();

    private int opening;
    private int closing;
    private boolean connectsWhenClosed;

    /** Attempts since a session was up, or the start. */
    private int attempts;

    private int failuresInRow;
    private boolean wasUp;
    private long upSince;
    private Optional<Throwable> lastCause = Optional.empty();
    private @Nullable Missed missed;
    private @Nullable Throwable gaveUpWith;

    Supervision(
            String name,
            SessionSource<S> source,
            SessionKind<S> kind,
            SupervisorOptions<S> options,
            SessionObserver<S> observer) {
        this.name = name;
        this.source = source;
        this.kind = kind;
        this.options = options;
        this.observer = observer;
        this.log = new SupervisionLog(name, source.logShare());
        this.guards = new Guards(name);
        this.turns = new Turns(Context.empty(), log::threw);
        this.waiters = new Waiters<>(turns);
        this.awaitingEnd = new Waiters<>(turns);
    }

    static Instant now() {
        return Operations.now();
    }

    void start() {
        if (lifecycle.getAndUpdate(count -> count | 1) % 2 == 0) {
            turns.run(this::followCallers);
        }
    }

    void stop() {
        if (lifecycle.getAndUpdate(count -> count % 2 == 0 ? count : count + 1) % 2 != 0) {
            turns.run(this::followCallers);
        }
    }

    boolean isRunning() {
        return lifecycle.get() % 2 != 0;
    }

    Link link() {
        return links.latest();
    }

    Flux<Link> links() {
        return links.follow(guards);
    }

    Mono<S> session() {
        Mono<S> next = guards.guard("the session", waiters.join(this::releaseWaiters));
        return Mono.defer(() -> {
            S now = usable();
            return now == null ? next : Mono.just(now);
        });
    }

    Mono<Void> stopped() {
        return guards.guard("the end of supervision", awaitingEnd.join(this::tellEnd));
    }

    @Nullable
    S usable() {
        Live<S> now = live;
        return now != null && now.lifecycle() == lifecycle.get() && kind.isRunning(now.session())
                ? now.session()
                : null;
    }

    private void releaseWaiters() {
        S now = usable();
        if (now != null) {
            waiters.release(() -> Signal.next(now));
        } else if (!isRunning()) {
            waiters.release(() -> Signal.error(stoppedError()));
        }
    }

    private void tellEnd() {
        if (!isRunning() && followed % 2 == 0 && closing == 0) {
            awaitingEnd.release(Signal::complete);
        }
    }

    private SupervisorStoppedError stoppedError() {
        Throwable cause = gaveUpWith;
        return new SupervisorStoppedError(
                "[" + name + "] "
                        + (cause == null
                                ? "The supervisor is stopped; start() it"
                                : "The supervisor gave up, start() makes it try again: " + log.textOf(cause)),
                cause);
    }

    /** Does what callers have asked for meanwhile: a stop and a start are a new session. */
    private void followCallers() {
        int wanted = lifecycle.get();
        if (wanted == followed) {
            return;
        }
        boolean ran = followed % 2 != 0;
        followed = wanted;
        if (ran) {
            end();
        }
        if (wanted % 2 != 0) {
            begin();
        }
        // Who came between a start and a stop, before this step.
        releaseWaiters();
        tellEnd();
    }

    private void begin() {
        attempts = 0;
        failuresInRow = 0;
        wasUp = false;
        lastCause = Optional.empty();
        missed = null;
        gaveUpWith = null;
        log.outage();
        source.started();
        connect();
    }

    private void end() {
        connectsWhenClosed = false;
        opening++;
        cancelAwaited();
        leave(true);
        links.emit(Link.stopped(now()));
        finish(null);
    }

    private void finish(@Nullable Throwable cause) {
        gaveUpWith = cause;
        source.stopped();
        observer.stopped(cause == null ? null : stoppedError(), missed());
        waiters.release(() -> Signal.error(stoppedError()));
    }

    private Missed missed() {
        return missed == null ? new Missed(now(), Optional.empty()) : missed;
    }

    private void connect() {
        if (closing > 0) {
            connectsWhenClosed = true;
            return;
        }
        attempts++;
        int mine = ++opening;
        links.emit(Link.connecting(now(), attempts, lastCause));
        try {
            awaited =
                    Signals.subscribe(Mono.defer(source::next).flux(), signal -> turns.run(() -> opened(mine, signal)));
        } catch (Throwable thrown) {
            awaited = Disposables.disposed();
            turns.run(() -> opened(mine, Signal.error(thrown)));
        }
    }

    /** What it cancels may be the application's, and throw. */
    private void cancelAwaited() {
        try {
            awaited.dispose();
        } catch (Throwable thrown) {
            log.threw(thrown);
        }
    }

    private void opened(int mine, Signal<S> signal) {
        S opened = signal.get();
        if (mine != opening) {
            if (opened != null) {
                close(opened);
            }
            return;
        }
        opening++;
        if (opened != null) {
            reconcile(opened);
        } else {
            Throwable error = signal.getThrowable();
            attemptFailed(
                    error != null
                            ? error
                            : new Permanence.NoSessionException("[" + name + "] Connecting ended without a session"),
                    true);
        }
    }

    private void reconcile(S opened) {
        session = opened;
        sessionEnd = turns.subscribe(
                kind.onDisconnect(opened).flux(), none -> {}, this::sessionEnded, () -> sessionEnded(null));
        observer.opened(opened, Optional.ofNullable(missed));
        missed = null;
        Function<? super S, ? extends Publisher<?>> work = options.onConnect().orElse(null);
        if (work == null) {
            handOut(opened);
            return;
        }
        Disposable.Composite both = Disposables.composite();
        awaited = both;
        both.add(turns.subscribe(
                Operations.delay(options.onConnectTimeout()).flux(),
                tick -> refuse(new TimeoutException("[" + name + "] onConnect has not completed within "
                        + options.onConnectTimeout().toMillis() + " ms (onConnectTimeout)")),
                never -> {},
                () -> {}));
        both.add(turns.subscribe(
                Mono.defer(() -> Flux.from(work.apply(opened)).then()).flux(),
                none -> {},
                this::refuse,
                () -> handOut(opened)));
    }

    /** The session cannot be used: onConnect has failed. */
    private void refuse(Throwable error) {
        cancelAwaited();
        missed = new Missed(now(), Optional.of(error));
        leave(true);
        attemptFailed(error, false);
    }

    private void handOut(S opened) {
        cancelAwaited();
        if (!kind.isRunning(opened)) {
            return; // its end is about to be signalled
        }
        upSince = Operations.nanos();
        wasUp = true;
        live = new Live<>(opened, followed);
        log.up(attempts, kind.version(opened));
        attempts = 0;
        lastCause = Optional.empty();
        links.emit(Link.up(now(), kind.name(opened), kind.version(opened)));
        releaseWaiters();
    }

    private void sessionEnded(@Nullable Throwable end) {
        cancelAwaited();
        boolean wasLive = live != null;
        S ended = session;
        Throwable cause = end == null && ended != null ? source.whyDisconnected(ended) : end;
        Duration silence = cause instanceof ConnectionLostError lost ? lost.silence() : Duration.ZERO;
        missed = new Missed(now().minus(silence), Optional.ofNullable(cause));
        leave(false);
        if (wasLive) {
            log.down(cause);
            if (Operations.since(upSince).compareTo(options.maxBackoff()) >= 0) {
                failuresInRow = 0;
            }
            retry(Optional.ofNullable(cause));
        } else {
            String orderly = "[" + name + "] The session was disconnected during onConnect";
            attemptFailed(cause != null ? cause : new IllegalStateException(orderly), false);
        }
    }

    /** Whatever comes of the session from now on is ignored. */
    private void leave(boolean disconnect) {
        sessionEnd.dispose();
        live = null;
        S left = session;
        session = null;
        if (left == null) {
            return;
        }
        observer.ended(missed());
        if (disconnect) {
            close(left);
        }
    }

    private void close(S left) {
        closing++;
        Signals.subscribe(kind.disconnect(left).flux(), signal -> {
            if (signal.isOnComplete()) {
                turns.run(this::closed);
            }
        });
    }

    private void closed() {
        closing--;
        if (closing == 0 && connectsWhenClosed) {
            connectsWhenClosed = false;
            connect();
        }
        tellEnd();
    }

    private void attemptFailed(Throwable error, boolean connecting) {
        if (Permanence.isPermanent(options, error, connecting, wasUp)) {
            giveUp(error);
        } else {
            log.failed(attempts, error, connecting);
            retry(Optional.of(error));
        }
    }

    private void retry(Optional<Throwable> cause) {
        failuresInRow++;
        lastCause = cause;
        Duration delay = Backoff.delay(options, failuresInRow);
        links.emit(Link.down(now(), attempts, cause, now().plus(delay)));
        Mono<Long> later = Operations.delay(delay)
                .switchIfEmpty(Mono.error(
                        () -> new RejectedExecutionException("[" + name + "] Reactor's timers are shut down")));
        awaited = turns.subscribe(later.flux(), tick -> connect(), this::giveUp, () -> {});
    }

    private void giveUp(Throwable error) {
        if (!lifecycle.compareAndSet(followed, followed + 1)) {
            return; // it was stopped meanwhile, which is the next step
        }
        followed++;
        log.gaveUp(error);
        links.emit(Link.gaveUp(now(), attempts, error));
        finish(error);
        tellEnd();
    }

    @Override
    public String toString() {
        return name + (live != null ? ", up" : isRunning() ? ", not up" : ", not running");
    }
}
