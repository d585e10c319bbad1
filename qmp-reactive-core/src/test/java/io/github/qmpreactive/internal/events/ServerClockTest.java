package io.github.qmpreactive.internal.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The server's clock, as its events tell it")
class ServerClockTest {

    private static final Instant START = Instant.parse("2020-01-01T00:00:00Z");

    private long nanos = Long.MAX_VALUE - 5;
    private final ServerClock clock = new ServerClock(() -> nanos);

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private static long micros(Instant time) {
        return ServerClock.micros(time);
    }

    @Test
    @DisplayName("is unknown before the first timestamp, and after one that is no time")
    void unknown() {
        assertEquals(ServerClock.UNKNOWN, clock.now());
        clock.stamped(Instant.MAX);
        clock.stamped(Instant.MIN);
        assertEquals(ServerClock.UNKNOWN, clock.now());
    }

    @Test
    @DisplayName("goes on with the time that passes here, a thousandth slower")
    void goesOn() {
        clock.stamped(START);
        assertEquals(micros(START), clock.now());
        pass(Duration.ofSeconds(10));
        assertEquals(micros(START.plusMillis(9_990)), clock.now());
    }

    @Test
    @DisplayName("is not set back by an event that is up to a second late, and is set forward by a later timestamp")
    void late() {
        clock.stamped(START);
        pass(Duration.ofSeconds(1));
        clock.stamped(START.plusMillis(300));
        assertEquals(micros(START.plusMillis(999)), clock.now());
        clock.stamped(START.plusSeconds(1));
        assertEquals(micros(START.plusSeconds(1)), clock.now());
    }

    @Test
    @DisplayName("is set back where the server's was")
    void setBack() {
        clock.stamped(START.plusSeconds(1_000_000));
        clock.stamped(START);
        assertEquals(micros(START), clock.now());
    }
}
