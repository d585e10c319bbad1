package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Agents.SYNC;
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
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A guest agent that does not answer its synchronisation after a command that was given up")
class AgentResyncTest {

    /** Runs out when a test says so. */
    private static final Duration LIMIT = Duration.ofMinutes(7);

    private static int syncs(FakeConnection connection) {
        return connection.received("guest-sync-delimited").size();
    }

    @Test
    @DisplayName(
            "C49 a resync that is not answered in time: what waits fails unsent, the session goes on, the next asks again")
    void resyncFails() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = agentThatThenAnswersSync(Faults.silence(), Faults.silence(), SYNC)
                        .when("slow")
                        .silent()
                        .startTcp()) {
            QgaSession session = connect(client(server).maxQueued(1).handshakeTimeout(LIMIT));
            FakeConnection connection = server.awaitConnection();
            Disposable slow = session.execute("slow").subscribe();
            connection.awaitCommand("slow");
            slow.dispose();
            // The first two are those of the connecting: of the handshake, and of its synchronisation.
            for (int timer = 3; timer <= 4; timer++) {
                int resync = timer;
                StepVerifier.create(session.execute("guest-ping"))
                        .then(() -> timers.runOut(LIMIT, resync))
                        .verifyErrorSatisfies(e -> {
                            ExecTimeoutError error = assertInstanceOf(ExecTimeoutError.class, e);
                            assertFalse(error.isWritten());
                            assertEquals("guest-ping", error.command());
                            assertEquals(LIMIT, error.timeout());
                            assertTrue(
                                    error.getMessage().contains("after slow, which was given up"), error::getMessage);
                            assertTrue(error.getMessage().contains("guest-sync-delimited"), error::getMessage);
                        });
            }
            assertEquals(SessionState.RUNNING, session.state());
            await(session.execute("guest-ping"));
            assertEquals(4, syncs(connection));
            assertEquals(1, server.received("guest-ping").size());
            // What was refused has given back its place in the queue, once.
            List<Disposable> two = List.of(waits(session), waits(session));
            StepVerifier.create(session.execute("third")).verifyError(CommandQueueFullError.class);
            two.forEach(Disposable::dispose);
        }
    }

    @Test
    @DisplayName("C49 the timeout of a command that waits for a resync says which command was given up")
    void timeoutNamesHoldUp() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = agentThatThenAnswersSync(Faults.silence())
                        .when("slow")
                        .silent()
                        .startTcp()) {
            QgaSession session = connect(client(server).commandTimeout(LIMIT));
            FakeConnection connection = server.awaitConnection();
            Disposable slow = session.execute("slow").subscribe();
            connection.awaitCommand("slow");
            slow.dispose();
            var ping = session.execute("guest-ping").materialize().toFuture();
            timers.runOut(LIMIT, 2);
            ExecTimeoutError error =
                    assertInstanceOf(ExecTimeoutError.class, joined(ping).getThrowable());
            assertFalse(error.isWritten());
            assertTrue(
                    error.getMessage()
                            .endsWith("; it was never sent; after slow, which was given up, the agent has not answered"
                                    + " guest-sync-delimited yet"),
                    error::getMessage);
        }
    }

    @Test
    @DisplayName("C49 a resync that is answered too late counts all the same")
    void resyncLate() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = agentThatThenAnswersSync(Faults.silence())
                        .when("slow")
                        .silent()
                        .startTcp()) {
            QgaSession session = connect(client(server).handshakeTimeout(LIMIT));
            FakeConnection connection = server.awaitConnection();
            Disposable slow = session.execute("slow").subscribe();
            connection.awaitCommand("slow");
            slow.dispose();
            // The first two are those of the connecting: of the handshake, and of its synchronisation.
            StepVerifier.create(session.execute("guest-ping"))
                    .then(() -> timers.runOut(LIMIT, 3))
                    .verifyError(ExecTimeoutError.class);
            await(connection
                    .commands()
                    .filter(c -> c.name().equals("guest-sync-delimited"))
                    .take(2)
                    .count());
            connection.answer(connection.received("guest-sync-delimited").get(1), SYNC);
            var next = session.execute("guest-ping").toFuture();
            // Whether it overtakes the answer or not: one of its own that is asked for is answered, too.
            await(connection
                    .commands()
                    .filter(c -> !c.name().equals("slow"))
                    .skip(2)
                    .next()
                    .doOnNext(c -> {
                        if (c.name().equals("guest-sync-delimited")) {
                            connection.answer(c, SYNC);
                        }
                    }));
            assertEquals("{}", joined(next).toString());
        }
    }
}
