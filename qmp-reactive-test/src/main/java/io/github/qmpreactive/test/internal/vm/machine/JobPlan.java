package io.github.qmpreactive.test.internal.vm.machine;

import io.github.qmpreactive.test.internal.check.Checks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a test says of a job that is still to begin.
 *
 * @param duration how long it takes; null for one that waits for the test
 * @param total how many bytes it copies; null for the size of its source
 * @param failures in the order in which they come
 */
public record JobPlan(@Nullable Duration duration, @Nullable Long total, List<Failure> failures) {

    public static final JobPlan DEFAULT = new JobPlan(Duration.ZERO, null, List.of());

    /**
     * An error.
     *
     * @param fraction how much is done by then, from 0 to 1
     */
    public record Failure(double fraction, String reason) {}

    /** The error that comes first; null if there is none. */
    public @Nullable Failure firstFailure() {
        return failures.isEmpty() ? null : failures.get(0);
    }

    /** With how many bytes it copies. */
    public JobPlan copying(long bytes) {
        Checks.notNegative(bytes, "bytes");
        return new JobPlan(duration, bytes, failures);
    }

    /** With one more error. */
    public JobPlan failing(double fraction, String reason) {
        requireFraction(fraction);
        Objects.requireNonNull(reason, "reason");
        List<Failure> more = new ArrayList<>(failures);
        more.add(new Failure(fraction, reason));
        more.sort(Comparator.comparing(Failure::fraction));
        return new JobPlan(duration, total, List.copyOf(more));
    }

    /** Refuses what is not from 0 to 1. */
    public static void requireFraction(double fraction) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("A fraction is from 0 to 1, not " + fraction);
        }
    }
}
