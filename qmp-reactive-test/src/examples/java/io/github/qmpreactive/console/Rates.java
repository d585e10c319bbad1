package io.github.qmpreactive.console;

import io.github.qmpreactive.observe.MicrometerObserver;
import io.github.qmpreactive.observe.QmpObserver;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;

/** Commands per second and their latency, from the timers {@code qmp.command} of one machine. */
final class Rates {

    private static final Duration EVERY = Duration.ofSeconds(1);

    /**
     * A second.
     *
     * @param commands how many have ended in it
     * @param millis how long they took on average; 0 without any
     */
    record Rate(long commands, double millis) {}

    private record Total(long count, double millis) {}

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ObservationRegistry observations = ObservationRegistry.create();

    private final AtomicInteger measuring = new AtomicInteger();

    /** Measured once for all browsers, and not at all without any. */
    private final Flux<Rate> each = Flux.interval(Duration.ZERO, EVERY)
            .onBackpressureDrop()
            .map(tick -> total())
            .buffer(2, 1)
            .filter(two -> two.size() == 2)
            .map(two -> between(two.get(0), two.get(1)))
            .doOnSubscribe(subscription -> measuring.incrementAndGet())
            .doFinally(signal -> measuring.decrementAndGet())
            .publish(1)
            .refCount();

    Rates() {
        observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
    }

    QmpObserver observer() {
        return MicrometerObserver.of(observations);
    }

    /** Each second from now on; one that reads slowly gets the latest. */
    Flux<Rate> each() {
        return each.onBackpressureLatest();
    }

    /** 1 for all browsers together. */
    int subscriptions() {
        return measuring.get();
    }

    private Total total() {
        long count = 0;
        double millis = 0;
        for (Timer timer : meters.find("qmp.command").timers()) {
            count += timer.count();
            millis += timer.totalTime(TimeUnit.MILLISECONDS);
        }
        return new Total(count, millis);
    }

    private static Rate between(Total before, Total after) {
        long commands = after.count() - before.count();
        return new Rate(commands, commands == 0 ? 0 : (after.millis() - before.millis()) / commands);
    }
}
