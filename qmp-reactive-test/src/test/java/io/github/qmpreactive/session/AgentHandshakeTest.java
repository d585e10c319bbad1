package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** On a channel and a clock that are made for tests: all runs on the test's thread. */
@ExtendWith(LeakGuard.class)
@DisplayName("The handshake with a guest agent")
class AgentHandshakeTest {

    private static final Duration LIMIT = Duration.ofMinutes(7);

    private final EmbeddedConnection embedded = new EmbeddedConnection();
    private final EmbeddedChannel channel = embedded.channel;
    private VirtualTimeScheduler clock;

    @BeforeEach
    void begin() {
        clock = VirtualTimeScheduler.getOrSet();
    }

    @AfterEach
    void reset() {
        VirtualTimeScheduler.reset();
        // Releases what was written.
        embedded.sent();
    }

    private CompletableFuture<QgaSession> connect() {
        var session = QgaClient.create()
                .name("vm")
                .handshakeTimeout(LIMIT)
                .connect(embedded.connection())
                .toFuture();
        channel.runPendingTasks();
        return session;
    }

    private void receiveDelimited(String message) {
        embedded.receive(("\u00ff" + message).getBytes(StandardCharsets.ISO_8859_1));
    }

    private QgaSession session() {
        var session = connect();
        String number = embedded.sent().replaceAll("(?s).*\"id\":([0-9]+).*", "$1");
        receiveDelimited("{\"return\": " + number + "}\n");
        return joined(session);
    }

    @Test
    @DisplayName("C49 a refusal that follows the answer to another client's synchronisation: SYNC_REFUSED, quoted")
    void refusedBehindAnotherAnswer() {
        var session = connect();
        receiveDelimited("{\"return\": 1}\n");
        String refusal = "Command guest-sync-delimited has been disabled";
        embedded.receive("{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"" + refusal + "\"}}\n");
        clock.advanceTimeBy(LIMIT);
        channel.runPendingTasks();
        ConnectError error = assertInstanceOf(
                ConnectError.class,
                assertThrows(CompletionException.class, () -> joined(session)).getCause());
        assertEquals(Reason.SYNC_REFUSED, error.reason());
        assertTrue(error.getMessage().contains(refusal), error::getMessage);
    }

    @Test
    @DisplayName("C47 garbage is skipped until the agent has answered; afterwards it ends the session")
    void garbageInStep() {
        QgaSession session = session();
        embedded.receive("]]}\n");
        channel.runPendingTasks();
        assertEquals(SessionState.DISCONNECTED, session.state());
        StepVerifier.create(session.onDisconnect()).verifyError(MalformedMessageError.class);
    }

    @Test
    @DisplayName("its limit does not concern a session that is ready")
    void limitAfterwards() {
        QgaSession session = session();
        clock.advanceTimeBy(LIMIT.multipliedBy(2));
        channel.runPendingTasks();
        assertEquals(SessionState.RUNNING, session.state());
        var end = session.disconnect().toFuture();
        channel.runPendingTasks();
        joined(end.thenApply(nothing -> true));
    }

    @Test
    @DisplayName("P16 cancelled, it closes the connection, and the log says that it was cancelled")
    void cancelled() {
        try (CapturedLog log = CapturedLog.ofSessions()) {
            Disposable attempt =
                    QgaClient.create().name("vm").connect(embedded.connection()).subscribe();
            channel.runPendingTasks();
            attempt.dispose();
            channel.runPendingTasks();
            assertFalse(channel.isOpen());
            assertEquals(
                    List.of("DEBUG [vm] The session ends: [vm] The handshake was cancelled"),
                    log.about("The session ends"));
        }
    }
}
