package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("A command's own timeout at real QEMU")
class QemuLimitsTest {

    private static final Duration CLIENTS = Duration.ofMinutes(7);
    private static final Duration OWN = Duration.ofMinutes(3);

    private static final QmpCommand STATUS = QmpCommand.of("human-monitor-command")
            .arguments(Map.of("command-line", "info status"))
            .timeout(OWN);

    private static QmpClient client(QemuProcess qemu) {
        return QmpClient.create().address(qemu.address()).name("vm").commandTimeout(CLIENTS);
    }

    /** The error of a command whose limit has passed, with a number in place of each time that depends on the machine. */
    private static String late(CompletableFuture<?> command, boolean written) {
        Throwable cause =
                assertThrows(CompletionException.class, () -> joined(command)).getCause();
        ExecTimeoutError error = assertInstanceOf(ExecTimeoutError.class, cause);
        assertEquals(written, error.isWritten());
        assertEquals(OWN, error.timeout());
        return String.valueOf(error.getMessage()).replaceAll("\\d+ ms ago", "N ms ago");
    }

    @Test
    @DisplayName("goes before commandTimeout; QEMU runs the command all the same, and its late reply is dropped")
    void busy(QemuProcess qemu) throws IOException {
        try (HeldTimers timers = new HeldTimers();
                ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            QmpSession session = await(client(qemu).connect());
            var slow = session.execute(
                            QemuWindowTest.slow(silent.getLocalPort(), "n0").timeout(OWN))
                    .toFuture();
            Socket connection = silent.accept();
            timers.runOut(OWN);
            assertEquals(
                    "[vm] blockdev-add was not answered within 180000 ms (the command's own timeout); the server may still"
                            + " be running it, and it may still take effect",
                    late(slow, true));
            assertEquals(SessionState.RUNNING, session.state());
            connection.close();
            await(session.execute("query-status"));
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("passes while QEMU is stopped, and the session goes on when QEMU does")
    void stopped(QemuProcess qemu) {
        try (HeldTimers timers = new HeldTimers()) {
            QmpSession session = await(client(qemu).connect());
            qemu.suspend();
            var status = session.execute(STATUS).toFuture();
            // Behind it the command is written.
            var next = session.execute("query-name").toFuture();
            timers.runOut(OWN);
            late(status, true);
            qemu.resume();
            joined(next);
            assertEquals(
                    "VM status: paused",
                    await(session.hmp("info status"))
                            .split("[ \r]*(\\(|\r)", 2)[0]
                            .strip());
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("passes while the window is full: the command is never sent, and the error names the oldest one")
    void fullWindow(QemuProcess qemu) throws IOException {
        try (HeldTimers timers = new HeldTimers();
                ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            QmpSession session = await(client(qemu).maxInFlight(2).connect());
            var slow = session.execute(QemuWindowTest.slow(silent.getLocalPort(), "n0"))
                    .materialize()
                    .toFuture();
            Socket connection = silent.accept();
            var second = session.execute("query-name").toFuture();
            var third = session.execute(STATUS).toFuture();
            timers.runOut(OWN);
            assertEquals(
                    "[vm] human-monitor-command was not answered within 180000 ms (the command's own timeout); it was never"
                            + " sent; 2 in flight are unanswered (maxInFlight), the oldest is blockdev-add, written N ms ago",
                    late(third, false));
            connection.close();
            joined(slow);
            joined(second);
            await(session.hmp("info status"));
            finish(session.disconnect());
        }
    }
}
