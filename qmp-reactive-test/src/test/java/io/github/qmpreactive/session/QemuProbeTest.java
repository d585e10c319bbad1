package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("probe at real QEMU")
class QemuProbeTest {

    /** A loaded machine may need as long to answer. */
    private static final Duration LONG = Duration.ofSeconds(4);

    private static void assertSilent(Throwable end) {
        assertEquals(
                How.SILENT, assertInstanceOf(ConnectionLostError.class, end).how());
    }

    @Test
    @Qemu
    @DisplayName("A QEMU that was stopped: the session ends as SILENT, though its socket is open")
    void stopped(QemuProcess qemu) {
        QmpSession session =
                await(QmpClient.create().address(qemu.address()).probe(LONG).connect());
        qemu.suspend();
        StepVerifier.create(session.onDisconnect()).verifyErrorSatisfies(QemuProbeTest::assertSilent);
        qemu.resume();
    }

    @Test
    @Qemu
    @DisplayName("A QEMU that is busy with a command in band answers out of band: its session goes on")
    void busy(QemuProcess qemu) throws IOException {
        try (CapturedLog wire = CapturedLog.ofWire();
                ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            QmpSession session =
                    await(QmpClient.create().address(qemu.address()).probe(LONG).connect());
            var slow = session.execute(QemuWindowTest.slow(silent.getLocalPort(), "n0"))
                    .materialize()
                    .toFuture();
            var connection = silent.accept();
            // The handshake is number 0, the slow command 1, the question 2. Before 6.0 its answer is an error.
            String answered = "\\[.*] < .*#...2\\b.*";
            await(Flux.interval(Duration.ofMillis(50))
                    .filter(tick -> wire.lines().stream().anyMatch(line -> line.matches(answered)))
                    .next());
            assertEquals(SessionState.RUNNING, session.state());
            connection.close();
            joined(slow);
            finish(session.disconnect());
        }
    }

    @Test
    @Qemu(version = "11.1+")
    @DisplayName("A monitor that was deleted at run time says nothing any more: SILENT")
    void deleted(QemuProcess qemu, @TempDir Path folder) {
        QmpSession first = await(QmpClient.create().address(qemu.address()).connect());
        Path socket = folder.resolve("second");
        await(first.execute(
                "chardev-add",
                Map.of(
                        "id",
                        "c2",
                        "backend",
                        Map.of(
                                "type",
                                "socket",
                                "data",
                                Map.of(
                                        "addr",
                                        Map.of("type", "unix", "data", Map.of("path", socket.toString())),
                                        "server",
                                        true,
                                        "wait",
                                        false)))));
        await(first.execute("object-add", Map.of("qom-type", "monitor-qmp", "id", "m2", "chardev", "c2")));
        QmpSession second =
                await(QmpClient.create().unixSocket(socket).probe(LONG).connect());
        await(second.execute("query-status"));
        await(first.execute(QmpCommand.of("object-del").arguments(Map.of("id", "m2"))));
        StepVerifier.create(second.onDisconnect()).verifyErrorSatisfies(QemuProbeTest::assertSilent);
        finish(first.disconnect());
    }
}
