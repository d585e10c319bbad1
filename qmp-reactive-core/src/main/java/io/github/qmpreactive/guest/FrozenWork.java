package io.github.qmpreactive.guest;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.GuestMayBeFrozenError;
import io.github.qmpreactive.error.GuestNotFrozenError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.internal.operation.Operations;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.publisher.SignalType;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.retry.Retry;

/** One piece of work while the guest is frozen: freezes, works, thaws. */
final class FrozenWork<T> {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.guest");

    /** How long one attempt to thaw may take. */
    static final Duration THAW_ATTEMPT = Duration.ofSeconds(30);

    /** The pause between two attempts to thaw. */
    static final Duration PAUSE = Duration.ofMillis(500);

    private final QgaSession session;
    private final Mono<T> work;
    private final FreezeOptions options;

    /** Whether freezing has begun, or is not to begin any more. */
    private final AtomicBoolean begun = new AtomicBoolean();

    /** Goes on when it is cancelled: whether the guest is frozen has to be known, so that another's work is not thawed. */
    private final Mono<Integer> freezing = Mono.defer(() -> begun.getAndSet(true) ? Mono.<Integer>never() : freeze())
            .cache();

    /** Once, whatever ends the work; a cancel does not stop it. */
    private final Mono<Void> thaw =
            freezing.onErrorComplete().then(Mono.defer(this::thawIfNeeded)).cache();

    private volatile boolean mayBeFrozen;
    private volatile int frozen;
    private volatile boolean mayBeThawed;
    private volatile boolean sessionEnded;

    FrozenWork(QgaSession session, Mono<T> work, FreezeOptions options) {
        this.session = session;
        this.work = work;
        this.options = options;
    }

    Mono<T> run() {
        return freezing.then(work)
                .materialize()
                .flatMap(
                        outcome -> thaw.onErrorMap(e -> withOutcome(e, outcome)).thenReturn(outcome))
                .<T>dematerialize()
                .doFinally(this::thawOnCancel);
    }

    private Mono<Integer> freeze() {
        return new Freezer(session)
                .freeze(options)
                .doOnSubscribe(sending -> mayBeFrozen = true)
                .onErrorResume(this::notFrozen)
                .doOnNext(count -> frozen = count)
                .filter(count -> count > 0)
                .switchIfEmpty(Mono.error(this::nothingFrozen));
    }

    /** A freeze that timed out may still take effect: the agent runs one command after the other, so thawing is due. */
    private Mono<Integer> notFrozen(Throwable failure) {
        if (Failures.isNotSent(failure)) {
            mayBeFrozen = false;
        }
        if (!(failure instanceof ExecuteError)) {
            return Mono.error(failure);
        }
        // The agent thaws by itself what it froze before it failed. If it is frozen, it was before: by another client.
        mayBeFrozen = false;
        return new Freezer(session)
                .isFrozen()
                .onErrorReturn(false)
                .flatMap(already -> Mono.error(already ? frozenBefore(failure) : failure));
    }

    private Mono<Void> thawIfNeeded() {
        if (!mayBeFrozen) {
            return Mono.empty();
        }
        long since = Operations.nanos();
        return Mono.defer(this::attempt)
                .doOnError(this::note)
                .retryWhen(Retry.from(failures -> failures.concatMap(failure -> again(failure.failure(), since), 1)))
                .flatMap(this::judge);
    }

    private Mono<Integer> attempt() {
        Duration limit = options.thawLimit().compareTo(THAW_ATTEMPT) < 0 ? options.thawLimit() : THAW_ATTEMPT;
        if (sessionEnded && options.reconnect().isPresent()) {
            return options.reconnect().get().use(next -> new Freezer(next).thaw(limit));
        }
        return new Freezer(session).thaw(limit);
    }

    private void note(Throwable failure) {
        sessionEnded |= Operations.isEnd(failure) || failure instanceof StateError;
        mayBeThawed |= !Failures.isNotSent(failure) && !(failure instanceof ExecuteError);
    }

    private Mono<Integer> again(Throwable failure, long since) {
        boolean isOver = Operations.since(since).compareTo(options.thawLimit()) >= 0;
        if (isOver || (sessionEnded && options.reconnect().isEmpty())) {
            return Mono.error(mayBeFrozen(failure));
        }
        return Operations.delay(PAUSE).then(Mono.just(0));
    }

    /** That less was left to thaw than was frozen is a good end only if an earlier attempt may have done it. */
    private Mono<Void> judge(int thawed) {
        if (thawed >= frozen || mayBeThawed) {
            return Mono.empty();
        }
        return Mono.error(thawed == 0 ? thawedBefore() : partlyThawed(thawed));
    }

    private void thawOnCancel(SignalType end) {
        if (end == SignalType.CANCEL && begun.getAndSet(true)) {
            var unused = thaw.subscribe(none -> {}, e -> LOG.error("{}", e.getMessage()));
        }
    }

    private static <T> Throwable withOutcome(Throwable error, Signal<T> outcome) {
        Throwable workError = outcome.getThrowable();
        if (workError != null && workError != error) {
            error.addSuppressed(workError);
        }
        return error;
    }

    private GuestMayBeFrozenError mayBeFrozen(Throwable failure) {
        String why = sessionEnded && options.reconnect().isEmpty()
                ? "the session ended, and the options name no client to reconnect with"
                : "thawing has failed for " + options.thawLimit();
        return new GuestMayBeFrozenError(
                subject() + " may still be frozen, and its programs hang: " + why + " (" + failure.getMessage()
                        + "); thaw it on a new session, or reset the machine",
                failure);
    }

    private GuestMayBeFrozenError partlyThawed(int thawed) {
        return new GuestMayBeFrozenError(
                subject() + " may still be frozen in part, and programs hang: the agent has thawed " + thawed + " of "
                        + frozen
                        + " file systems. Unless another program thawed the others, thaw them, or reset the machine",
                null);
    }

    private GuestMayBeFrozenError frozenBefore(Throwable failure) {
        return new GuestMayBeFrozenError(
                subject() + " was frozen before, by another client or an earlier call: if its work is done, thaw it",
                failure);
    }

    private GuestNotFrozenError nothingFrozen() {
        return new GuestNotFrozenError(subject() + " has no file system to freeze"
                + (options.mountPoints().isEmpty() ? "" : " at " + options.mountPoints() + "; are they mount points?"));
    }

    private GuestNotFrozenError thawedBefore() {
        return new GuestNotFrozenError(subject() + " was frozen, and was not any more at the end of the work: it was"
                + " restarted, or thawed by another program; what was done need not be consistent");
    }

    private String subject() {
        return "[" + session.name() + "] The guest";
    }
}
