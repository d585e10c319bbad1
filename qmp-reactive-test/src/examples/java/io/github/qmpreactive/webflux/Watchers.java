package io.github.qmpreactive.webflux;

import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** Knows how many browsers are subscribed to the machine's events, as a gauge of the application's metrics would. */
@Component
class Watchers {

    private final AtomicInteger count = new AtomicInteger();
    private final Sinks.Many<Integer> counts = Sinks.many().replay().latestOrDefault(0);

    /** The number now, and each time that it changes. */
    Flux<Integer> counts() {
        return counts.asFlux();
    }

    /** The stream, counted from its subscription to its end or its being cancelled. */
    <T> Flux<T> counted(Flux<T> events) {
        return events.doOnSubscribe(subscription -> add(1)).doFinally(signal -> add(-1));
    }

    private synchronized void add(int browsers) {
        counts.tryEmitNext(count.addAndGet(browsers)).orThrow();
    }
}
