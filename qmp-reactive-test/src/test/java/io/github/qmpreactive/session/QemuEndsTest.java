package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("Ends of sessions at real QEMU")
class QemuEndsTest {

    private static final int COMMANDS = 1000;

    private static final QmpCommand QUERY = QmpCommand.of("query-status");

    @ParameterizedTest
    @ValueSource(ints = {7, COMMANDS})
    @DisplayName("P1 P23 SIGKILL with 1,000 commands pending that QEMU has not read: each is interrupted")
    void killedBeforeReading(int inFlight) throws IOException {
        try (QemuProcess qemu = QemuLauncher.system().start()) {
            QmpSession session = await(QmpClient.create()
                    .address(qemu.address())
                    .maxInFlight(inFlight)
                    .connect());
            qemu.suspend();
            kill(qemu, session, pending(session, QUERY));
        }
    }

    @Test
    @DisplayName("P1 P23 SIGKILL with 1,000 commands pending, those sent being read: each is interrupted")
    void killedAfterReading() throws IOException {
        try (QemuProcess qemu = QemuLauncher.system().start();
                ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            QmpSession session =
                    await(QmpClient.create().address(qemu.address()).connect());
            var pending = pending(session, QemuWindowTest.slow(silent.getLocalPort(), "n0"));
            // It is answered at once, and after all that was sent before it has been read.
            QemuWindowTest.answerOutOfBand(session);
            kill(qemu, session, pending);
        }
    }

    /** The errors of 1,000 commands. */
    private static CompletableFuture<List<ExecInterruptedError>> pending(QmpSession session, QmpCommand first) {
        return Flux.range(0, COMMANDS)
                .flatMap(n -> session.execute(n == 0 ? first : QUERY).materialize(), COMMANDS)
                .map(signal -> assertInstanceOf(ExecInterruptedError.class, signal.getThrowable()))
                .collectList()
                .toFuture();
    }

    /** All that was pending ends. */
    private static void kill(
            QemuProcess qemu, QmpSession session, CompletableFuture<List<ExecInterruptedError>> pending) {
        Queue<Throwable> ends = new ConcurrentLinkedQueue<>();
        session.events().subscribe(e -> {}, ends::add, () -> ends.add(new AssertionError("completed")));
        session.onDisconnect().subscribe(e -> {}, ends::add, () -> ends.add(new AssertionError("completed")));
        // Hears of the end behind the one before.
        var lost = session.onDisconnect().toFuture();
        qemu.kill();
        assertEquals(COMMANDS, Set.copyOf(joined(pending)).size());
        Throwable cause = joined(pending).get(0).getCause();
        joined(pending).forEach(error -> assertSame(cause, error.getCause()));
        // A reset if the kernel finds something unread. QEMU reads byte by byte, and may be one newline behind.
        assertTrue(Set.of(How.RESET, How.END_OF_FILE)
                .contains(assertInstanceOf(ConnectionLostError.class, cause).how()));
        assertSame(
                cause,
                assertThrows(CompletionException.class, () -> joined(lost)).getCause());
        assertEquals(List.of(cause, cause), List.copyOf(ends));
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
        joined(pending);
        StepVerifier.create(session.onDisconnect()).verifyError(ConnectionLostError.class);
        // Fewer when what an earlier test left open went meanwhile. A thread may still be on its way out.
        Patience.until(
                () -> Resources.ofThisProcess().isAtMost(before),
                () -> before + " and then " + Resources.ofThisProcess());
    }

    @Test
    @DisplayName("SIGTERM: SHUTDOWN, then an orderly end")
    void terminate(QemuProcess qemu) {
        QmpSession session = await(QmpClient.create().address(qemu.address()).connect());
        var events = session.events().map(QmpEvent::name).collectList().toFuture();
        qemu.terminate();
        assertEquals(List.of("SHUTDOWN"), joined(events));
        finish(session.onDisconnect());
    }

    @Test
    @DisplayName("C35 commands behind quit are interrupted, and the end is orderly")
    void commandsBehindQuit(QemuProcess qemu) {
        QmpSession session = await(
                QmpClient.create().address(qemu.address()).maxInFlight(100).connect());
        // Subscribed to on the event loop, so that the session cannot end between two of them.
        var behind = session.execute("query-status")
                .thenMany(Flux.range(0, 50)
                        .flatMap(
                                n -> n == 10
                                        ? session.quit().thenReturn("quit")
                                        : session.execute("query-status")
                                                .map(r -> "answered")
                                                .onErrorReturn(ExecInterruptedError.class, "interrupted"),
                                50))
                .collectList()
                .toFuture();
        assertEquals(50, joined(behind).size());
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
    @DisplayName("A QEMU that has ended: no program listens, or the socket is gone, and that is temporary")
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
