package io.github.qmpreactive.internal.session;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;

/** Whether anybody still holds something is told by the garbage collector alone. */
final class Garbage {

    private static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("qmp.test.patience", 20));

    private Garbage() {}

    static void assertCollected(WeakReference<?> reference) {
        Instant end = Instant.now().plus(PATIENCE);
        while (reference.get() != null && Instant.now().isBefore(end)) {
            System.gc();
        }
        assertNull(reference.get(), "somebody holds it");
    }
}
