package io.github.qmpreactive.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.SupervisorStoppedError;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Phaser;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

@Tag("stress")
@ExtendWith(LeakGuard.class)
@DisplayName("A supervisor that several threads use at the same time")
class SupervisorRaceTest {

    private static final int ROUNDS = Integer.getInteger("qmp.race.rounds", 200);
    private static final SupervisorOptions<QmpSession> FAST = SupervisorOptions.forMonitor()
            .backoff(Duration.ofMillis(1), Duration.ofMillis(2))
            .onConnect(session -> session.execute("query-status"));

    private static RunningFakeQmpServer machine() {
        return FakeQmpServer.create()
                .when("query-status")
                .reply("{}")
                .withConcurrentClients()
                .startUnix();
    }

    private static void together(Runnable... tasks) {
        Phaser there = new Phaser(tasks.length);
        Stream.of(tasks)
                .map(task -> CompletableFuture.runAsync(() -> {
                    there.arriveAndAwaitAdvance();
                    task.run();
                }))
                .toList()
                .forEach(CompletableFuture::join);
    }

    private static void assertNothingLeft(RunningFakeQmpServer qemu) {
        Patience.until(() -> qemu.openConnections().isEmpty(), () -> "sessions were left: " + qemu.openConnections());
    }

    @Test
    @DisplayName("started and stopped at once by four of them: the last call decides, and no session is left behind")
    void startAndStop() {
        try (RunningFakeQmpServer qemu = machine()) {
            for (int i = 0; i < ROUNDS; i++) {
                QmpSupervisor vm = QmpSupervisor.of(
                        QmpClient.create().address(qemu.address()).name("vm"), FAST);
                together(vm::start, vm::stop, vm::start, vm::stop);
                vm.start();
                assertTrue(vm.isRunning());
                assertTrue(vm.session().block(Patience.PATIENCE).isRunning());
                assertEquals(1, open(qemu));
                together(vm::stop, vm::stop);
                vm.stopped().block(Patience.PATIENCE);
                assertNothingLeft(qemu);
            }
        }
    }

    /** Those of earlier starts may be closed a moment later than they were left. */
    private static int open(RunningFakeQmpServer qemu) {
        Patience.until(() -> qemu.openConnections().size() == 1, () -> "open: " + qemu.openConnections());
        return qemu.openConnections().size();
    }

    @Test
    @DisplayName("stopped while a session comes: it is disconnected, callers get a session or an error")
    void stopWhileConnecting() {
        try (RunningFakeQmpServer qemu = machine()) {
            for (int i = 0; i < ROUNDS; i++) {
                QmpSupervisor vm = QmpSupervisor.of(
                        QmpClient.create().address(qemu.address()).name("vm"), FAST);
                int connection = i;
                var waiting = new CompletableFuture<String>();
                together(
                        vm::start,
                        () -> vm.session()
                                .map(session -> "session")
                                .onErrorResume(SupervisorStoppedError.class, e -> Mono.just("stopped"))
                                .subscribe(waiting::complete),
                        () -> {
                            if (connection % 2 == 0) {
                                qemu.awaitConnection(connection / 2);
                            }
                            vm.stop();
                        });
                vm.stop();
                vm.stopped().block(Patience.PATIENCE);
                assertTrue(List.of("session", "stopped")
                        .contains(
                                waiting.orTimeout(Patience.PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                                        .join()));
                assertNothingLeft(qemu);
            }
        }
    }

    @Test
    @DisplayName("A caller that cancels while the session comes, and subscribers to events and links that come and go")
    void cancels() {
        try (RunningFakeQmpServer qemu = machine()) {
            QmpSupervisor vm =
                    QmpSupervisor.of(QmpClient.create().address(qemu.address()).name("vm"), FAST);
            vm.start();
            for (int i = 0; i < ROUNDS; i++) {
                QmpSession session = vm.session().block(Patience.PATIENCE);
                FakeConnection connection = qemu.awaitConnection(i);
                BaseSubscriber<QmpSession> waiting = new BaseSubscriber<>() {};
                BaseSubscriber<SupervisedEvent> events = new BaseSubscriber<>() {};
                BaseSubscriber<Link> links = new BaseSubscriber<>() {};
                together(
                        () -> {
                            connection.emit("STOP");
                            connection.close();
                        },
                        () -> {
                            vm.session().subscribe(waiting);
                            waiting.cancel();
                        },
                        () -> {
                            vm.events().subscribe(events);
                            vm.links().subscribe(links);
                            events.cancel();
                            links.cancel();
                        });
                session.onDisconnect().onErrorComplete().block(Patience.PATIENCE);
            }
            vm.stop();
            vm.stopped().block(Patience.PATIENCE);
            assertNothingLeft(qemu);
        }
    }

    @Test
    @DisplayName("Subscribing to events has taken effect when it returns, whatever other threads do")
    void effectiveAtOnce() {
        try (RunningFakeQmpServer qemu = machine()) {
            QmpSupervisor vm =
                    QmpSupervisor.of(QmpClient.create().address(qemu.address()).name("vm"), FAST);
            vm.start();
            vm.session().block(Patience.PATIENCE);
            FakeConnection connection = qemu.awaitConnection(0);
            for (int i = 0; i < ROUNDS; i++) {
                CompletableFuture<SupervisedEvent> first = new CompletableFuture<>();
                together(() -> vm.stopped().subscribe().dispose(), () -> {
                    vm.events().next().subscribe(first::complete);
                    connection.emit("STOP");
                });
                first.orTimeout(Patience.PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                        .join();
            }
            vm.stop();
            vm.stopped().block(Patience.PATIENCE);
        }
    }
}
