package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Agents.agent;
import static io.github.qmpreactive.session.Agents.agentThatThenAnswersSync;
import static io.github.qmpreactive.session.Agents.client;
import static io.github.qmpreactive.session.Agents.connect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("An agent that answers guest-sync-delimited with something else")
class AgentRefusesSyncTest {

    /** What the agent says has to be there when the limit is reached: a busy machine needs a longer one. */
    private static final List<Duration> LIMITS =
            List.of(Duration.ofMillis(300), Duration.ofSeconds(3), Duration.ofSeconds(30));

    private static ConnectError failure(QgaClient client) {
        return assertThrows(ConnectError.class, () -> client.connect().block(Clients.PATIENCE));
    }

    /** The first failure that quotes this, or the last one. */
    private static ConnectError failure(QgaClient client, String quoted) {
        ConnectError error = failure(client.handshakeTimeout(LIMITS.get(0)));
        for (Duration limit : LIMITS.subList(1, LIMITS.size())) {
            if (!error.getMessage().contains(quoted)) {
                error = failure(client.handshakeTimeout(limit));
            }
        }
        return error;
    }

    @Test
    @DisplayName("C49 CommandNotFound, which names it: SYNC_REFUSED, which is not temporary, and quotes the agent")
    void refused() {
        String words = "Command guest-sync-delimited has been disabled: the agent is in frozen state";
        try (RunningFakeQmpServer server = agent().when("guest-sync-delimited")
                .error("CommandNotFound", words)
                .startUnix()) {
            ConnectError error = failure(client(server), words);
            assertEquals(Reason.SYNC_REFUSED, error.reason());
            assertFalse(error.reason().isTemporary());
            assertTrue(error.getMessage().startsWith("[vm] "), error::getMessage);
            assertTrue(error.getMessage().contains("--block-rpcs"), error::getMessage);
            assertTrue(error.getMessage().contains(words), error::getMessage);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'error': {'class': 'GenericError', 'desc': 'guest-sync-delimited is busy'}}"
                        + "| GenericError: guest-sync-delimited is busy",
                "{'error': {'class': 'CommandNotFound', 'desc': 'The command x has not been found'}}"
                        + "| CommandNotFound: The command x has not been found",
                "{'return': {'buf-b64': 'aHVudGVyMg=='}, 'id': 7} | a message of return, id",
                "{'return': {'buf-b64': 'aHVudGVyMg== | 37 bytes, maybe a part of a message",
                "vm login: | vm login:"
            })
    @DisplayName("C49 another error, or one that names another command: NO_SYNC_REPLY, temporary; quotes the last line")
    void other(String answer, String quoted) {
        String text = "{\"return\": {}}\r\n\n" + answer.replace('\'', '"') + "\r\n";
        try (RunningFakeQmpServer server =
                agent().when("guest-sync-delimited").answer(Answer.text(text)).startUnix()) {
            ConnectError error = failure(client(server), quoted);
            assertEquals(Reason.NO_SYNC_REPLY, error.reason());
            assertTrue(error.reason().isTemporary());
            assertTrue(error.getMessage().endsWith("skipped, is: " + quoted), error::getMessage);
        }
    }

    @Test
    @DisplayName("C49 nothing at all: nothing is quoted; a line of 10 MB: it is told that there is one")
    void bounds() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ConnectError error = failure(
                    QgaClient.create().tcp("127.0.0.1", silent.getLocalPort()).handshakeTimeout(LIMITS.get(0)));
            assertFalse(error.getMessage().contains("skipped"), error::getMessage);
        }
        try (RunningFakeQmpServer server = agent().when("guest-sync-delimited")
                .answer(Answer.text("begin" + "x".repeat(10_000_000)))
                .startUnix()) {
            String message = failure(client(server), "512 bytes").getMessage();
            assertTrue(message.endsWith("is: 512 bytes or more, maybe a part of a message"), message::toString);
        }
    }

    @Test
    @DisplayName("C49 later, too, the error of a command that waits quotes what came in place of the answer")
    void later() {
        Duration resync = Duration.ofMinutes(1);
        Duration limit = Duration.ofMinutes(2);
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = agentThatThenAnswersSync(Answer.text("kernel panic\n"))
                        .when("slow")
                        .silent()
                        .startUnix()) {
            QgaSession session = connect(client(server).handshakeTimeout(resync).commandTimeout(limit));
            StepVerifier.create(session.execute("slow"))
                    .then(() -> server.awaitCommand("slow"))
                    .then(() -> timers.runOut(limit))
                    .verifyError(ExecTimeoutError.class);
            // The first two are those of the connecting. Each command asks the agent again until it has said something.
            AtomicInteger timer = new AtomicInteger(2);
            Patience.until(
                    () -> {
                        var ping = session.execute("guest-ping").materialize().toFuture();
                        timers.runOut(resync, timer.incrementAndGet());
                        ExecTimeoutError error = assertInstanceOf(
                                ExecTimeoutError.class, Clients.joined(ping).getThrowable());
                        assertFalse(error.isWritten());
                        return error.getMessage().contains("kernel panic");
                    },
                    () -> "it is not quoted");
        }
    }
}
