package io.github.qmpreactive.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Has two things happen at the same time, often: {@code -Dqmp.race.rounds=10000}. */
final class Races {

    static final int ROUNDS = Integer.getInteger("qmp.race.rounds", 200);

    /** By so much one of them may be later than the other. */
    private static final int SPREAD_NANOS = 100_000;

    private Races() {}

    /** One round. */
    @FunctionalInterface
    interface Round {
        void run(int number);
    }

    static void run(Round round) {
        for (int i = 0; i < ROUNDS; i++) {
            try {
                round.run(i);
            } catch (Throwable e) {
                throw new AssertionError("round " + i + " of " + ROUNDS + ": " + e, e);
            }
        }
    }

    /** Runs both at about the same time, the second on another thread; returns when both are done. */
    static void together(Runnable first, Runnable second) {
        AtomicInteger there = new AtomicInteger();
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
            meet(there);
            second.run();
        });
        meet(there);
        first.run();
        Clients.joined(other);
    }

    private static void meet(AtomicInteger there) {
        there.incrementAndGet();
        for (int i = 0; there.get() < 2; i++) {
            if (i < 1_000) {
                Thread.onSpinWait();
            } else {
                // The other thread may need this one's processor.
                Thread.yield();
            }
        }
        long end = System.nanoTime() + ThreadLocalRandom.current().nextInt(SPREAD_NANOS);
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
