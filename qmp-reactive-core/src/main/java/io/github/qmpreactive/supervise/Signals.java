package io.github.qmpreactive.supervise;

import java.util.function.Consumer;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Signal;

/**
 * Hands on each signal of a source as a value, also one that comes at the moment of a cancel: a session that is not wanted any more has to
 * be disconnected, and an error must not reach Reactor's hooks.
 */
final class Signals<T> extends BaseSubscriber<Signal<T>> {

    private final Consumer<Signal<T>> consumer;

    private Signals(Consumer<Signal<T>> consumer) {
        this.consumer = consumer;
    }

    static <T> Signals<T> subscribe(Flux<T> source, Consumer<Signal<T>> consumer) {
        Signals<T> signals = new Signals<>(consumer);
        source.materialize().subscribe(signals);
        return signals;
    }

    @Override
    protected void hookOnNext(Signal<T> signal) {
        consumer.accept(signal);
    }
}
