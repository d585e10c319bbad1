package io.github.qmpreactive.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.supervise.QmpSupervisor;
import io.github.qmpreactive.supervise.SupervisedEvent.Received;
import io.github.qmpreactive.supervise.SupervisorOptions;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("A fleet of real QEMUs")
class QemuFleetTest {

    /** Long enough for QEMU on a busy machine; the one that is stopped has no answer in any time. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final SupervisorOptions<QmpSession> FAST =
            SupervisorOptions.forMonitor().backoff(Duration.ofMillis(10), Duration.ofMillis(100));

    private static QemuProcess start() {
        return QemuLauncher.system().withArgs("-m", "16").running().start();
    }

    private static Map<String, Outcome<String>> status(QmpFleet fleet, Duration limit) {
        return Objects.requireNonNull(fleet.each(
                        session -> session.execute("query-status")
                                .map(status -> status.path("status").asString()),
                        limit)
                .collect(Collectors.<Outcome<String>, String, Outcome<String>>toMap(
                        Outcome::machine, outcome -> outcome))
                .block(Patience.PATIENCE));
    }

    private static Outcome<String> has(String machine, String status) {
        return new Outcome.Value<>(machine, Optional.of(status));
    }

    private static void await(QmpSupervisor machine, State state) {
        machine.links().filter(link -> link.state() == state).blockFirst(Patience.PATIENCE);
    }

    /** What has come of a machine, but for what its guest does by itself. */
    private static List<String> of(String machine, Queue<FleetEvent> events) {
        return events.stream()
                .filter(event -> event.machine().equals(machine))
                .map(event -> event.event() instanceof Received received
                        ? received.event().name()
                        : "gap")
                .filter(Set.of("STOP", "RESUME", "gap")::contains)
                .toList();
    }

    @Test
    @DisplayName(
            "One is stopped by SIGSTOP, one is killed and started again, and the third one has its outcomes and events")
    void three() {
        try (QemuProcess well = start();
                QemuProcess stopped = start();
                QemuProcess first = start()) {
            AtomicReference<QemuProcess> latest = new AtomicReference<>(first);
            QmpFleet fleet = QmpFleet.create();
            Queue<FleetEvent> events = new ConcurrentLinkedQueue<>();
            fleet.events().subscribe(events::add);
            fleet.start();
            QmpSupervisor one = fleet.add("well", QmpClient.create().address(well.address()), FAST);
            QmpSupervisor two = fleet.add("stopped", QmpClient.create().address(stopped.address()), FAST);
            QmpSupervisor three = fleet.add(
                    "killed",
                    Mono.defer(() -> QmpClient.create()
                            .address(latest.get().address())
                            .name("killed")
                            .connect()),
                    FAST);
            List.of(one, two, three).forEach(machine -> await(machine, State.UP));
            assertEquals(
                    Map.of(
                            "well", has("well", "running"),
                            "stopped", has("stopped", "running"),
                            "killed", has("killed", "running")),
                    status(fleet, Patience.PATIENCE));

            stopped.suspend();
            first.kill();
            await(three, State.DOWN);
            var outcomes = status(fleet, LIMIT);
            assertEquals(has("well", "running"), outcomes.get("well"));
            assertInstanceOf(
                    TimeoutException.class,
                    assertInstanceOf(Outcome.Failed.class, outcomes.get("stopped"))
                            .error());
            assertInstanceOf(Outcome.NotConnected.class, outcomes.get("killed"));
            // A QEMU that hangs is not one that was stopped.
            assertEquals(State.UP, two.link().state());

            try (QemuProcess second = start()) {
                latest.set(second);
                await(three, State.UP);
                for (String command : List.of("stop", "cont")) {
                    fleet.each(session -> session.execute(command), LIMIT).blockLast(Patience.PATIENCE);
                }
                Patience.until(
                        () -> of("well", events).size() == 2
                                && of("killed", events).size() == 3,
                        events::toString);
                assertEquals(List.of("STOP", "RESUME"), of("well", events));
                assertEquals(List.of("gap", "STOP", "RESUME"), of("killed", events));
                assertEquals(List.of(), of("stopped", events));

                // What it was sent meanwhile, it does now.
                stopped.resume();
                Patience.until(() -> of("stopped", events).size() == 2, events::toString);
                assertEquals(List.of("STOP", "RESUME"), of("stopped", events));
                assertEquals(
                        has("stopped", "running"),
                        status(fleet, Patience.PATIENCE).get("stopped"));
                fleet.stop();
                fleet.stopped().block(Patience.PATIENCE);
            }
        }
    }
}
