package io.github.qmpreactive.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.session.CapturedLog;
import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.supervise.QmpSupervisor;
import io.github.qmpreactive.supervise.SupervisedEvent.Received;
import io.github.qmpreactive.supervise.SupervisorOptions;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

@ExtendWith(LeakGuard.class)
@DisplayName("What users of other fleets complain of:")
class FleetComplaintsTest {

    private static final Duration LIMIT = Duration.ofSeconds(77);
    private static final SupervisorOptions<QmpSession> FAST =
            SupervisorOptions.forMonitor().backoff(Duration.ofMillis(1), Duration.ofMillis(20));

    private static FakeQmpServer machine() {
        return FakeQmpServer.create()
                .when("query-status")
                .reply("{\"status\": \"running\", \"running\": true}")
                .when("query-blockstats")
                .reply("[]")
                .when("snapshot-save")
                .silent()
                .withConcurrentClients();
    }

    private static QmpClient client(RunningFakeQmpServer qemu) {
        return QmpClient.create().address(qemu.address());
    }

    private static void finish(QmpFleet fleet) {
        fleet.stop();
        fleet.stopped().block(Patience.PATIENCE);
    }

    private static void awaitUp(QmpFleet fleet) {
        Flux.fromIterable(fleet.names())
                .concatMap(name -> fleet.machine(name).orElseThrow().session())
                .blockLast(Patience.MANY);
    }

    @Test
    @DisplayName(
            "One silent VM hangs the list. Here: it has an outcome at the limit, which names it, and the others have theirs")
    void silent() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer qemu = machine().startUnix();
                RunningFakeQmpServer silent =
                        FakeQmpServer.create().when("query-status").silent().startUnix()) {
            QmpFleet fleet = QmpFleet.create();
            fleet.start();
            fleet.add("silent", client(silent));
            for (int i = 0; i < 20; i++) {
                fleet.add("vm" + i, client(qemu));
            }
            awaitUp(fleet);
            Queue<Outcome<String>> soFar = new ConcurrentLinkedQueue<>();
            var all = fleet.each(
                            session -> session.execute("query-status")
                                    .map(status -> status.path("status").asString()),
                            LIMIT,
                            2)
                    .doOnNext(soFar::add)
                    .collectList()
                    .toFuture();
            Patience.until(() -> soFar.size() == 20, () -> "so far: " + soFar);
            for (int n = 1; n <= timers.started(LIMIT); n++) {
                timers.runOut(LIMIT, n);
            }
            List<Outcome<String>> outcomes = all.orTimeout(Patience.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .join();
            assertEquals(21, outcomes.size());
            assertEquals(
                    20,
                    outcomes.stream().filter(Outcome.Value.class::isInstance).count());
            var late = assertInstanceOf(Outcome.Failed.class, outcomes.get(20));
            assertEquals("silent", late.machine());
            assertInstanceOf(TimeoutException.class, late.error());
            finish(fleet);
        }
    }

    @Test
    @DisplayName(
            "A slow agent blocks metrics. Here: work that waits at one machine delays neither other work nor events")
    void slow() {
        try (RunningFakeQmpServer qemu = machine().startUnix()) {
            QmpFleet fleet = QmpFleet.create();
            fleet.start();
            fleet.add("a", client(qemu));
            fleet.add("b", client(qemu));
            awaitUp(fleet);
            var slow = fleet.each(
                            session -> session.name().equals("a")
                                    ? session.execute("snapshot-save")
                                    : session.execute("query-status"),
                            Duration.ofDays(1))
                    .subscribe();
            var events = fleet.events()
                    .filter(event -> event.event() instanceof Received)
                    .map(FleetEvent::machine)
                    .take(2)
                    .collectList()
                    .toFuture();
            for (int i = 0; i < 10; i++) {
                assertEquals(
                        2,
                        fleet.each(session -> session.execute("query-blockstats"), Patience.PATIENCE)
                                .filter(Outcome.Value.class::isInstance)
                                .count()
                                .block(Patience.PATIENCE));
            }
            qemu.emit("STOP");
            assertEquals(List.of("a", "b"), events.join().stream().sorted().toList());
            slow.dispose();
            finish(fleet);
        }
    }

    @Test
    @DisplayName(
            "A busy QEMU is taken for dead. Not here: work that timed out says nothing of the link, which stays up")
    void busy() {
        try (RunningFakeQmpServer qemu = machine().startUnix()) {
            QmpFleet fleet = QmpFleet.create();
            fleet.start();
            QmpSupervisor vm = fleet.add("vm", client(qemu).probe(Patience.PATIENCE));
            QmpSession session = Objects.requireNonNull(vm.session().block(Patience.PATIENCE));
            for (int i = 0; i < 3; i++) {
                var outcome = fleet.each(s -> s.execute("snapshot-save"), Duration.ofMillis(20))
                        .blockLast(Patience.PATIENCE);
                assertInstanceOf(Outcome.Failed.class, outcome);
            }
            assertEquals(State.UP, vm.link().state());
            assertEquals(session, vm.current().orElseThrow());
            assertInstanceOf(
                    Outcome.Value.class,
                    fleet.each(s -> s.execute("query-status"), Patience.PATIENCE)
                            .blockLast(Patience.PATIENCE));
            finish(fleet);
        }
    }

    @Test
    @DisplayName(
            "A hung QEMU is shown as stopped. Not here: it is connecting or down, with what is wrong; never STOPPED")
    void hung() {
        try (RunningFakeQmpServer hung = machine().withoutGreeting().startUnix()) {
            QmpFleet fleet = QmpFleet.create();
            List<FleetLink> links = new ArrayList<>();
            fleet.links().subscribe(links::add);
            fleet.start();
            QmpSupervisor vm = fleet.add("vm", client(hung).handshakeTimeout(Duration.ofMillis(50)), FAST);
            vm.links().filter(link -> link.attempt() >= 2).blockFirst(Patience.PATIENCE);
            var outcome = assertInstanceOf(
                    Outcome.NotConnected.class,
                    fleet.each(session -> session.execute("query-status"), Patience.PATIENCE)
                            .blockLast(Patience.PATIENCE));
            assertTrue(List.of(State.CONNECTING, State.DOWN)
                    .contains(outcome.link().state()));
            assertTrue(outcome.link().cause().orElseThrow().toString().contains("greeting"), outcome::toString);
            finish(fleet);
            Map<State, Long> states = links.stream()
                    .flatMap(link -> link.link().stream())
                    .collect(java.util.stream.Collectors.groupingBy(
                            link -> link.state(), java.util.stream.Collectors.counting()));
            // Before the start and after the stop.
            assertEquals(2L, states.get(State.STOPPED), links::toString);
        }
    }

    @Test
    @DisplayName("The log is flooded. Not here: the restart of a host with 300 machines has 20 of them, and says so")
    void log(@TempDir Path folder) {
        Path path = folder.resolve("host.sock");
        try (CapturedLog supervisors = CapturedLog.ofSupervisors();
                CapturedLog fleets = CapturedLog.ofFleets();
                CapturedLog sessions = CapturedLog.warningsOfSessions()) {
            QmpFleet fleet = QmpFleet.create();
            fleet.start();
            try (RunningFakeQmpServer host = machine().withPath(path).startUnix()) {
                for (int i = 0; i < 300; i++) {
                    fleet.add("logged" + i, client(host), FAST);
                }
                awaitUp(fleet);
            }
            try (RunningFakeQmpServer host = machine().withPath(path).startUnix()) {
                Patience.until(() -> host.openConnections().size() == 300, () -> host.openConnections()
                        .toString());
                awaitUp(fleet);
                finish(fleet);
            }
            List<String> lines = supervisors.about("");
            // Three lines of each of 300 would be 900. On a slow machine there is more than one period of the limit.
            int periods = fleets.about("More than 20 machines").size();
            assertTrue(periods >= 1, lines::toString);
            assertTrue(lines.size() <= 20 * 6 * (periods + 1), () -> lines.size() + " lines: " + lines);
            // Sessions of other tests may still say how many lines they have left out.
            assertEquals(List.of(), sessions.about("[logged"));
        }
    }

    @Test
    @DisplayName("Machines come and go while others work: a fleet of some hundreds, with a bound on connecting")
    void churn() {
        try (RunningFakeQmpServer qemu = machine().startUnix()) {
            QmpFleet fleet = QmpFleet.create(FleetOptions.defaults().maxConnecting(8));
            fleet.start();
            for (int i = 0; i < 200; i++) {
                fleet.add("vm" + i, client(qemu), FAST);
            }
            awaitUp(fleet);
            for (int i = 0; i < 200; i++) {
                fleet.add("guest" + i, client(qemu), FAST);
                fleet.remove("guest" + i);
            }
            QmpCommand status = QmpCommand.of("query-status");
            assertEquals(
                    200,
                    fleet.each(session -> session.execute(status), Patience.PATIENCE)
                            .filter(Outcome.Value.class::isInstance)
                            .count()
                            .block(Patience.PATIENCE));
            Patience.until(
                    () -> qemu.openConnections().size() == 200,
                    () -> qemu.openConnections().size() + " connections are open");
            finish(fleet);
            Patience.until(
                    () -> qemu.openConnections().isEmpty(),
                    () -> qemu.openConnections().size() + " connections are open");
        }
    }
}
