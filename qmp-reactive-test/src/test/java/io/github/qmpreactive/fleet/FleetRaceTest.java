package io.github.qmpreactive.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.supervise.SupervisorOptions;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

@ExtendWith(LeakGuard.class)
@DisplayName("A machine that is added and removed by two threads")
class FleetRaceTest {

    private static final int ROUNDS = Integer.getInteger("qmp.race.rounds", 200);

    @Test
    @Tag("stress")
    @DisplayName("has the link of the machine that is there as its last one, for each subscriber, and runs")
    void last() {
        QmpFleet fleet = QmpFleet.create();
        fleet.start();
        Map<String, Optional<State>> early = new ConcurrentHashMap<>();
        fleet.links().subscribe(link -> early.put(link.machine(), link.link().map(l -> l.state())));
        for (int i = 0; i < ROUNDS; i++) {
            Map<String, Optional<State>> late = new ConcurrentHashMap<>();
            fleet.add("vm", Mono.never(), SupervisorOptions.forMonitor());
            together(() -> fleet.remove("vm"), () -> addWhenGone(fleet), () -> fleet.links()
                    .subscribe(link -> late.put(link.machine(), link.link().map(l -> l.state()))));
            Patience.until(
                    () -> isConnecting(early) && isConnecting(late) && isRunning(fleet),
                    () -> early + ", " + late + ", running: " + isRunning(fleet));
            fleet.remove("vm");
            Patience.until(() -> early.get("vm").isEmpty(), early::toString);
        }
        fleet.stop();
        assertEquals(0, fleet.names().size());
    }

    private static boolean isConnecting(Map<String, Optional<State>> links) {
        return Optional.of(State.CONNECTING).equals(links.get("vm"));
    }

    private static boolean isRunning(QmpFleet fleet) {
        return fleet.machine("vm").orElseThrow().isRunning();
    }

    private static void addWhenGone(QmpFleet fleet) {
        for (boolean added = false; !added; ) {
            try {
                fleet.add("vm", Mono.never(), SupervisorOptions.forMonitor());
                added = true;
            } catch (IllegalArgumentException there) {
                Thread.onSpinWait();
            }
        }
    }

    private static void together(Runnable... tasks) {
        Stream.of(tasks).map(CompletableFuture::runAsync).toList().forEach(CompletableFuture::join);
    }
}
