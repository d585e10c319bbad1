package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.LeakGuard;
import io.github.qmpreactive.test.Qemu;
import io.github.qmpreactive.test.QemuBinary;
import io.github.qmpreactive.test.QemuProcess;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("Ends of sessions at real QEMU")
class QemuEndsTest {

    private static final int COMMANDS = 1000;

    @ParameterizedTest
    @ValueSource(ints = {7, COMMANDS})
    @DisplayName(
            "P1 P23 SIGKILL with 1,000 commands pending: each is interrupted, events and onDisconnect() error once")
    void kill(int inFlight, QemuProcess qemu) {
        QmpSession session = await(
                QmpClient.create().address(qemu.address()).maxInFlight(inFlight).connect());
        Queue<Throwable> ends = new ConcurrentLinkedQueue<>();
        session.events().subscribe(e -> {}, ends::add, () -> ends.add(new AssertionError("completed")));
        session.onDisconnect().subscribe(e -> {}, ends::add, () -> ends.add(new AssertionError("completed")));
        qemu.suspend();
        var interrupted = Flux.range(0, COMMANDS)
                .flatMap(
                        n -> session.execute("query-status")
                                .map(r -> false)
                                .onErrorResume(
                                        ExecInterruptedError.class,
                                        e -> Mono.just(e.getCause() instanceof ConnectionLostError)),
                        COMMANDS)
                .filter(isInterrupted -> isInterrupted)
                .count()
                .toFuture();
        qemu.kill();
        assertEquals(COMMANDS, interrupted.join());
        StepVerifier.create(session.onDisconnect()).verifyError(ConnectionLostError.class);
        assertEquals(2, ends.size());
        ends.forEach(end -> assertInstanceOf(ConnectionLostError.class, end));
    }

    @Test
    @DisplayName("Threads and sockets are as before when sessions have ended, however they ended")
    void nothingLeft(QemuProcess qemu) {
        QmpClient client = QmpClient.create().address(qemu.address());
        // What is shared and stays, such as the event loops, has to be there before.
        client.withSession(s -> s.execute("query-status")).repeat(20).blockLast(PATIENCE);
        Resources before = Resources.ofThisProcess();
        client.withSession(s -> s.execute("query-status")).repeat(50).blockLast(PATIENCE);
        QmpSession session = await(client.connect());
        qemu.suspend();
        var pending = Flux.range(0, COMMANDS)
                .flatMap(n -> session.execute("query-status").onErrorComplete(), COMMANDS)
                .then()
                .toFuture();
        qemu.kill();
        pending.join();
        StepVerifier.create(session.onDisconnect()).verifyError(ConnectionLostError.class);
        assertEquals(before.sockets(), Resources.ofThisProcess().sockets());
        assertTrue(
                Resources.ofThisProcess().threads() <= before.threads() + 1,
                () -> before + " and then " + Resources.ofThisProcess());
    }

    @Test
    @DisplayName("SIGTERM: SHUTDOWN, then an orderly end")
    void terminate(QemuProcess qemu) {
        QmpSession session = await(QmpClient.create().address(qemu.address()).connect());
        var events = session.events().map(QmpEvent::name).collectList().toFuture();
        qemu.terminate();
        assertEquals(List.of("SHUTDOWN"), events.join());
        finish(session.onDisconnect());
    }

    @Test
    @DisplayName("C35 commands behind quit are interrupted, and the end is orderly")
    void commandsBehindQuit(QemuProcess qemu) {
        QmpSession session = await(
                QmpClient.create().address(qemu.address()).maxInFlight(100).connect());
        var behind = Flux.range(0, 50)
                .flatMap(
                        n -> n == 10
                                ? session.quit().thenReturn("quit")
                                : session.execute("query-status")
                                        .map(r -> "answered")
                                        .onErrorReturn(ExecInterruptedError.class, "interrupted"),
                        50)
                .collectList()
                .toFuture();
        assertEquals(50, behind.join().size());
        finish(session.onDisconnect());
    }

    @Test
    @Qemu(binary = QemuBinary.STORAGE_DAEMON)
    @DisplayName("qemu-storage-daemon speaks QMP too")
    void storageDaemon(QemuProcess daemon) {
        var nodes = QmpClient.create()
                .address(daemon.address())
                .withSession(s -> s.execute("query-named-block-nodes"))
                .blockLast(PATIENCE);
        assertTrue(nodes != null && nodes.isArray());
    }

    @Test
    @DisplayName("A QEMU that has ended: nobody listens, or the socket is gone, and that is temporary")
    void ended(QemuProcess qemu) {
        qemu.kill();
        qemu.exitCode().block(PATIENCE);
        StepVerifier.create(QmpClient.create().address(qemu.address()).connect())
                .verifyErrorSatisfies(e -> {
                    ConnectError error = assertInstanceOf(ConnectError.class, e);
                    assertEquals(Reason.REFUSED, error.reason());
                    assertTrue(error.reason().isTemporary());
                    assertTrue(String.valueOf(error.getMessage()).contains("left behind"), error::getMessage);
                });
    }
}
