package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Lines of logs and messages of errors, at a server that forges and floods them")
class LogLinesTest {

    private static final String LARGE = "C".repeat(5_000_000);

    private final CapturedLog log = CapturedLog.ofSessions();

    @AfterEach
    void close() {
        log.close();
    }

    private void assertLines() {
        log.lines().forEach(line -> {
            assertTrue(line.length() < 1_300, () -> line.length() + " characters: " + line.substring(0, 200));
            assertEquals(1, line.lines().count(), line);
        });
    }

    @Test
    @DisplayName("An error class of 5 MB and a description with line breaks make one short line")
    void errors() {
        try (RunningFakeQmpServer server = machine()
                .when("x")
                .answer(Answer.error(LARGE, "a\n2026-01-01 INFO forged\r\u2028b"))
                .startUnix()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.execute("x"))
                    .expectErrorSatisfies(e -> {
                        String message = assertInstanceOf(ExecuteError.class, e).getMessage();
                        assertTrue(message.length() < 300, () -> "" + message.length());
                        assertTrue(message.endsWith("a\\u000a2026-01-01 INFO forged\\u000d\\u2028b"), message);
                        assertEquals(LARGE, ((ExecuteError) e).errorClass());
                    })
                    .verify(Clients.PATIENCE);
            server.awaitConnection()
                    .send("{\"error\": {\"class\": \"" + LARGE + "\", \"desc\": \"a\\nb\"}, \"id\": \"\\n" + LARGE
                            + "\"}");
            await(session.execute("query-status"));
            StepVerifier.create(session.execute(QmpCommand.of("query-status"), Integer.class))
                    .verifyErrorSatisfies(
                            e -> assertEquals(1, e.getMessage().lines().count()));
            finish(session.disconnect());
        }
        assertEquals(1, log.about("Dropped an error reply").size());
        assertLines();
    }

    @Test
    @DisplayName("C27 50,000 replies to unknown commands are eleven lines at most, and the session goes on")
    void flood() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            connection.sendText("{\"return\": {}, \"id\": \"nobody\"}\r\n".repeat(25_000)
                    + "{\"error\": {\"class\": \"A\", \"desc\": \"b\"}, \"id\": 1}\r\n".repeat(25_000));
            await(session.execute("query-status"));
            finish(session.disconnect());
        }
        assertEquals(11, log.about("Dropped").size(), log.lines()::toString);
        assertTrue(log.about("Dropped").get(9).endsWith("counted, not logged"));
        assertTrue(log.about("Dropped").get(10).endsWith("Dropped 49990 more messages, which were not logged"));
        assertLines();
    }
}
