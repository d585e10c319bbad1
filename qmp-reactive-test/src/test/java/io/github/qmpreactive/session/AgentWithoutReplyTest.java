package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Agents.agent;
import static io.github.qmpreactive.session.Agents.agentThatThenAnswersSync;
import static io.github.qmpreactive.session.Agents.client;
import static io.github.qmpreactive.session.Agents.connect;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Commands to a guest agent that are not answered when they succeed")
class AgentWithoutReplyTest {

    private static final QmpCommand SHUTDOWN = QmpCommand.of("guest-shutdown");
    private static final QmpCommand SUSPEND = QmpCommand.of("guest-suspend-ram");

    @Test
    @DisplayName("C51 no reply, and the agent answers what was sent behind: success, and the next command is served")
    void nextSync() {
        try (RunningFakeQmpServer server =
                agent().when("guest-suspend-ram").silent().startTcp()) {
            QgaSession session = connect(client(server).commandTimeout(Duration.ofHours(1)));
            finish(session.executeWithoutReply(SUSPEND, Duration.ofMinutes(30)));
            await(session.execute("guest-ping"));
            finish(session.executeWithoutReply(SUSPEND, Duration.ofMinutes(30)));
            assertEquals(
                    List.of(
                            "guest-sync-delimited",
                            "guest-suspend-ram",
                            "guest-sync-delimited",
                            "guest-ping",
                            "guest-suspend-ram",
                            "guest-sync-delimited"),
                    server.received().stream().map(ReceivedCommand::name).toList());
        }
    }

    @Test
    @DisplayName("C51 an error reply counts, and the next command is served")
    void refused() {
        try (RunningFakeQmpServer server = agent().when("guest-suspend-ram")
                .error("GenericError", "the guest cannot sleep")
                .startTcp()) {
            QgaSession session = connect(server);
            StepVerifier.create(session.executeWithoutReply(SUSPEND))
                    .verifyErrorSatisfies(e -> assertEquals(
                            "the guest cannot sleep",
                            assertInstanceOf(ExecuteError.class, e).description()));
            await(session.execute("guest-ping"));
        }
    }

    @Test
    @DisplayName("C51 an error reply that comes after a while counts")
    void refusedLater() {
        try (RunningFakeQmpServer server = agent().when("guest-suspend-ram")
                .answer(Answer.error("GenericError", "the guest cannot sleep").delayed(Duration.ofMillis(200)))
                .startTcp()) {
            QgaSession session = connect(server);
            StepVerifier.create(session.executeWithoutReply(SUSPEND)).verifyError(ExecuteError.class);
            await(session.execute("guest-ping"));
        }
    }

    @Test
    @DisplayName("C51 a guest that sleeps: silence is success; when it wakes up the next command is served")
    void silence() {
        try (RunningFakeQmpServer server = agentThatThenAnswersSync(Faults.silence())
                .when("guest-suspend-ram")
                .silent()
                .startTcp()) {
            QgaSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            finish(session.executeWithoutReply(SUSPEND, Duration.ofMillis(100)));
            var next = session.execute("guest-ping").toFuture();
            await(connection
                    .commands()
                    .filter(c -> c.name().equals("guest-sync-delimited"))
                    .take(3)
                    .count());
            // Awake, it answers all that it was sent meanwhile.
            for (ReceivedCommand sync :
                    connection.received("guest-sync-delimited").subList(1, 3)) {
                connection.answer(sync, Agents.SYNC);
            }
            assertEquals("{}", joined(next).toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"guest-shutdown", "guest-suspend-disk"})
    @DisplayName("C51 the guest goes: success, and an orderly end")
    void guestGoes(String command) {
        try (RunningFakeQmpServer server = agentThatThenAnswersSync(Faults.silence())
                .when(command)
                .answer(Faults.silence().thenClose())
                .startTcp()) {
            QgaSession session = connect(server);
            finish(session.executeWithoutReply(QmpCommand.of(command)));
            finish(session.onDisconnect());
        }
    }

    @Test
    @DisplayName("C51 the guest goes a while after: an orderly end; after a restart of the guest it is none")
    void guestGoesLater() {
        for (boolean restart : new boolean[] {false, true}) {
            try (RunningFakeQmpServer server =
                    agent().when("guest-shutdown").silent().startTcp()) {
                QgaSession session = connect(server);
                finish(session.executeWithoutReply(SHUTDOWN.arguments(Map.of("mode", restart ? "reboot" : "halt"))));
                await(session.execute("guest-ping"));
                server.awaitConnection().close();
                StepVerifier.create(session.onDisconnect().materialize())
                        .assertNext(end -> assertEquals(restart, end.getThrowable() instanceof ConnectionLostError))
                        .verifyComplete();
            }
        }
    }

    @Test
    @DisplayName("An answer is success, too")
    void answered() {
        try (RunningFakeQmpServer server = agent().startTcp()) {
            QgaSession session = connect(server);
            finish(session.executeWithoutReply(QmpCommand.of("guest-ping")));
            await(session.execute("guest-ping"));
        }
    }

    @Test
    @DisplayName("C52 the next command waits until it is known what became of it")
    void nextWaits() {
        try (RunningFakeQmpServer server = agentThatThenAnswersSync(Faults.silence())
                .when("guest-suspend-ram")
                .silent()
                .startTcp()) {
            QgaSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            var suspend = session.executeWithoutReply(SUSPEND).toFuture();
            var next = session.execute("guest-ping").toFuture();
            await(connection
                    .commands()
                    .filter(c -> c.name().equals("guest-sync-delimited"))
                    .take(2)
                    .count());
            assertEquals(0, server.received("guest-ping").size());
            connection.answer(connection.received("guest-sync-delimited").get(1), Agents.SYNC);
            joined(suspend);
            joined(next);
        }
    }

    @Test
    @DisplayName("Cancelled, or out of commandTimeout: the agent is synchronised")
    void givenUp() {
        Duration limit = Duration.ofMinutes(7);
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = agentThatThenAnswersSync(
                                Faults.silence(), Agents.SYNC, Faults.silence(), Agents.SYNC)
                        .when("guest-suspend-ram")
                        .silent()
                        .startTcp()) {
            QgaSession session = connect(client(server).commandTimeout(limit));
            FakeConnection connection = server.awaitConnection();
            Disposable cancelled = session.executeWithoutReply(SUSPEND).subscribe();
            connection.awaitCommand("guest-suspend-ram");
            cancelled.dispose();
            await(session.execute("guest-ping"));
            // The timers before were those of the one that was cancelled, and of the ping.
            StepVerifier.create(session.executeWithoutReply(SUSPEND))
                    .then(() -> await(connection
                            .commands()
                            .filter(c -> c.name().equals("guest-suspend-ram"))
                            .take(2)
                            .count()))
                    .then(() -> timers.runOut(limit, 3))
                    .verifyError(ExecTimeoutError.class);
            await(session.execute("guest-ping"));
            assertEquals(5, connection.received("guest-sync-delimited").size());
        }
    }

    @Test
    @DisplayName("disconnect() is no success, and a silence of no time is refused")
    void notSuccess() {
        try (RunningFakeQmpServer server = agentThatThenAnswersSync(Faults.silence())
                .when("guest-suspend-ram")
                .silent()
                .startTcp()) {
            QgaSession session = connect(server);
            assertThrows(IllegalArgumentException.class, () -> session.executeWithoutReply(SUSPEND, Duration.ZERO));
            var suspend = session.executeWithoutReply(SUSPEND).materialize().toFuture();
            server.awaitConnection().awaitCommand("guest-suspend-ram");
            finish(session.disconnect());
            ExecInterruptedError error =
                    assertInstanceOf(ExecInterruptedError.class, joined(suspend).getThrowable());
            assertTrue(error.isWritten());
        }
    }
}
