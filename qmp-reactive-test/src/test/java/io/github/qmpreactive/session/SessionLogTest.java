package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.NegotiationError;
import io.github.qmpreactive.error.ServerParseError;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

/** Each line has the level that suits what it means to an operator, and says which session it is about. */
@ExtendWith(LeakGuard.class)
@DisplayName("The log of a session")
class SessionLogTest {

    /** A name that would be taken for a place to fill in, if it were part of a format. */
    private static final String NAME = "vm{}17";

    private static final String STRAY_ERROR =
            "{\"id\":\"stray\",\"error\":{\"class\":\"GenericError\",\"desc\":\"no\"}}";
    private static final String GIVEN_UP = "DEBUG [vm{}17] Dropped the reply to a command that was given up: ";
    private static final Duration SHORT = Duration.ofMillis(50);

    private final CapturedLog log = CapturedLog.ofSessions();

    @AfterEach
    void forget() {
        log.close();
    }

    private static QmpClient named(RunningFakeQmpServer server) {
        return client(server).name(NAME);
    }

    /** Has the server send something, and waits until the session, which goes on, has dealt with it. */
    private static void receive(RunningFakeQmpServer server, QmpSession session, String message) {
        var next = session.events("NEXT").next().toFuture();
        server.awaitConnection().sendText(message + "{\"event\": \"NEXT\"}");
        joined(next);
        assertEquals(SessionState.RUNNING, session.state());
    }

    /** Answers a command whose caller has given it up, and then looks what was said of that. */
    private void assertDroppedLate(RunningFakeQmpServer server, QmpSession session, String member) {
        Object id = server.awaitConnection().awaitCommand("slow").id().orElseThrow();
        receive(server, session, "{\"id\": " + id + ", " + member + "}");
        assertDropped(GIVEN_UP + id);
    }

    private void assertDropped(String line) {
        assertEquals(List.of(line), log.about("Dropped"), () -> String.join("\n", log.lines()));
    }

    @Test
    @DisplayName("C27 a reply with an unknown id is dropped: WARN")
    void unknownReply() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            receive(server, connect(named(server)), "{\"return\": {}, \"id\": \"stray\"}");
            assertDropped("WARN [vm{}17] Dropped a reply to no command that was sent, id \"stray\"");
        }
    }

    @Test
    @DisplayName("C27 an error reply with an unknown id is dropped: ERROR, with what it says")
    void unknownErrorReply() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            receive(server, connect(named(server)), STRAY_ERROR);
            assertDropped("ERROR [vm{}17] Dropped an error reply to no command that was sent: " + STRAY_ERROR);
        }
    }

    @Test
    @DisplayName("C31 a success reply without an id is dropped: WARN")
    void replyWithoutId() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            receive(server, connect(named(server)), "{\"return\": {}}");
            assertDropped("WARN [vm{}17] Dropped a reply to no command that was sent, id none");
        }
    }

    @Test
    @DisplayName("P2 C27 the late reply to a command that was disposed of is dropped: DEBUG")
    void replyToDisposed() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(named(server));
            Disposable slow = session.execute("slow").subscribe();
            server.awaitConnection().awaitCommand("slow");
            slow.dispose();
            assertDroppedLate(server, session, "\"return\": {}");
        }
    }

    @Test
    @DisplayName("P2 C27 the late reply to a command that timeout() gave up is dropped: DEBUG, an error reply too")
    void replyToTimedOut() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(named(server));
            StepVerifier.create(session.execute("slow").timeout(SHORT))
                    .then(() -> server.awaitCommand("slow"))
                    .then(() -> timers.runOut(SHORT))
                    .verifyError(TimeoutException.class);
            assertDroppedLate(server, session, "\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}");
        }
    }

    @Test
    @DisplayName(
            "P2 C27 the late reply to a command that commandTimeout gave up is dropped: DEBUG; a second one is unknown")
    void replyToCommandTimeout() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(named(server).commandTimeout(SHORT));
            StepVerifier.create(session.execute("slow"))
                    .then(() -> server.awaitCommand("slow"))
                    .then(() -> timers.runOut(SHORT))
                    .verifyError(ExecTimeoutError.class);
            assertDroppedLate(server, session, "\"return\": {}");
            Object id = server.received("slow").get(0).id().orElseThrow();
            receive(server, session, "{\"return\": {}, \"id\": " + id + "}");
            assertEquals(
                    List.of(GIVEN_UP + id, "WARN [vm{}17] Dropped a reply to no command that was sent, id " + id),
                    log.about("Dropped"));
        }
    }

    @Test
    @DisplayName("A line is bounded, and without secrets, whatever a server sends")
    void bounded() {
        String long300000 = "x".repeat(300_000);
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(named(server));
            receive(
                    server,
                    session,
                    "{\"return\": {}, \"id\": {\"password\": \"hunter2\", \"x\": \"" + long300000 + "\"}}");
            server.awaitConnection()
                    .sendText("{\"error\": {\"class\": \"GenericError\", \"desc\": \"" + long300000 + "\"}}");
            StepVerifier.create(session.onDisconnect()).verifyErrorSatisfies(e -> {
                ServerParseError error = assertInstanceOf(ServerParseError.class, e);
                assertTrue(String.valueOf(error.getMessage()).length() < 1_200, error::getMessage);
                // What it is about is there, whole.
                assertEquals(
                        long300000, Objects.requireNonNull(error.response()).description());
            });
        }
        assertTrue(log.lines().stream().anyMatch(line -> line.contains("***")), log.lines()::toString);
        assertTrue(log.lines().stream().noneMatch(line -> line.contains("hunter2")));
        log.lines().forEach(line -> assertTrue(line.length() < 1_300, () -> line.length() + " characters"));
    }

    @Test
    @DisplayName("What a server says to a command, or in the negotiation, is cut in the message, and whole beside it")
    void boundedMessages() {
        String words = "y".repeat(200_000);
        try (RunningFakeQmpServer server =
                machine().when("x").error("GenericError", words).startUnix()) {
            StepVerifier.create(connect(named(server)).execute("x")).verifyErrorSatisfies(e -> {
                ExecuteError error = assertInstanceOf(ExecuteError.class, e);
                assertTrue(String.valueOf(error.getMessage()).length() < 1_200);
                assertEquals(words, error.description());
            });
        }
        try (RunningFakeQmpServer server = machine()
                .when("qmp_capabilities")
                .error("CommandNotFound", words)
                .startUnix()) {
            StepVerifier.create(named(server).connect()).verifyErrorSatisfies(e -> {
                String message = String.valueOf(
                        assertInstanceOf(NegotiationError.class, e).getMessage());
                assertTrue(message.length() < 1_300);
                assertTrue(message.endsWith("was this connection negotiated on before?"), message);
            });
        }
    }
}
