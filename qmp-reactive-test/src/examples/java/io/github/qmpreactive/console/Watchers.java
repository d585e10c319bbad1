package io.github.qmpreactive.console;

import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** Knows how many streams are open, as a gauge of the application's metrics would. */
@Component
class Watchers {

    private final Sinks.Many<Integer> counts = Sinks.many().replay().latestOrDefault(0);
    private int count;

    /** The number now, and each time that it changes. */
    Flux<Integer> counts() {
        return counts.asFlux();
    }

    /** The stream, counted from its subscription to its end or its being cancelled. */
    <T> Flux<T> counted(Flux<T> stream) {
        return stream.doOnSubscribe(subscription -> add(1)).doFinally(signal -> add(-1));
    }

    private synchronized void add(int streams) {
        count += streams;
        counts.tryEmitNext(count).orThrow();
    }
}
