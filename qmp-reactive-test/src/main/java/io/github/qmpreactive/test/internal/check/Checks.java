package io.github.qmpreactive.test.internal.check;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** What several classes ask of their arguments, and how tests wait. */
public final class Checks {

    /** Long enough for a machine that is busy with other tests; another number of seconds by the property. */
    public static final Duration PATIENCE = FakeLoop.PATIENCE;

    private Checks() {}

    public static void positive(long value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive, but is " + value);
        }
    }

    public static void notNegative(long value, String name) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative, but is " + value);
        }
    }

    /** Waits 10 s at most. */
    public static <T> T await(Mono<T> mono, String what) {
        return await(mono, PATIENCE, what, () -> "");
    }

    /** Waits; what there is in place of it is asked for if it does not come, and told behind that. */
    public static <T> T await(Mono<T> mono, Duration timeout, String what, Supplier<String> instead) {
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

    /** Throws the first of some errors that there is, which suppresses the others; none is null. */
    public static void throwFirst(@Nullable Throwable... errors) {
        List<Throwable> found = Stream.of(errors).filter(Objects::nonNull).toList();
        if (!found.isEmpty()) {
            Throwable first = found.get(0);
            found.stream().skip(1).forEach(first::addSuppressed);
            if (first instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) first;
        }
    }

    /** A command is reported before it is answered, on the loop that this waits for. */
    public static void settle() {
        FakeLoop.run(() -> {});
    }

    /** Of what {@code block(timeout)} throws: a thread that must not block, for example, is none. */
    public static boolean isTimeout(IllegalStateException e) {
        return e.getCause() instanceof TimeoutException;
    }

    /** Refuses a delay that is negative. */
    public static void delay(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("A delay is not negative, but this is " + delay);
        }
    }
}
