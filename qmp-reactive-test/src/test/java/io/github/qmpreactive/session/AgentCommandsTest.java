package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Agents.SYNC;
import static io.github.qmpreactive.session.Agents.agent;
import static io.github.qmpreactive.session.Agents.agentThatThenAnswersSync;
import static io.github.qmpreactive.session.Agents.client;
import static io.github.qmpreactive.session.Agents.connect;
import static io.github.qmpreactive.session.Agents.waits;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.ResultTypeError;
import io.github.qmpreactive.error.ServerParseError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import tools.jackson.core.type.TypeReference;

@ExtendWith(LeakGuard.class)
@DisplayName("Commands to a guest agent")
class AgentCommandsTest {

    /** Runs out when a test says so. */
    private static final Duration LIMIT = Duration.ofMinutes(7);

    record Pid(int pid) {}

    private static int syncs(FakeConnection connection) {
        return connection.received("guest-sync-delimited").size();
    }

    @Test
    @DisplayName("C52 one at a time, in the order of their subscriptions")
    void oneAtATime() {
        try (RunningFakeQmpServer server = agent().when("slow").silent().startTcp()) {
            QgaSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            var results = Flux.range(0, 4)
                    .flatMapSequential(n -> session.execute("slow", Map.of("n", n)))
                    .map(result -> result.path("n").intValue())
                    .collectList()
                    .toFuture();
            List<Integer> orders = connection
                    .commands()
                    .filter(c -> c.name().equals("slow"))
                    .take(4)
                    .map(command -> {
                        int arrived = connection.received("slow").size();
                        connection.reply(command, command.arguments().toString());
                        return arrived;
                    })
                    .collectList()
                    .block(Clients.PATIENCE);
            assertEquals(List.of(1, 2, 3, 4), orders);
            assertEquals(List.of(0, 1, 2, 3), joined(results));
        }
    }

    @Test
    @DisplayName("Arguments, classes and type references, as with a monitor")
    void conversions() {
        try (RunningFakeQmpServer server = agent().when("guest-exec")
                .reply("{\"pid\": 7}")
                .when("list")
                .reply("[{\"pid\": 1}, {\"pid\": 2}]")
                .startUnix()) {
            QgaSession session = connect(server);
            QmpCommand exec = QmpCommand.of("guest-exec").arguments(Map.of("path", "/bin/true"));
            assertEquals(new Pid(7), await(session.execute(exec, Pid.class)));
            assertEquals(
                    List.of(new Pid(1), new Pid(2)),
                    await(session.execute(QmpCommand.of("list"), new TypeReference<List<Pid>>() {})));
            StepVerifier.create(session.execute(exec, Integer.class)).verifyError(ResultTypeError.class);
            StepVerifier.create(session.execute("guest-exec", 5)).verifyError(EncodeError.class);
            StepVerifier.create(session.execute(QmpCommand.of("guest-ping").oob()))
                    .verifyError(EncodeError.class);
            assertEquals(0, server.received("guest-ping").size());
        }
    }

    @Test
    @DisplayName("An error reply is an ExecuteError, whose message does not tell the arguments")
    void refused() {
        try (RunningFakeQmpServer server = agent().when("guest-set-user-password")
                .error("GenericError", "no such user")
                .startUnix()) {
            QgaSession session = connect(server);
            StepVerifier.create(session.execute(
                            "guest-set-user-password",
                            Map.of("username", "root", "password", "aHVudGVyMg==", "crypted", false)))
                    .verifyErrorSatisfies(e -> {
                        ExecuteError error = assertInstanceOf(ExecuteError.class, e);
                        assertEquals("no such user", error.description());
                        assertFalse(error.toString().contains("aHVudGVyMg"), error::toString);
                    });
            await(session.execute("guest-ping"));
        }
    }

    @Test
    @DisplayName("C49 after a timeout the late reply is dropped, and the next command waits and gets its own")
    void resyncAfterTimeout() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = agentThatThenAnswersSync(Faults.silence(), SYNC)
                        .when("slow")
                        .silent()
                        .startTcp()) {
            QgaSession session = connect(client(server).commandTimeout(LIMIT).name("vm"));
            FakeConnection connection = server.awaitConnection();
            StepVerifier.create(session.execute("slow"))
                    .then(() -> connection.awaitCommand("slow"))
                    .then(() -> timers.runOut(LIMIT))
                    .verifyErrorSatisfies(e -> assertTrue(
                            assertInstanceOf(ExecTimeoutError.class, e).isWritten()));
            // The agent is still at it, and has not read the synchronisation.
            await(connection
                    .commands()
                    .filter(c -> c.name().equals("guest-sync-delimited"))
                    .take(2)
                    .count());
            var next = session.execute("guest-ping").toFuture();
            ReceivedCommand slow = connection.received("slow").get(0);
            ReceivedCommand sync = connection.received("guest-sync-delimited").get(1);
            connection.reply(slow, "\"late\"");
            connection.faults().idlessError("JSON parse error, stray '\ufffd'");
            connection.answer(sync, SYNC);
            assertEquals("{}", joined(next).toString());
            assertEquals(2, syncs(connection));
            List<String> order =
                    connection.received().stream().map(ReceivedCommand::name).toList();
            assertEquals(List.of("guest-sync-delimited", "slow", "guest-sync-delimited", "guest-ping"), order);
        }
    }

    @Test
    @DisplayName("C49 a busy agent answers late, half of it before the timeout: the rest of the half is dropped")
    void resyncInsideOfAReply() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = agentThatThenAnswersSync(Faults.silence(), SYNC)
                        .when("slow")
                        .answer(Answer.reply("\"half of this comes {[ late\"").truncated(20))
                        .startTcp()) {
            QgaSession session = connect(client(server).commandTimeout(LIMIT));
            FakeConnection connection = server.awaitConnection();
            StepVerifier.create(session.execute("slow"))
                    .then(() -> connection.awaitCommand("slow"))
                    .then(() -> timers.runOut(LIMIT))
                    .verifyError(ExecTimeoutError.class);
            await(connection
                    .commands()
                    .filter(c -> c.name().equals("guest-sync-delimited"))
                    .take(2)
                    .count());
            var next = session.execute("guest-ping").toFuture();
            connection.sendText(" comes {[ late\"}\n");
            connection.answer(connection.received("guest-sync-delimited").get(1), SYNC);
            assertEquals("{}", joined(next).toString());
        }
    }

    @Test
    @DisplayName("C49 a command that is cancelled once it was sent has the agent synchronised; one that waited has not")
    void resyncAfterCancel() {
        try (RunningFakeQmpServer server = agent().when("slow").silent().startTcp()) {
            QgaSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            Disposable first = session.execute("slow").subscribe();
            connection.awaitCommand("slow");
            Disposable second = session.execute("never").subscribe();
            second.dispose();
            first.dispose();
            await(session.execute("guest-ping"));
            assertEquals(2, syncs(connection));
            assertEquals(0, server.received("never").size());
        }
    }

    @Test
    @DisplayName("P22 timeouts that race the replies: each command ends once, no reply goes to another's caller")
    void timeoutsRaceReplies() {
        try (RunningFakeQmpServer server = agent().when("echo")
                .reply(command -> command.arguments().path("n"))
                .startUnix()) {
            QgaSession session = connect(client(server).commandTimeout(Duration.ofNanos(400_000)));
            Long wrong = Flux.range(0, 2000)
                    .flatMap(
                            n -> session.execute("echo", Map.of("n", n))
                                    .filter(echo -> echo.intValue() != n)
                                    .onErrorResume(ExecTimeoutError.class, e -> reactor.core.publisher.Mono.empty()),
                            3)
                    .count()
                    .block(Clients.PATIENCE);
            assertEquals(0, wrong);
        }
    }

    @Test
    @DisplayName("commandTimeout runs on Reactor's clock; it is a minute by default")
    void defaultTimeout() {
        try (RunningFakeQmpServer server = agent().when("slow").silent().startTcp()) {
            QgaSession session = connect(server);
            StepVerifier.withVirtualTime(() -> session.execute("slow"))
                    .expectSubscription()
                    .expectNoEvent(Duration.ofSeconds(59))
                    .thenAwait(Duration.ofSeconds(2))
                    .expectError(ExecTimeoutError.class)
                    .verify(Clients.PATIENCE);
        }
    }

    @Test
    @DisplayName("One command more than maxQueued fails at once")
    void queueFull() {
        try (RunningFakeQmpServer server = agent().when("slow").silent().startTcp()) {
            QgaSession session = connect(client(server).maxQueued(2));
            List<Disposable> three = List.of(waits(session), waits(session), waits(session));
            StepVerifier.create(session.execute("fourth")).verifyError(CommandQueueFullError.class);
            three.forEach(Disposable::dispose);
            // Their places are given back on the event loop.
            await(session.execute("guest-ping")
                    .retryWhen(reactor.util.retry.Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(1))
                            .filter(CommandQueueFullError.class::isInstance)));
        }
    }

    @Test
    @DisplayName("0xFF between the agent's messages is no error, and one inside drops what is incomplete")
    void strayMarks() {
        try (RunningFakeQmpServer server = agent().when("marked")
                .answer(Answer.reply("1").delimited())
                .when("broken")
                .answer(Answer.text("{\"return\": \"half"))
                .startTcp()) {
            QgaSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            assertEquals(1, await(session.execute("marked")).intValue());
            connection.sendBytes(new byte[] {(byte) 0xFF, '\n', (byte) 0xFF});
            assertEquals(1, await(session.execute("marked")).intValue());
            var broken = session.execute("broken").toFuture();
            connection.answer(
                    connection.awaitCommand("broken"), Answer.reply("2").delimited());
            assertEquals(2, joined(broken).intValue());
        }
    }

    @Test
    @DisplayName("C30 an error without an id, when in step, ends the session")
    void idlessError() {
        try (RunningFakeQmpServer server = agent().when("slow").silent().startTcp()) {
            QgaSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            var slow = session.execute("slow").toFuture();
            connection.awaitCommand("slow");
            connection.faults().idlessError("JSON parse error");
            StepVerifier.create(session.onDisconnect()).verifyError(ServerParseError.class);
            assertTrue(slow.isCompletedExceptionally());
            StepVerifier.create(session.execute("guest-ping")).verifyError(StateError.class);
        }
    }

    @Test
    @DisplayName("P23 the end of the connection interrupts what is pending, while it waits for the agent as well")
    void end() {
        try (RunningFakeQmpServer server =
                agentThatThenAnswersSync(Faults.silence()).when("slow").silent().startUnix()) {
            QgaSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            Disposable slow = session.execute("slow").subscribe();
            connection.awaitCommand("slow");
            slow.dispose();
            var waiting = session.execute("guest-ping").materialize().toFuture();
            await(connection
                    .commands()
                    .filter(c -> c.name().equals("guest-sync-delimited"))
                    .take(2)
                    .count());
            connection.close();
            ExecInterruptedError error =
                    assertInstanceOf(ExecInterruptedError.class, joined(waiting).getThrowable());
            assertFalse(error.isWritten());
            assertInstanceOf(ConnectionLostError.class, error.getCause());
            StepVerifier.create(session.onDisconnect()).verifyError(ConnectionLostError.class);
        }
    }
}
