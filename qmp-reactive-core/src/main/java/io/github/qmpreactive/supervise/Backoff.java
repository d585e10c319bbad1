package io.github.qmpreactive.supervise;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before an attempt: as Reactor's {@code RetryBackoffSpec} computes it. */
final class Backoff {

    private Backoff() {}

    /**
     * A delay.
     *
     * @param failures how many attempts have failed in a row, 1 at least
     */
    static Duration delay(SupervisorOptions<?> options, int failures) {
        double min = millis(options.minBackoff());
        double max = millis(options.maxBackoff());
        double delay = Math.min(max, min * Math.pow(2, failures - 1));
        double least = Math.max(min, delay * (1 - options.jitter()));
        double most = Math.min(max, delay * (1 + options.jitter()));
        double random = least + (most - least) * ThreadLocalRandom.current().nextDouble();
        return Duration.ofNanos((long) (random * 1e6));
    }

    private static double millis(Duration duration) {
        return duration.getSeconds() * 1e3 + duration.getNano() / 1e6;
    }
}
