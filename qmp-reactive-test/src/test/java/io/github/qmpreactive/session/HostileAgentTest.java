package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Agents.agent;
import static io.github.qmpreactive.session.Agents.client;
import static io.github.qmpreactive.session.Agents.connect;
import static io.github.qmpreactive.session.Clients.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

/** The agent runs inside of the guest, so all that it sends may be chosen by an attacker. */
@ExtendWith(LeakGuard.class)
@DisplayName("A hostile guest agent")
class HostileAgentTest {

    private static final int MIB = 1024 * 1024;

    /** What a session may keep of what a guest sends; a guest that is not bounded makes it keep 128 MiB here. */
    private static final long MAX_HEAP = 24L * MIB;

    /** What a session may log of what a guest sends, at DEBUG: the first message, and at the end how many there were. */
    private static final int MAX_LINES = 2;

    private final CapturedLog log = CapturedLog.ofSessions();

    @AfterEach
    void forget() {
        log.close();
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Sends something ahead of the answer to a ping: when that has come, the session has dealt with it. */
    private static void receive(FakeConnection connection, QgaSession session, String message) {
        connection.sendText(message);
        await(session.execute("guest-ping"));
        assertEquals(SessionState.RUNNING, session.state());
    }

    @Test
    @DisplayName("C48 P30 no event of its is kept: 32 of 4 MiB leave less than 24 MiB of heap in use")
    void heap() {
        try (RunningFakeQmpServer server = agent().startUnix()) {
            QgaSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            String event = "{\"event\": \"X\", \"data\": {\"x\": \"" + "x".repeat(4 * MIB) + "\"}}";
            receive(connection, session, event);
            long before = usedHeap();
            for (int n = 0; n < 32; n++) {
                receive(connection, session, event);
            }
            Patience.until(() -> usedHeap() - before < MAX_HEAP, () -> usedHeap() - before + " bytes are kept");
            assertEquals(SessionState.RUNNING, session.state());
        }
    }

    @Test
    @DisplayName("C48 P35 a SHUTDOWN event of its is dropped, and makes no orderly end of an end of file")
    void shutdown() {
        try (RunningFakeQmpServer server = agent().startUnix()) {
            QgaSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            receive(connection, session, "{\"event\": \"SHUTDOWN\"}");
            connection.close();
            StepVerifier.create(session.onDisconnect())
                    .verifyErrorSatisfies(e -> assertEquals(
                            How.END_OF_FILE,
                            assertInstanceOf(ConnectionLostError.class, e).how()));
        }
    }

    @Test
    @DisplayName(
            "C48 P30 10,000 messages that are no reply to anything make two lines of log, the second with their number")
    void lines() {
        try (RunningFakeQmpServer server = agent().startUnix()) {
            QgaSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            String four = "{\"event\": \"X\", \"data\": \"" + "x".repeat(3_000) + "\"}"
                    + "{\"QMP\": {}}"
                    + "{\"return\": {}, \"id\": \"stray\"}"
                    + "{\"id\": \"stray\", \"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}}";
            for (int n = 0; n < 250; n++) {
                receive(connection, session, four.repeat(10));
            }
            Clients.finish(session.disconnect());
            var lines = log.about("Dropped");
            assertEquals(MAX_LINES, lines.size(), lines::toString);
            assertTrue(
                    lines.get(0).startsWith("WARN [vm] Dropped a message of the agent that is not a reply: "),
                    lines::toString);
            assertTrue(lines.get(0).endsWith("further ones are counted, not logged"), lines::toString);
            assertTrue(lines.get(0).length() < 1_300, lines::toString);
            assertEquals("DEBUG [vm] Dropped 10000 messages in all", lines.get(1));
        }
    }

    @Test
    @DisplayName(
            "C49 one that does not read has one guest-sync-delimited waiting for it, however many commands are tried")
    void doesNotRead() {
        Duration resync = Duration.ofMinutes(1);
        Duration limit = Duration.ofMinutes(2);
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server =
                        agent().when("guest-file-write").commandNotFound().startUnix()) {
            QgaSession session = connect(client(server).handshakeTimeout(resync).commandTimeout(limit));
            FakeConnection connection = server.awaitConnection();
            connection.faults().pauseReading();
            // More than what the kernel buffers, and given up when it was written.
            StepVerifier.create(session.execute("guest-file-write", Map.of("buf-b64", "x".repeat(4 * MIB))))
                    .then(() -> timers.runOut(limit))
                    .verifyError(ExecTimeoutError.class);
            // The first two are those of the connecting.
            for (int n = 3; n < 9; n++) {
                int timer = n;
                StepVerifier.create(session.execute("guest-ping"))
                        .then(() -> timers.runOut(resync, timer))
                        .verifyError(ExecTimeoutError.class);
            }
            connection.faults().resume();
            await(session.execute("guest-ping"));
            // That of the connecting, that behind the write, and those that were sent since it reads again.
            int sent = server.received("guest-sync-delimited").size();
            assertTrue(sent <= 4, () -> sent + " were sent");
        }
    }
}
