package io.github.qmpreactive.test.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.RawClient;
import io.github.qmpreactive.test.junit.Qemu;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.test.StepVerifier;

@Qemu
@DisplayName("QemuProcess")
class QemuProcessTest {

    @Test
    @DisplayName("A guest needs a machine")
    void guestWithoutMachine() {
        IllegalStateException error =
                assertThrows(IllegalStateException.class, () -> QemuLauncher.of(QemuBinary.STORAGE_DAEMON)
                        .withGuest(TinyGuest.POWERS_OFF)
                        .start());
        assertEquals("A guest needs a machine, and STORAGE_DAEMON has none", error.getMessage());
    }

    @Test
    @DisplayName("listens when it has been started, and leaves nothing behind")
    void startsAndEnds() throws Exception {
        QemuProcess qemu = QemuLauncher.system().start();
        try (RawClient client = RawClient.connect(qemu.address())) {
            assertTrue(client.line().startsWith("{\"QMP\": {"));
            assertTrue(Files.isDirectory(qemu.folder()));
            assertTrue(ProcessHandle.of(qemu.pid()).isPresent());
        }
        qemu.close();
        qemu.close();
        assertFalse(qemu.isAlive());
        assertFalse(Files.exists(qemu.folder()));
    }

    @Test
    @DisplayName("gives its exit code: after quit, SIGTERM, SIGKILL")
    void exitCodes() throws Exception {
        try (QemuProcess qemu = QemuLauncher.system().start();
                RawClient client = RawClient.negotiated(qemu.address())) {
            client.send("{\"execute\": \"quit\"}");
            StepVerifier.create(qemu.exitCode()).expectNext(0).verifyComplete();
        }
        try (QemuProcess qemu = QemuLauncher.system().start();
                RawClient client = RawClient.negotiated(qemu.address())) {
            qemu.terminate();
            assertTrue(client.untilEnd().contains("SHUTDOWN"));
            StepVerifier.create(qemu.exitCode()).expectNext(0).verifyComplete();
        }
        try (QemuProcess qemu = QemuLauncher.system().start()) {
            qemu.kill();
            StepVerifier.create(qemu.exitCode()).expectNext(128 + 9).verifyComplete();
        }
    }

    @Test
    @DisplayName("is stopped and goes on")
    void suspends() throws Exception {
        try (QemuProcess qemu = QemuLauncher.system().start();
                RawClient client = RawClient.negotiated(qemu.address())) {
            qemu.suspend();
            client.send("{\"execute\": \"query-status\"}");
            assertTrue(client.hearsNothing(Duration.ofMillis(200)));
            qemu.resume();
            assertTrue(client.line().startsWith("{\"return\": {"));
        }
    }

    @Test
    @DisplayName("fails with what QEMU printed if it does not start")
    void startFails() {
        QemuLauncher launcher = QemuLauncher.system().withArgs("-device", "nonsense");
        IllegalStateException error = assertThrows(IllegalStateException.class, launcher::start);
        assertTrue(error.getMessage().contains("ended and printed: "), error.getMessage());
        assertTrue(error.getMessage().contains("'nonsense' is not a valid device model name"), error.getMessage());
    }

    @Test
    @Qemu(
            args = {"-machine", "pc", "-accel", "tcg", "-m", "32"},
            running = true)
    @DisplayName("has a machine that runs")
    void machine(QemuProcess qemu) throws Exception {
        try (RawClient client = RawClient.negotiated(qemu.address())) {
            client.send("{\"execute\": \"query-status\"}");
            assertTrue(client.line().contains("\"running\": true"));
        }
    }

    @Test
    @Qemu(monitor = Qemu.Monitor.TCP, monitors = 2)
    @DisplayName("has several monitors, each on a TCP port of its own")
    void monitors(QemuProcess qemu) throws Exception {
        assertTrue(qemu.address().startsWith("tcp:127.0.0.1:"));
        assertTrue(qemu.address(1).startsWith("tcp:127.0.0.1:"));
        try (RawClient one = RawClient.connect(qemu.address());
                RawClient other = RawClient.connect(qemu.address(1))) {
            assertTrue(one.line().startsWith("{\"QMP\": "));
            assertTrue(other.line().startsWith("{\"QMP\": "));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = QemuBinary.class,
            names = {"SYSTEM", "STORAGE_DAEMON"})
    @DisplayName("prints no warning of the options of its launcher")
    void printsNothing(QemuBinary binary) throws Exception {
        QemuLauncher launcher = QemuLauncher.of(binary).withMonitors(2);
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            QemuLauncher dialling = launcher.withTcp().withDialIn("tcp:127.0.0.1:" + socket.getLocalPort());
            for (QemuLauncher each : List.of(launcher, dialling)) {
                try (QemuProcess qemu = each.start();
                        RawClient client = RawClient.connect(qemu.address())) {
                    assertTrue(client.line().startsWith("{\"QMP\": "));
                    assertEquals("", qemu.output());
                }
            }
        }
    }

    @Test
    @Qemu(binary = QemuBinary.STORAGE_DAEMON)
    @DisplayName("can be a storage daemon")
    void storageDaemon(QemuProcess daemon) throws Exception {
        try (RawClient client = RawClient.negotiated(daemon.address())) {
            client.send("{\"execute\": \"query-block-jobs\"}{\"execute\": \"query-status\"}");
            assertEquals("{\"return\": []}", client.line());
            assertTrue(client.line().contains("The command query-status has not been found"));
        }
        assertTrue(daemon.toString().startsWith("qemu-storage-daemon (process "));
    }

    @Nested
    @DisplayName("as a parameter of the constructor")
    class Shared {

        private final QemuProcess qemu;

        Shared(QemuProcess qemu) {
            this.qemu = qemu;
        }

        @Test
        @DisplayName("is one for the constructor and its test")
        void same(QemuProcess again) {
            assertEquals(qemu.pid(), again.pid());
            assertNotEquals(ProcessHandle.current().pid(), qemu.pid());
        }
    }
}
