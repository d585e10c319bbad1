package io.github.qmpreactive.test;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** How long the tests wait for what has to happen. No test measures how long it took. */
public final class Patience {

    /** A limit for a machine that is busy with other work; only a test that fails waits that long. */
    public static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("qmp.test.patience", 60));

    /** A limit for thousands of such things, one after the other. */
    public static final Duration MANY = PATIENCE.multipliedBy(4);

    private static final long PAUSE = Duration.ofMillis(1).toNanos();

    private Patience() {}

    /** Waits until a condition holds that no signal tells of, or fails with what did not happen. */
    public static void until(BooleanSupplier condition, Supplier<String> otherwise) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError(otherwise.get());
            }
            LockSupport.parkNanos(PAUSE);
        }
    }
}
