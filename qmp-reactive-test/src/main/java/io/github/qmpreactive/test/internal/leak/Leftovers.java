package io.github.qmpreactive.test.internal.leak;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** What is there now and was not before. */
public final class Leftovers {

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

    private final Supplier<? extends Map<?, String>> census;
    private final Set<?> before;

    private Leftovers(Supplier<? extends Map<?, String>> census) {
        this.census = census;
        this.before = census.get().keySet();
    }

    /** Counts what is there; the census gives each thing with what to call it. */
    public static Leftovers since(Supplier<? extends Map<?, String>> census) {
        return new Leftovers(census);
    }

    private List<String> more() {
        Map<?, String> now = new HashMap<>(census.get());
        now.keySet().removeAll(before);
        return now.values().stream().sorted().toList();
    }

    /**
     * Counts again until there is no more than before, since much of it ends a moment after the call that ended it; blocks.
     *
     * @param deadline when to give up, as {@link System#nanoTime()}
     */
    public List<String> await(long deadline) {
        List<String> left = more();
        while (!left.isEmpty() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(PAUSE);
            left = more();
        }
        return left;
    }
}
