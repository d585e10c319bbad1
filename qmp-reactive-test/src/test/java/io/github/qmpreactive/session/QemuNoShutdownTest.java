package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.collect;
import static io.github.qmpreactive.session.Clients.finish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.github.qmpreactive.test.qemu.TinyGuest;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("A guest that shuts down at real QEMU: the ends of the session told apart")
class QemuNoShutdownTest {

    private final Queue<String> heard = new ConcurrentLinkedQueue<>();

    private QemuProcess start(String... args) {
        return QemuLauncher.system()
                .withGuest(TinyGuest.POWERS_OFF)
                .withArgs(args)
                .start();
    }

    private QmpSession connect(QemuProcess qemu) {
        QmpSession session = await(QmpClient.create().address(qemu.address()).connect());
        collect(session.events().map(QmpEvent::name), heard::add);
        return session;
    }

    private void assertHeard(String... names) {
        assertEquals(Arrays.asList(names), List.copyOf(heard));
    }

    private static String status(QmpSession session) {
        return await(session.execute("query-status")).path("status").asString();
    }

    @Test
    @DisplayName("Without -no-shutdown: SHUTDOWN, and an orderly end")
    void shutdown() {
        try (QemuProcess qemu = start()) {
            QmpSession session = connect(qemu);
            await(session.execute("system_powerdown"));
            finish(session.onDisconnect());
            assertHeard("POWERDOWN", "SHUTDOWN");
            assertEquals(0, qemu.exitCode().block(PATIENCE));
        }
    }

    @Test
    @DisplayName("With -no-shutdown: SHUTDOWN, then STOP, and QEMU and the session live on; killed later, it is lost")
    void noShutdownThenKill() {
        try (QemuProcess qemu = start("-no-shutdown")) {
            QmpSession session = connect(qemu);
            await(session.executeAndAwait("system_powerdown", "STOP"));
            assertHeard("POWERDOWN", "SHUTDOWN", "STOP");
            assertEquals("shutdown", status(session));
            assertEquals(SessionState.RUNNING, session.state());
            assertTrue(qemu.isAlive());
            qemu.kill();
            StepVerifier.create(session.onDisconnect())
                    .expectError(ConnectionLostError.class)
                    .verify(PATIENCE);
        }
    }

    @Test
    @DisplayName("With -no-shutdown: cont is refused until a reset; quit is an orderly end then")
    void noShutdownThenReset() {
        try (QemuProcess qemu = start("-no-shutdown")) {
            QmpSession session = connect(qemu);
            await(session.executeAndAwait("system_powerdown", "STOP"));
            StepVerifier.create(session.execute("cont"))
                    .expectErrorMatches(e -> e instanceof ExecuteError error
                            && error.description().equals("Resetting the Virtual Machine is required"))
                    .verify(PATIENCE);
            await(session.execute("system_reset"));
            await(session.execute("cont"));
            assertEquals("running", status(session));
            finish(session.quit());
            finish(session.onDisconnect());
            assertHeard("POWERDOWN", "SHUTDOWN", "STOP", "RESET", "RESUME", "SHUTDOWN");
        }
    }
}
