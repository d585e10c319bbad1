package io.github.qmpreactive.supervise;

import io.github.qmpreactive.internal.operation.Turns;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.publisher.Sinks;

/** Subscribers that wait for one thing. Used in turns. */
final class Waiters<T> {

    private final Turns turns;
    private final Set<Sinks.One<Signal<T>>> waiting = new LinkedHashSet<>(4);

    Waiters(Turns turns) {
        this.turns = turns;
    }

    /** Waits, once the step has run: it sees what was released before, and releases if there is nothing to wait for. */
    Mono<T> join(Runnable step) {
        return Mono.defer(() -> {
            // An error as a value: behind a cancel it would be dropped onto Reactor's hooks.
            Sinks.One<Signal<T>> one = Sinks.one();
            turns.run(() -> {
                waiting.add(one);
                step.run();
            });
            return one.asMono().<T>dematerialize().doOnCancel(() -> turns.run(() -> waiting.remove(one)));
        });
    }

    /** Ends the waiting of all that wait now, each with a signal of its own. */
    void release(Supplier<Signal<T>> signal) {
        if (waiting.isEmpty()) {
            return;
        }
        List<Sinks.One<Signal<T>>> all = new ArrayList<>(waiting);
        waiting.clear();
        for (Sinks.One<Signal<T>> one : all) {
            one.tryEmitValue(signal.get()).orThrow();
        }
    }
}
