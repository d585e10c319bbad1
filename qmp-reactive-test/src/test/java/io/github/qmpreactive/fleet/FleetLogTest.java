package io.github.qmpreactive.fleet;

import static io.github.qmpreactive.fleet.Stubs.FORBIDDEN;
import static io.github.qmpreactive.fleet.Stubs.LOST;
import static io.github.qmpreactive.fleet.Stubs.STEADY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.session.CapturedLog;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

@ExtendWith(LeakGuard.class)
@DisplayName("The log of a fleet")
class FleetLogTest {

    private static final int MACHINES = 50;
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final ConnectError REFUSED = new ConnectError(Reason.REFUSED, "Refused", null);

    @Test
    @DisplayName("has a line of each machine that is not connected, those beyond the share at a later attempt")
    void later() {
        try (CapturedLog fleets = CapturedLog.ofFleets();
                CapturedLog log = CapturedLog.ofSupervisors();
                Stubs stubs = new Stubs()) {
            for (int i = 0; i < MACHINES; i++) {
                stubs.fleet.add("vm" + i, Mono.error(REFUSED), STEADY);
            }
            assertEquals(20, log.about("Connecting failed").size());
            assertEquals(1, fleets.about("More than 20 machines").size());
            stubs.passes(Duration.ofMinutes(5));
            for (int i = 0; i < MACHINES; i++) {
                assertEquals(1, log.about("[vm" + i + "] Connecting failed").size(), "vm" + i);
            }
        }
    }

    @Test
    @DisplayName("has a line of each machine that gives up, whatever the share")
    void gaveUp() {
        try (CapturedLog fleets = CapturedLog.ofFleets();
                CapturedLog log = CapturedLog.ofSupervisors();
                Stubs stubs = new Stubs()) {
            for (int i = 0; i < MACHINES; i++) {
                stubs.fleet.add("vm" + i, Mono.error(FORBIDDEN), STEADY);
            }
            for (int i = 0; i < MACHINES; i++) {
                assertEquals(
                        List.of("WARN [vm" + i + "] Gave up, start() makes it try again: " + FORBIDDEN),
                        log.about("[vm" + i + "]"));
            }
            assertEquals(List.of(), fleets.about("More than"));
        }
    }

    @Test
    @DisplayName(
            "has a line of a machine that is connected again, where there was one that it was lost, whatever the share")
    void again() {
        try (CapturedLog fleets = CapturedLog.ofFleets();
                CapturedLog log = CapturedLog.ofSupervisors();
                Stubs stubs = new Stubs()) {
            AtomicBoolean down = new AtomicBoolean();
            stubs.fleet.add("vm", Mono.defer(() -> down.get() ? Mono.error(REFUSED) : stubs.connects("vm")), STEADY);
            for (int i = 0; i < MACHINES; i++) {
                stubs.with("other" + i);
            }
            stubs.passes(PERIOD);
            down.set(true);
            stubs.session("vm").ends(LOST);
            stubs.passes(PERIOD);
            for (int i = 0; i < MACHINES; i++) {
                stubs.session("other" + i).ends(LOST);
            }
            assertEquals(2, fleets.about("More than 20 machines").size());
            down.set(false);
            stubs.passes(PERIOD.dividedBy(2));
            assertEquals(
                    List.of(
                            "INFO [vm] Connected to the server at attempt 1",
                            "WARN [vm] The session is lost, connecting again: " + LOST,
                            "WARN [vm] Connecting failed, attempt 1; further ones are logged at DEBUG: " + REFUSED,
                            "INFO [vm] Connected to the server at attempt 7"),
                    log.about("[vm]"));
        }
    }
}
