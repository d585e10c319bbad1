package io.github.qmpreactive.internal.operation;

import io.github.qmpreactive.internal.commands.CommandAdmission;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * What operations still have to send, and to have answered, when their subscribers have gone. A session that is disconnected
 * waits for that first.
 */
public final class LastCommands {

    private static final Map<Object, Set<Sinks.Empty<Void>>> ALL = new WeakHashMap<>();

    private LastCommands() {}

    /**
     * Makes the session wait.
     *
     * @return ends that; may be run more than once
     */
    public static Runnable hold(Object session) {
        Sinks.Empty<Void> over = Sinks.empty();
        synchronized (ALL) {
            ALL.computeIfAbsent(session, each -> new HashSet<>()).add(over);
        }
        return () -> {
            if (remove(session, over)) {
                over.tryEmitEmpty().orThrow();
            }
        };
    }

    private static boolean remove(Object session, Sinks.Empty<Void> over) {
        synchronized (ALL) {
            Set<Sinks.Empty<Void>> held = ALL.getOrDefault(session, Set.of());
            boolean isHeld = held.contains(over) && held.remove(over);
            if (isHeld && held.isEmpty()) {
                ALL.remove(session);
            }
            return isHeld;
        }
    }

    /** Holds the session while the work goes on, whose commands it accepts although it is being disconnected. */
    public static <T> Mono<T> holding(Object session, Mono<T> work) {
        return holding(session, release -> work);
    }

    /**
     * Holds the session while the work goes on, or until that does not need it.
     *
     * @param work is given what ends the hold before
     */
    public static <T> Mono<T> holding(Object session, Function<Runnable, Mono<T>> work) {
        return Mono.using(() -> hold(session), work, Runnable::run).contextWrite(CommandAdmission::whileDisconnecting);
    }

    /** What completes when all that holds the session now is over; empty if nothing does. It may be held anew by then. */
    public static Optional<Mono<Void>> of(Object session) {
        Set<Sinks.Empty<Void>> held;
        synchronized (ALL) {
            held = Set.copyOf(ALL.getOrDefault(session, Set.of()));
        }
        return held.isEmpty()
                ? Optional.empty()
                : Optional.of(Mono.when(held.stream().map(Sinks.Empty::asMono).toList()));
    }
}
