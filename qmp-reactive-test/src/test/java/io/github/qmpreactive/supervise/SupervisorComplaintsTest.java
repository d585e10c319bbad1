package io.github.qmpreactive.supervise;

import static io.github.qmpreactive.supervise.Supervised.LOST;
import static io.github.qmpreactive.supervise.Supervised.opens;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.session.CapturedLog;
import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.supervise.SupervisedEvent.Gap;
import io.github.qmpreactive.supervise.SupervisedEvent.Received;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

@ExtendWith(LeakGuard.class)
@DisplayName("What users of other clients complain of:")
class SupervisorComplaintsTest {

    private static final SupervisorOptions<QmpSession> FAST =
            SupervisorOptions.forMonitor().backoff(Duration.ofMillis(1), Duration.ofMillis(10));

    private static RunningFakeQmpServer machine() {
        return FakeQmpServer.create()
                .when("query-status")
                .reply("{\"status\": \"running\", \"running\": true}")
                .when("migrate")
                .silent()
                .startUnix();
    }

    private static QmpClient client(RunningFakeQmpServer qemu) {
        return QmpClient.create().address(qemu.address()).name("vm");
    }

    private static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(Patience.PATIENCE));
    }

    private static QmpSession session(QmpSupervisor vm) {
        return await(vm.session());
    }

    private static void finish(QmpSupervisor vm) {
        vm.stop();
        vm.stopped().block(Patience.PATIENCE);
    }

    /** The next session after one that was lost. */
    private static QmpSession nextAfter(QmpSupervisor vm, QmpSession lost) {
        await(lost.onDisconnect().materialize());
        QmpSession next = session(vm);
        assertNotEquals(lost, next);
        return next;
    }

    @Test
    @DisplayName("A command is sent again after a reconnect. Not here: it fails, and says that it may have run")
    void replay() {
        try (RunningFakeQmpServer qemu = machine()) {
            QmpSupervisor vm = QmpSupervisor.of(client(qemu), FAST);
            vm.start();
            QmpSession first = session(vm);
            var pending = first.execute("migrate").materialize().toFuture();
            qemu.awaitConnection(0).awaitCommand("migrate");
            qemu.awaitConnection(0).reset();
            var error =
                    assertInstanceOf(ExecInterruptedError.class, pending.join().getThrowable());
            assertTrue(error.isWritten());
            await(nextAfter(vm, first).execute("query-status"));
            assertEquals(1, qemu.received("migrate").size());
            finish(vm);
        }
    }

    @Test
    @DisplayName("A queue grows while the server is down. Not here: a command is sent on a session, and there is none")
    void queue() {
        try (RunningFakeQmpServer qemu = machine()) {
            QmpSupervisor vm = QmpSupervisor.of(client(qemu), FAST);
            vm.start();
            QmpSession first = session(vm);
            qemu.stopListening().block(Patience.PATIENCE);
            qemu.awaitConnection(0).reset();
            await(first.onDisconnect().materialize());
            for (int i = 0; i < 100; i++) {
                assertTrue(await(first.execute("stop").materialize()).isOnError());
                // What waits for a session is cancelled with its caller.
                vm.session().flatMap(s -> s.execute("stop")).subscribe().dispose();
            }
            finish(vm);
            assertEquals(List.of(), qemu.received("stop"));
        }
    }

    @Test
    @DisplayName("A command that timed out runs later. Here: one that waited for its turn is never sent, on no session")
    void later() {
        try (RunningFakeQmpServer qemu = machine()) {
            QmpSupervisor vm = QmpSupervisor.of(client(qemu).maxInFlight(1), FAST);
            vm.start();
            QmpSession first = session(vm);
            var pending = first.execute("migrate").materialize().toFuture();
            qemu.awaitConnection(0).awaitCommand("migrate");
            var waiting = await(first.execute(QmpCommand.of("stop").timeout(Duration.ofMillis(1)))
                    .materialize());
            assertFalse(assertInstanceOf(ExecTimeoutError.class, waiting.getThrowable())
                    .isWritten());
            qemu.awaitConnection(0).reset();
            await(nextAfter(vm, first).execute("query-status"));
            assertTrue(pending.join().isOnError());
            assertEquals(List.of(), qemu.received("stop"));
            finish(vm);
        }
    }

    @Test
    @DisplayName("It reconnects twice, or never. Here: each end is followed by one connection, 50 times")
    void once() {
        try (RunningFakeQmpServer qemu = machine()) {
            QmpSupervisor vm = QmpSupervisor.of(client(qemu), FAST);
            vm.start();
            QmpSession session = session(vm);
            for (int i = 0; i < 50; i++) {
                assertEquals(1, qemu.openConnections().size());
                FakeConnection connection = qemu.awaitConnection(i);
                switch (i % 3) {
                    case 0 -> connection.reset();
                    case 1 -> connection.close();
                    default -> session.disconnect().subscribe();
                }
                session = nextAfter(vm, session);
            }
            finish(vm);
            assertEquals(50, qemu.awaitConnection(50).number());
            qemu.awaitConnection(50).awaitClosed();
        }
    }

    @Test
    @DisplayName(
            "A dead connection is kept. Here: probe ends the session of a server that is silent, and the next one is opened")
    void dead() {
        try (RunningFakeQmpServer qemu = machine()) {
            qemu.when("query-version").silent();
            qemu.when("query-yank").silent();
            QmpSupervisor vm = QmpSupervisor.of(client(qemu).probe(Duration.ofMillis(20)), FAST);
            var links =
                    vm.links().filter(link -> link.state() == State.DOWN).next().toFuture();
            vm.start();
            var cause = assertInstanceOf(
                    ConnectionLostError.class, links.join().cause().orElseThrow());
            assertEquals(ConnectionLostError.How.SILENT, cause.how());
            assertTrue(cause.silence().compareTo(Duration.ofMillis(20)) >= 0);
            qemu.awaitConnection(1);
            finish(vm);
        }
    }

    @Test
    @DisplayName(
            "The handler is swapped under an event. Here: a subscriber sees each event once, in order, with the gap between")
    void swapped() {
        try (RunningFakeQmpServer qemu = machine()) {
            QmpSupervisor vm =
                    QmpSupervisor.of(client(qemu), FAST.onConnect(session -> session.execute("query-status")));
            Queue<SupervisedEvent> seen = new ConcurrentLinkedQueue<>();
            vm.events().subscribe(seen::add);
            vm.start();
            QmpSession session = session(vm);
            for (int i = 0; i < 20; i++) {
                FakeConnection connection = qemu.awaitConnection(i);
                connection.emit("RTC_CHANGE", "{\"offset\": " + i + "}");
                connection.close();
                session = nextAfter(vm, session);
            }
            finish(vm);
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                expected.add("RTC_CHANGE " + i);
                expected.add("gap");
            }
            assertEquals(
                    expected,
                    seen.stream()
                            .map(e -> e instanceof Received received
                                    ? received.event().name() + " "
                                            + received.event().data().path("offset")
                                    : "gap")
                            .toList());
            seen.stream()
                    .filter(Gap.class::isInstance)
                    .map(Gap.class::cast)
                    .forEach(gap -> assertFalse(gap.until().isBefore(gap.from())));
        }
    }

    @Test
    @DisplayName("Closing waits for ever. Here: also for a server that reads nothing, and while a command is pending")
    void closing() {
        try (RunningFakeQmpServer qemu = machine()) {
            QmpSupervisor vm = QmpSupervisor.of(client(qemu), FAST);
            vm.start();
            var pending = session(vm).execute("migrate").materialize().toFuture();
            finish(vm);
            assertInstanceOf(ExecInterruptedError.class, pending.join().getThrowable());
            qemu.awaitConnection(0).awaitClosed();
        }
    }

    @Test
    @DisplayName("A query from an event handler deadlocks. Not here, be it the session's or the supervisor's")
    void queryInHandler() {
        try (RunningFakeQmpServer qemu = machine()) {
            QmpSupervisor vm = QmpSupervisor.of(client(qemu), FAST);
            var status = vm.events()
                    .flatMap(event -> vm.session())
                    .flatMap(session -> session.execute("query-status"))
                    .next()
                    .toFuture();
            vm.start();
            session(vm);
            qemu.awaitConnection(0).emit("STOP");
            assertTrue(status.join().path("running").asBoolean());
            finish(vm);
        }
    }

    @Test
    @DisplayName(
            "Events from before the first command of onConnect are lost. Not here: the server sends one with its handshake")
    void beforeOnConnect() {
        try (RunningFakeQmpServer qemu = machine()) {
            QmpSupervisor vm = QmpSupervisor.of(client(qemu), FAST.onConnect(session -> Mono.fromRunnable(
                            () -> qemu.openConnections().get(0).emit("STOP"))
                    .then(session.execute("query-status"))));
            var first = vm.events().next().toFuture();
            vm.start();
            session(vm);
            assertEquals(
                    "STOP",
                    assertInstanceOf(Received.class, first.join()).event().name());
            finish(vm);
        }
    }

    @Test
    @DisplayName("The log is flooded. Here: a line when it is down, one for the first failure, and one when it is up")
    void log() {
        StubSession first = StubSession.named("first");
        StubSession second = StubSession.named("second");
        List<Mono<QmpSession>> connections = new ArrayList<>();
        connections.add(opens(first));
        for (int i = 0; i < 50; i++) {
            connections.add(Mono.error(Supervised.REFUSED));
        }
        connections.add(opens(second));
        try (CapturedLog log = CapturedLog.ofSupervisors();
                Supervised vm = new Supervised(options -> options, connections)) {
            vm.started();
            first.ends(LOST);
            vm.passes(Duration.ofHours(1));
            assertEquals(State.UP, vm.last().state());
            assertEquals(
                    List.of(
                            "INFO [vm] Connected to the server at attempt 1",
                            "WARN [vm] The session is lost, connecting again: Reset",
                            "WARN [vm] Connecting failed, attempt 1; further ones are logged at DEBUG: Refused",
                            "INFO [vm] Connected to the server at attempt 51"),
                    log.about("[vm]"));
        }
    }
}
