package io.github.qmpreactive.migration;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ExecuteError;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Sends one thing at a time that decides about the migration of a session, {@code migrate-continue} or {@code migrate_cancel}. QEMU
 * 7.2 to 11.1 accept a cancel right behind a continue, and then the guest may run at both ends. The other way round is safe: QEMU
 * reads the commands of a session one after the other, and refuses to continue what is cancelled.
 */
final class SwitchInterlock {

    /** Between two looks whether the switch has begun. */
    static final Duration PAUSE = Duration.ofMillis(100);

    private static final Map<QmpSession, SwitchInterlock> ALL = Collections.synchronizedMap(new WeakHashMap<>());

    /** What is being sent; null if nothing is. */
    private final AtomicReference<@Nullable Sending> current = new AtomicReference<>();

    /** How many migrations this session has begun. */
    private final AtomicInteger begun = new AtomicInteger();

    /** How many commands that ask for post-copy are unanswered. */
    private final AtomicInteger asking = new AtomicInteger();

    /** Whether post-copy was accepted, or may have been, since the latest migration of this session was begun. */
    private volatile boolean postcopy;

    private volatile boolean snapshot;

    private SwitchInterlock() {}

    static SwitchInterlock of(QmpSession session) {
        return ALL.computeIfAbsent(session, each -> new SwitchInterlock());
    }

    /** A migration of this session is being begun: what was to be sent for the one before is not for this one. */
    void begin() {
        begun.incrementAndGet();
    }

    /** Tells migrations of this session apart. */
    int number() {
        return begun.get();
    }

    /** The next migration is prepared: what is known of post-copy is about an earlier one. */
    void prepared() {
        postcopy = false;
    }

    /** Says whether the capability that makes a migration a snapshot is set now, or may be. */
    void snapshot(boolean isSet) {
        snapshot = isSet;
    }

    /** Whether that capability has to be unset for a migration that is none. */
    boolean isSnapshot() {
        return snapshot;
    }

    /** Whether QEMU may begin post-copy at any time. */
    boolean isPostcopy() {
        return asking.get() > 0 || postcopy;
    }

    /** Asks for post-copy. Where QEMU does not say that it has refused that, it may have accepted. */
    Mono<Void> askingForPostcopy(Mono<Void> command) {
        return Mono.using(
                asking::incrementAndGet,
                count -> command.doOnSuccess(accepted -> postcopy = true)
                        .doOnCancel(() -> postcopy = true)
                        .doOnError(failure -> {
                            if (!(failure instanceof ExecuteError || failure instanceof CommandQueueFullError)) {
                                postcopy = true;
                            }
                        }),
                count -> asking.decrementAndGet());
    }

    /**
     * Sends what cancels, or joins in if that is being sent already; it is given up when all who have joined in have. Completes
     * empty if the switch is being begun: if QEMU refuses that, its sender cancels.
     *
     * <p>There is no waiting and looking again, which may find another migration: a cancel that is still unanswered was written
     * after the query that the caller has the reply to.
     */
    Mono<String> cancelling(Mono<String> cancel) {
        return Mono.defer(() -> {
            Sending mine = sending(cancel);
            Sending other = current.compareAndExchange(null, mine);
            return (other == null ? mine : other).outcome;
        });
    }

    /**
     * Begins the switch, when no cancel, and no other switch, is being sent.
     *
     * @param begin sends what begins it, and completes when QEMU tells that it is under way
     */
    Mono<Void> switching(Mono<Void> begin) {
        return Mono.defer(() -> {
            Sending mine = new Sending(Sinks.empty(), Mono.empty());
            Sending other = current.compareAndExchange(null, mine);
            return other == null
                    ? Mono.using(mine::over, over -> begin, this::release)
                    : other.over.asMono().then(switching(begin));
        });
    }

    private void release(Sinks.Empty<Void> over) {
        Sending sending = current.get();
        if (sending != null && sending.over == over && current.compareAndSet(sending, null)) {
            over.tryEmitEmpty().orThrow();
        }
    }

    private Sending sending(Mono<String> cancel) {
        Sinks.Empty<Void> over = Sinks.empty();
        Mono<String> outcome = Mono.using(() -> over, held -> cancel, this::release)
                .flux()
                .replay(1)
                .refCount()
                .singleOrEmpty();
        return new Sending(over, outcome);
    }

    /**
     * What is being sent.
     *
     * @param over completes when it is answered, or given up
     * @param outcome for a cancel that joins in
     */
    private record Sending(Sinks.Empty<Void> over, Mono<String> outcome) {}
}
