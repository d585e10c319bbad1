package io.github.qmpreactive.test;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What several classes ask of their arguments, and how tests wait. */
final class Checks {

    /** Long enough for a machine that is busy with other tests. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private Checks() {}

    static void positive(long value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive, but is " + value);
        }
    }

    static void notNegative(long value, String name) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative, but is " + value);
        }
    }

    static <T> T await(Mono<T> mono, String what) {
        return await(mono, PATIENCE, what);
    }

    static <T> T await(Mono<T> mono, Duration timeout, String what) {
        @Nullable T value;
        try {
            value = mono.block(timeout);
        } catch (IllegalStateException e) {
            throw new AssertionError("Waited " + timeout + " for " + what, e);
        }
        if (value == null) {
            throw new AssertionError("Waited for " + what + ", which will not come");
        }
        return value;
    }
}
