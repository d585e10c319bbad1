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

    private SwitchInterlock() {}

    static SwitchInterlock of(QmpSession session) {
        return ALL.computeIfAbsent(session, each -> new SwitchInterlock());
    }

    /** Sends what cancels, unless the switch, or another cancel, is under way. */
    Mono<Void> cancelling(Mono<Void> cancel) {
        return held(cancel, Mono.empty());
    }

    /**
     * Begins the switch, when no cancel is being sent.
     *
     * @param begin sends what begins it, and completes when QEMU tells that it is under way
     */
    Mono<Void> switching(Mono<Void> begin) {
        return held(begin, Operations.delay(PAUSE).flatMap(tick -> switching(begin)));
    }

    private Mono<Void> held(Mono<Void> command, Mono<Void> otherwise) {
        return Mono.using(() -> isHeld.compareAndSet(false, true), isFree -> isFree ? command : otherwise, isFree -> {
            if (isFree) {
                isHeld.set(false);
            }
        });
    }
}
