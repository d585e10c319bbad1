package io.github.qmpreactive.internal.events;

import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * What the server's clock shows at least, known from the timestamps of its events and the time that has passed since.
 * This computer's clock is not looked at. Confined to the event loop.
 */
public final class ServerClock {

    /** Nothing is known of the server's clock. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    /** Beyond this a timestamp is nonsense, and microseconds would overflow. */
    private static final long MAX_SECONDS = 1_000_000_000_000L;

    /** QEMU sends an event a second late at most: one that is older shows that the clock was set back. */
    private static final long SET_BACK_MICROS = 2_000_000;

    /** The share of the time passed that is left out, in case this computer's clock runs faster. */
    private static final long DRIFT = 1_000;

    private final LongSupplier nanoTime;
    private long stamp = UNKNOWN;
    private long receivedAt;

    ServerClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** An event has come that happened then. */
    void stamped(Instant time) {
        long micros = micros(time);
        long atLeast = now();
        if (micros != UNKNOWN && (atLeast == UNKNOWN || micros > atLeast || micros < atLeast - SET_BACK_MICROS)) {
            stamp = micros;
            receivedAt = nanoTime.getAsLong();
        }
    }

    /** What it shows now at least, in microseconds of the epoch. */
    public long now() {
        if (stamp == UNKNOWN) {
            return UNKNOWN;
        }
        long passed = (nanoTime.getAsLong() - receivedAt) / 1_000;
        return stamp + passed - passed / DRIFT;
    }

    /** A timestamp in the unit of {@link #now}. */
    public static long micros(Instant time) {
        long seconds = time.getEpochSecond();
        return seconds < 0 || seconds > MAX_SECONDS ? UNKNOWN : seconds * 1_000_000 + time.getNano() / 1_000;
    }
}
