package io.github.qmpreactive.session;

import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Looks for faults by chance, for some seconds and by one seed:
 * {@code -Dqmp.fuzz.seconds=60 -Dqmp.fuzz.seed=random}.
 */
final class Fuzz {

    private static final long NANOS = TimeUnit.SECONDS.toNanos(Long.getLong("qmp.fuzz.seconds", 5));

    /** However slow the machine is. */
    private static final int FEWEST = 200;

    private Fuzz() {}

    /** One attempt. */
    @FunctionalInterface
    interface Attempt {
        void run(Random random);
    }

    /** The seed that the build has: its own, the one of the command line, or a random one. */
    static long seed() {
        String seed = System.getProperty("qmp.fuzz.seed", "1");
        return seed.equals("random") ? System.nanoTime() : Long.parseLong(seed);
    }

    /** Makes attempts, each by the next seed, until the time is over. Returns their number. */
    static int run(String what, Attempt attempt) {
        long first = seed();
        System.out.println(what + ": -Dqmp.fuzz.seed=" + first);
        long start = System.nanoTime();
        int attempts = 0;
        do {
            long seed = first + attempts++;
            try {
                attempt.run(new Random(seed));
            } catch (Throwable e) {
                throw new AssertionError("-Dqmp.fuzz.seed=" + seed + " begins with this: " + e, e);
            }
        } while (attempts < FEWEST || System.nanoTime() - start < NANOS);
        System.out.println(what + ": " + attempts + " attempts");
        return attempts;
    }
}
