package io.github.qmpreactive.test.internal.leak;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** What is there now and was not before. */
public final class Leftovers {

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

    private final Supplier<List<String>> more;

    private Leftovers(Supplier<List<String>> more) {
        this.more = more;
    }

    /** Counts what is there. */
    public static <T> Leftovers since(Census<T> census) {
        Set<T> before = census.take();
        return new Leftovers(() -> {
            Set<T> now = new HashSet<>(census.take());
            now.removeAll(before);
            return now.isEmpty()
                    ? List.of()
                    : census.describe(now).stream().sorted().toList();
        });
    }

    /**
     * Counts again until there is no more than before, since much of it ends a moment after the call that ended it; blocks.
     *
     * @param deadline when to give up, as {@link System#nanoTime()}
     */
    public List<String> await(long deadline) {
        List<String> left = more.get();
        while (!left.isEmpty() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(PAUSE);
            left = more.get();
        }
        return left;
    }
}
