package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** What several classes ask of their arguments, and how tests wait. */
final class Checks {

    /** Long enough for a machine that is busy with other tests; another number of seconds by the property. */
    static final Duration PATIENCE = FakeLoop.PATIENCE;

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

    /** What clocks count in. */
    static long nanos(Duration time, String name) {
        try {
            return time.toNanos();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(name + " must be 292 years at most, but is " + time, e);
        }
    }

    static <T> T await(Mono<T> mono, String what) {
        return await(mono, PATIENCE, what, () -> "");
    }

    /** Waits; what there is in place of it is asked for if it does not come, and told behind that. */
    static <T> T await(Mono<T> mono, Duration timeout, String what, Supplier<String> instead) {
        @Nullable T value;
        try {
            value = mono.block(timeout);
        } catch (IllegalStateException e) {
            if (isTimeout(e)) {
                throw new AssertionError("Waited " + timeout + " for " + what + instead.get(), e);
            }
            throw e;
        } catch (RuntimeException e) {
            if (Exceptions.unwrap(e) instanceof AssertionError failure) {
                throw failure;
            }
            throw e;
        }
        if (value == null) {
            throw new AssertionError("Waited for " + what + ", which will not come" + instead.get());
        }
        return value;
    }

    static void suppress(Throwable error, @Nullable Throwable other) {
        if (other != null) {
            error.addSuppressed(other);
        }
    }

    /** A command is told of before it is answered, on the loop that this waits for. */
    static void settle() {
        FakeLoop.run(() -> {});
    }

    /** Of what {@code block(timeout)} throws: a thread that must not block, for example, is none. */
    static boolean isTimeout(IllegalStateException e) {
        return e.getCause() instanceof TimeoutException;
    }
}
