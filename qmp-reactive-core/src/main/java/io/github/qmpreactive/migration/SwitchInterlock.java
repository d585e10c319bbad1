package io.github.qmpreactive.migration;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.internal.operation.Operations;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;

/**
 * Sends one thing at a time that decides about the migration of a session, {@code migrate-continue} or {@code migrate_cancel}. QEMU
 * 7.2 to 11.1 accept a cancel right behind a continue, and then the guest may run at both ends. The other way round is safe: QEMU
 * reads the commands of a session one after the other, and refuses to continue what is cancelled.
 */
final class SwitchInterlock {

    /** Between two attempts to begin the switch. */
    static final Duration PAUSE = Duration.ofMillis(100);

    private static final Map<QmpSession, SwitchInterlock> ALL = Collections.synchronizedMap(new WeakHashMap<>());

    private final AtomicBoolean isHeld = new AtomicBoolean();

    /** Whether post-copy was asked for since the latest migration of this session was begun. */
    private volatile boolean postcopy;

    private SwitchInterlock() {}

    void postcopy(boolean asked) {
        postcopy = asked;
    }

    boolean isPostcopy() {
        return postcopy;
    }

    static SwitchInterlock of(QmpSession session) {
        return ALL.computeIfAbsent(session, each -> new SwitchInterlock());
    }

    /**
     * Sends what cancels, when neither the switch nor another cancel is being sent.
     *
     * @param again looks whether there is still something to cancel: what is being sent now may not be sent after all
     */
    <T> Mono<T> cancelling(Mono<T> cancel, Mono<T> again) {
        return held(cancel, again);
    }

    /**
     * Begins the switch, when no cancel is being sent.
     *
     * @param begin sends what begins it, and completes when QEMU tells that it is under way
     */
    Mono<Void> switching(Mono<Void> begin) {
        return held(begin, Operations.delay(PAUSE).flatMap(tick -> switching(begin)));
    }

    private <T> Mono<T> held(Mono<T> command, Mono<T> otherwise) {
        return Mono.using(() -> isHeld.compareAndSet(false, true), isFree -> isFree ? command : otherwise, isFree -> {
            if (isFree) {
                isHeld.set(false);
            }
        });
    }
}
