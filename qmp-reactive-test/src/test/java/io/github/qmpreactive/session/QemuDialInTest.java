package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuOptions;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("Real QEMU that connects to a listener")
class QemuDialInTest {

    @TempDir
    Path folder;

    private QmpClient client(boolean tcp) {
        QmpClient client = QmpClient.create().name("vm");
        return tcp ? client.tcp("127.0.0.1", 0) : client.unixSocket(folder.resolve("a,b"));
    }

    private static QemuProcess dialIn(String address, String options) {
        return QemuLauncher.system()
                .withArgs("-qmp", address + ",server=off" + options)
                .start();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("It takes the address that the listener tells, and comes back after a hang-up")
    void comesBack(boolean tcp) {
        QmpListener listener = await(client(tcp).listen());
        try (QemuProcess qemu =
                dialIn(listener.address(), "," + QemuOptions.here().reconnect())) {
            QmpSession first = await(listener.sessions().next());
            await(first.execute("query-status"));
            finish(first.disconnect());
            QmpSession second = await(listener.sessions().next());
            assertEquals("vm#2", second.name());
            assertTrue(second.greeting().isPresent());
            await(second.execute("query-status"));
            finish(second.disconnect());
            assertTrue(qemu.isAlive());
        }
        finish(listener.close());
    }

    @Test
    @DisplayName("Ten of them are ten sessions, each with its own machine, and outlive the listener")
    @SuppressWarnings("try") // A handshake gives way to one that waits if it is not over within a second.
    void ten() {
        try (HeldTimers timers = new HeldTimers()) {
            QmpListener listener = await(client(false).maxHandshakes(3).listen());
            var sessions = listener.sessions().take(10).collectList().toFuture();
            List<QemuProcess> machines = Stream.generate(() -> dialIn(listener.address(), ""))
                    .limit(10)
                    .toList();
            try {
                List<QmpSession> all = joined(sessions);
                finish(listener.close());
                assertEquals(10, all.stream().map(QmpSession::name).distinct().count());
                for (QmpSession session : all) {
                    await(session.executeAndAwait(QmpCommand.of("cont"), QmpEvent.named("RESUME")));
                    finish(session.quit());
                }
                machines.forEach(machine -> machine.exitCode().block(Clients.PATIENCE));
            } finally {
                machines.forEach(QemuProcess::close);
            }
        }
    }

    @Test
    @DisplayName("accept() takes the first")
    void accept() {
        Path path = folder.resolve("s");
        var accepted = QmpClient.create().unixSocket(path).accept().toFuture();
        while (Files.notExists(path)) {
            Thread.onSpinWait();
        }
        try (QemuProcess qemu = dialIn("unix:" + path, "")) {
            QmpSession session = joined(accepted);
            assertTrue(Files.notExists(path));
            assertTrue(await(session.execute("query-status")).path("running").isBoolean());
            assertTrue(qemu.isAlive());
            finish(session.disconnect());
        }
    }
}
