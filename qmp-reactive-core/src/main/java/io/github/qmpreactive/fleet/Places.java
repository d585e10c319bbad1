package io.github.qmpreactive.fleet;

import io.github.qmpreactive.internal.operation.Turns;
import java.util.LinkedHashSet;
import java.util.Set;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/** So many subscriptions are under way at a time; further ones wait in the order in which they came, and can be cancelled. */
final class Places {

    private final Turns turns = new Turns(Context.empty(), Lifecycle::threw);
    private final int number;

    // What follows is used in turns.
    private final Set<Attempt> waiting = new LinkedHashSet<>();
    private int taken;

    Places(int number) {
        this.number = number;
    }

    /** Each subscription waits for a place, and leaves it when it ends, in whichever way. */
    <T> Mono<T> limit(Mono<T> source) {
        return Mono.defer(() -> {
            Attempt attempt = new Attempt();
            return attempt.turn
                    .asMono()
                    // Attempts that fail at once would otherwise follow each other on the event loop of the first one
                    // that leaves a place, and commands of other machines would wait there.
                    .publishOn(Schedulers.parallel())
                    .then(source)
                    .doOnSubscribe(subscription -> turns.run(() -> enter(attempt)))
                    .doFinally(end -> turns.run(() -> leave(attempt)));
        });
    }

    private void enter(Attempt attempt) {
        waiting.add(attempt);
        proceed();
    }

    /** One that waits has no place, and one that has got it does not wait: each of them leaves once. */
    private void leave(Attempt attempt) {
        if (!waiting.remove(attempt)) {
            taken--;
        }
        proceed();
    }

    private void proceed() {
        while (taken < number && !waiting.isEmpty()) {
            Attempt next = waiting.iterator().next();
            waiting.remove(next);
            taken++;
            next.turn.tryEmitEmpty().orThrow();
        }
    }

    private static final class Attempt {
        private final Sinks.Empty<Void> turn = Sinks.empty();
    }
}
