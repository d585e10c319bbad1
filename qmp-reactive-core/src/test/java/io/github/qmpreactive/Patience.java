package io.github.qmpreactive;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** How long the tests wait for what has to happen. No test measures how long it took. */
public final class Patience {

    /** A limit for a machine that is busy with other work; only a test that fails waits that long. */
    public static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("qmp.test.patience", 60));

    private Patience() {}

    /** Asks for a condition that no signal tells of until it holds, or fails with what did not happen. */
    public static void until(BooleanSupplier condition, String otherwise) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError(otherwise);
            }
            Thread.onSpinWait();
        }
    }
}
