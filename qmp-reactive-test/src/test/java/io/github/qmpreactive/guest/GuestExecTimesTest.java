package io.github.qmpreactive.guest;

import static io.github.qmpreactive.guest.FakeGuests.DONE;
import static io.github.qmpreactive.guest.FakeGuests.REFUSED_AS_FROZEN;
import static io.github.qmpreactive.guest.FakeGuests.RUNNING;
import static io.github.qmpreactive.guest.FakeGuests.STATUS;
import static io.github.qmpreactive.guest.FakeGuests.agent;
import static io.github.qmpreactive.guest.FakeGuests.client;
import static io.github.qmpreactive.guest.FakeGuests.connect;
import static io.github.qmpreactive.guest.FakeGuests.executing;
import static io.github.qmpreactive.guest.FakeGuests.guest;
import static io.github.qmpreactive.guest.FakeGuests.roundTrip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.GuestProcessLostError;
import io.github.qmpreactive.error.GuestStillRunningError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("A program in the guest: pauses, limits and the end of the session:")
class GuestExecTimesTest {

    private static final QmpCommand SLOW = QmpCommand.of("slow").timeout(ChronoUnit.FOREVER.getDuration());

    private static final GuestCommand COMMAND = GuestCommand.of("sleep", "60");

    /** The status was asked for so often, and the client has the last answer. */
    private static void asked(RunningFakeQmpServer server, QgaSession session, int times) {
        server.awaitCommand(STATUS, times - 1);
        roundTrip(session);
        assertEquals(times, server.received(STATUS).size());
    }

    @Test
    @DisplayName("its status is asked for at once, then in pauses from 50 ms, which double up to a second")
    void pauses() {
        Answer running = Answer.reply(RUNNING);
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (RunningFakeQmpServer server = executing(
                        running, running, running, running, running, running, running, running, Answer.reply(DONE))
                .startUnix()) {
            QgaSession session = connect(server);
            var step = StepVerifier.create(QgaGuest.of(session).exec(COMMAND)).then(() -> asked(server, session, 1));
            List<Integer> pauses = List.of(50, 100, 200, 400, 800, 1000, 1000, 1000);
            for (int i = 0; i < pauses.size(); i++) {
                Duration pause = Duration.ofMillis(pauses.get(i));
                int before = i + 1;
                step = step.then(() -> time.advanceTimeBy(pause.minusMillis(1)))
                        .then(() -> asked(server, session, before))
                        .then(() -> time.advanceTimeBy(Duration.ofMillis(1)));
                if (before < pauses.size()) {
                    step = step.then(() -> asked(server, session, before + 1));
                }
            }
            step.expectNextCount(1).verifyComplete();
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName(
            "over its limit it runs on, and the error has its id; the last answer decides, so that no result is lost")
    void limit() {
        Answer running = Answer.reply(RUNNING);
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (RunningFakeQmpServer server =
                executing(running, running, Answer.reply(DONE), running).startUnix()) {
            QgaSession session = connect(server);
            Duration limit = Duration.ofMillis(120);
            StepVerifier.create(QgaGuest.of(session).exec(COMMAND, limit))
                    .then(() -> asked(server, session, 1))
                    .then(() -> time.advanceTimeBy(Duration.ofMillis(50)))
                    .then(() -> asked(server, session, 2))
                    .then(() -> time.advanceTimeBy(Duration.ofMillis(70)))
                    .expectNextCount(1)
                    .verifyComplete();
            StepVerifier.create(QgaGuest.of(session).exec(COMMAND, Duration.ofMillis(50)))
                    .then(() -> asked(server, session, 4))
                    .then(() -> time.advanceTimeBy(Duration.ofMillis(50)))
                    .verifyErrorSatisfies(e -> {
                        GuestStillRunningError error = assertInstanceOf(GuestStillRunningError.class, e);
                        assertEquals(7, error.pid());
                        assertEquals(Duration.ofMillis(50), error.limit());
                    });
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"frozen", "thawed"})
    @DisplayName(
            "a status that is refused is asked for again while the guest is frozen, and once behind a thaw just then")
    void frozen(String status) {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (RunningFakeQmpServer server = executing(REFUSED_AS_FROZEN, Answer.reply(DONE))
                .when("guest-fsfreeze-status")
                .reply('"' + status + '"')
                .startUnix()) {
            QgaSession session = connect(server);
            StepVerifier.create(QgaGuest.of(session).exec(COMMAND))
                    .then(() -> server.awaitCommand("guest-fsfreeze-status"))
                    .then(() -> roundTrip(session))
                    .then(() -> time.advanceTimeBy(Duration.ofMillis(50)))
                    .expectNextCount(1)
                    .verifyComplete();
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName("a query that was not sent in time is sent again")
    void notSent() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = executing(Answer.reply(RUNNING), Answer.reply(DONE))
                        .when("slow")
                        .silent()
                        .startUnix()) {
            QgaSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            StepVerifier.create(QgaGuest.of(session).exec(COMMAND))
                    .then(() -> asked(server, session, 1))
                    .then(() -> session.execute(SLOW).onErrorComplete().subscribe())
                    .then(() -> connection.awaitCommand("slow"))
                    .then(() -> timers.runOut(Duration.ofMillis(50)))
                    .then(() -> timers.runOut(GuestProcess.ANSWER_LIMIT, 2))
                    .then(() -> timers.runOut(Duration.ofMillis(100)))
                    .then(() -> connection.reply(connection.received("slow").get(0), "{}"))
                    .expectNextCount(1)
                    .verifyComplete();
            assertEquals(2, server.received(STATUS).size());
        }
    }

    @Test
    @DisplayName("a query that cannot be sent for 5 minutes after the last answer ends the wait")
    void notSentForLong() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (RunningFakeQmpServer server =
                executing(Answer.reply(RUNNING)).when("slow").silent().startUnix()) {
            QgaSession session = connect(server);
            StepVerifier.create(QgaGuest.of(session).exec(COMMAND))
                    .then(() -> asked(server, session, 1))
                    .then(() -> session.execute(SLOW).onErrorComplete().subscribe())
                    .then(() -> server.awaitCommand("slow"))
                    .then(() -> time.advanceTimeBy(Duration.ofMillis(50)))
                    .then(() -> time.advanceTimeBy(GuestProcess.ANSWER_LIMIT))
                    .verifyErrorSatisfies(e -> assertInstanceOf(
                            ExecTimeoutError.class,
                            assertInstanceOf(GuestProcessLostError.class, e).getCause()));
            assertEquals(1, server.received(STATUS).size());
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"thawed\"", "{}"})
    @DisplayName("an agent that is never to tell its status is no frozen guest")
    void blocked(String status) {
        try (RunningFakeQmpServer server = executing(REFUSED_AS_FROZEN)
                .when("guest-fsfreeze-status")
                .reply(status)
                .startUnix()) {
            StepVerifier.create(guest(server).exec(COMMAND)).verifyError(GuestProcessLostError.class);
        }
    }

    @Test
    @DisplayName("a status that is not answered ends the wait after 5 minutes, whatever commandTimeout is")
    void silentAgent() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = agent().when("guest-exec")
                        .reply("{\"pid\": 7}")
                        .when(STATUS)
                        .silent()
                        .startUnix()) {
            QgaSession session = connect(client(server).commandTimeout(Duration.ofMinutes(2)));
            StepVerifier.create(QgaGuest.of(session).exec(COMMAND))
                    .then(() -> server.awaitCommand(STATUS))
                    .then(() -> timers.runOut(GuestProcess.ANSWER_LIMIT))
                    .verifyErrorSatisfies(e -> {
                        GuestProcessLostError error = assertInstanceOf(GuestProcessLostError.class, e);
                        assertTrue(assertInstanceOf(ExecTimeoutError.class, error.getCause())
                                .isWritten());
                        assertEquals(7, error.pid());
                    });
        }
    }

    @Test
    @DisplayName("a program whose start times out may still be run, which the error says")
    void startTimesOut() {
        Duration limit = Duration.ofMinutes(2);
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server =
                        agent().when("guest-exec").silent().startUnix()) {
            QgaSession session = connect(client(server).commandTimeout(limit));
            StepVerifier.create(QgaGuest.of(session).exec(COMMAND))
                    .then(() -> server.awaitCommand("guest-exec"))
                    .then(() -> timers.runOut(limit))
                    .verifyErrorSatisfies(e -> {
                        ExecTimeoutError error = assertInstanceOf(ExecTimeoutError.class, e);
                        assertTrue(error.isWritten());
                        assertTrue(error.getMessage().contains("may still"), error.getMessage());
                    });
        }
    }

    @Test
    @DisplayName(
            "the session ends before it is started, or before that is answered: ExecInterruptedError or StateError")
    void lostAtStart() {
        try (RunningFakeQmpServer server = agent().when("guest-exec").silent().startUnix()) {
            QgaSession session = connect(server);
            StepVerifier.create(QgaGuest.of(session).exec(COMMAND))
                    .then(() -> server.awaitCommand("guest-exec"))
                    .then(() -> server.awaitConnection().close())
                    .verifyErrorSatisfies(e -> assertTrue(
                            assertInstanceOf(ExecInterruptedError.class, e).isWritten()));
            StepVerifier.create(QgaGuest.of(session).exec(COMMAND)).verifyError(StateError.class);
        }
    }

    @Test
    @DisplayName("the session ends while its status is asked for: it is lost, with its id and the cause")
    void lostAtStatus() {
        try (RunningFakeQmpServer server =
                executing(Answer.text("").thenClose()).startUnix()) {
            StepVerifier.create(guest(server).exec(COMMAND)).verifyErrorSatisfies(e -> {
                GuestProcessLostError error = assertInstanceOf(GuestProcessLostError.class, e);
                assertEquals(7, error.pid());
                assertTrue(error.endsSession());
                assertTrue(error.isTemporary());
                assertInstanceOf(
                        ConnectionLostError.class,
                        assertInstanceOf(ExecInterruptedError.class, error.getCause())
                                .getCause());
            });
        }
    }

    @Test
    @DisplayName("the session ends in a pause: it is lost at the next query")
    void lostInPause() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (RunningFakeQmpServer server = executing(Answer.reply(RUNNING)).startUnix()) {
            QgaSession session = connect(server);
            StepVerifier.create(QgaGuest.of(session).exec(COMMAND))
                    .then(() -> asked(server, session, 1))
                    .then(() -> session.disconnect().block(Patience.PATIENCE))
                    .then(() -> time.advanceTimeBy(Duration.ofMillis(50)))
                    .verifyErrorSatisfies(e -> assertInstanceOf(
                            StateError.class,
                            assertInstanceOf(GuestProcessLostError.class, e).getCause()));
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName("cancelled in a pause, nothing more is sent")
    void cancelledInPause() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (RunningFakeQmpServer server = executing(Answer.reply(RUNNING)).startUnix()) {
            QgaSession session = connect(server);
            StepVerifier.create(QgaGuest.of(session).exec(COMMAND))
                    .then(() -> asked(server, session, 1))
                    .thenCancel()
                    .verify();
            time.advanceTimeBy(Duration.ofHours(1));
            asked(server, session, 1);
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName("cancelled before it is sent, it is never sent")
    void cancelledInQueue() {
        try (RunningFakeQmpServer server = agent().when("slow").silent().startUnix()) {
            QgaSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            Disposable slow = session.execute("slow").subscribe();
            connection.awaitCommand("slow");
            QgaGuest.of(session).exec(COMMAND).subscribe().dispose();
            connection.reply(connection.received("slow").get(0), "{}");
            roundTrip(session);
            assertTrue(slow.isDisposed());
            assertEquals(List.of(), server.received("guest-exec"));
        }
    }

    @Test
    @DisplayName("a queue that is full at a query is no end: it is asked for again")
    void queueFull() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (RunningFakeQmpServer server = executing(Answer.reply(RUNNING), Answer.reply(DONE))
                .when("slow")
                .silent()
                .startUnix()) {
            QgaSession session = connect(client(server).maxQueued(1));
            FakeConnection connection = server.awaitConnection();
            List<Disposable> busy = new ArrayList<>();
            StepVerifier.create(QgaGuest.of(session).exec(COMMAND))
                    .then(() -> asked(server, session, 1))
                    .then(() -> busy.add(session.execute("slow").subscribe()))
                    .then(() -> connection.awaitCommand("slow"))
                    .then(() -> busy.add(session.execute("guest-ping").subscribe()))
                    .then(() ->
                            StepVerifier.create(session.execute("guest-ping")).verifyError(CommandQueueFullError.class))
                    .then(() -> time.advanceTimeBy(Duration.ofMillis(50)))
                    .then(() -> connection.reply(connection.received("slow").get(0), "{}"))
                    .then(() -> Patience.until(() -> busy.get(1).isDisposed(), () -> "the queue stays full"))
                    .then(() -> time.advanceTimeBy(Duration.ofMillis(100)))
                    .expectNextCount(1)
                    .verifyComplete();
            assertEquals(2, Objects.requireNonNull(busy).size());
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName("an agent that refuses freezing's status, too, is told by its first refusal")
    void refusesAll() {
        try (RunningFakeQmpServer server = executing(REFUSED_AS_FROZEN)
                .when("guest-fsfreeze-status")
                .commandNotFound()
                .startUnix()) {
            StepVerifier.create(guest(server).exec(COMMAND))
                    .verifyErrorSatisfies(e -> assertInstanceOf(
                            ExecuteError.class,
                            assertInstanceOf(GuestProcessLostError.class, e).getCause()));
        }
    }
}
