package io.github.qmpreactive.guest;

import static io.github.qmpreactive.guest.FakeGuests.FREEZE;
import static io.github.qmpreactive.guest.FakeGuests.THAW;
import static io.github.qmpreactive.guest.FakeGuests.client;
import static io.github.qmpreactive.guest.FakeGuests.connect;
import static io.github.qmpreactive.guest.FakeGuests.names;
import static io.github.qmpreactive.guest.FakeGuests.roundTrip;
import static io.github.qmpreactive.guest.FrozenTest.freezing;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.GuestMayBeFrozenError;
import io.github.qmpreactive.error.GuestNotFrozenError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.session.CapturedLog;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.PublisherProbe;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("Work while the guest is frozen: timeouts and lost sessions:")
class FrozenSessionsTest {

    private static final Answer GONE = Answer.text("").thenClose();

    private static final Duration FREEZE_LIMIT = Duration.ofMinutes(3);

    @AfterEach
    void reset() {
        VirtualTimeScheduler.reset();
    }

    @Test
    @DisplayName("a freeze that times out may succeed late: the guest is thawed, then the timeout is told")
    void lateFreeze() {
        PublisherProbe<String> work = PublisherProbe.empty();
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = freezing().when(FREEZE).silent().startUnix()) {
            QgaSession session = connect(client(server).commandTimeout(Duration.ofMinutes(1)));
            FreezeOptions options = FreezeOptions.defaults().freezeLimit(FREEZE_LIMIT);
            StepVerifier.create(QgaGuest.of(session).frozen(work.mono(), options))
                    .then(() -> server.awaitCommand(FREEZE))
                    .then(() -> timers.runOut(FREEZE_LIMIT))
                    .verifyErrorSatisfies(e -> {
                        ExecTimeoutError error = assertInstanceOf(ExecTimeoutError.class, e);
                        assertEquals(FREEZE, error.command());
                        assertEquals(FREEZE_LIMIT, error.timeout());
                    });
            assertEquals(List.of(FREEZE, THAW), names(server));
            work.assertWasNotSubscribed();
        }
    }

    @Test
    @DisplayName("a freeze that was never sent needs no thawing")
    void neverSent() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = freezing().when("slow").silent().startUnix()) {
            QgaSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            session.execute("slow").subscribe();
            connection.awaitCommand("slow");
            FreezeOptions options = FreezeOptions.defaults().freezeLimit(FREEZE_LIMIT);
            StepVerifier.create(QgaGuest.of(session).frozen(Mono.just(1), options))
                    .then(() -> timers.runOut(FREEZE_LIMIT))
                    .verifyErrorSatisfies(e -> assertFalse(
                            assertInstanceOf(ExecTimeoutError.class, e).isWritten()));
            connection.reply(connection.received("slow").get(0), "{}");
            roundTrip(session);
            session.disconnect().block(Patience.PATIENCE);
            StepVerifier.create(QgaGuest.of(session).frozen(Mono.just(1))).verifyError(StateError.class);
            assertEquals(List.of("slow"), names(server));
        }
    }

    @Test
    @DisplayName("thawing that times out is tried again, and that nothing is left to thaw then is a good end")
    void thawAgain() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = freezing()
                        .when(THAW)
                        .answer(Faults.silence(), Answer.reply("0"))
                        .startUnix()) {
            StepVerifier.create(FakeGuests.guest(server).frozen(Mono.just("done")))
                    .then(() -> server.awaitCommand(THAW))
                    .then(() -> timers.runOut(FrozenWork.THAW_ATTEMPT))
                    .then(() -> timers.runOut(FrozenWork.PAUSE))
                    .expectNext("done")
                    .verifyComplete();
            assertEquals(2, server.received(THAW).size());
        }
    }

    @Test
    @DisplayName("thawing that is refused is tried again; nothing left to thaw after that was thawed before")
    void thawRefused() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = freezing()
                        .when(THAW)
                        .answer(Answer.error("GenericError", "busy"), Answer.reply("0"))
                        .startUnix()) {
            StepVerifier.create(FakeGuests.guest(server).frozen(Mono.just("done")))
                    .then(() -> server.awaitCommand(THAW))
                    .then(() -> timers.runOut(FrozenWork.PAUSE))
                    .verifyError(GuestNotFrozenError.class);
        }
    }

    @Test
    @DisplayName("thawing can be tried without a limit")
    void noThawLimit() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = freezing()
                        .when(THAW)
                        .answer(Answer.error("GenericError", "busy"), Answer.reply("2"))
                        .startUnix()) {
            FreezeOptions options = FreezeOptions.defaults().thawLimit(ChronoUnit.FOREVER.getDuration());
            StepVerifier.create(FakeGuests.guest(server).frozen(Mono.just("done"), options))
                    .then(() -> server.awaitCommand(THAW))
                    .then(() -> timers.runOut(FrozenWork.PAUSE))
                    .expectNext("done")
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("thawing that fails until the limit is told loudly, with the error of the work beside")
    void neverThawed() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        IllegalStateException workError = new IllegalStateException("no snapshot");
        Duration limit = FrozenWork.PAUSE.multipliedBy(20);
        try (RunningFakeQmpServer server =
                freezing().when(THAW).error("GenericError", "no").startUnix()) {
            FreezeOptions options = FreezeOptions.defaults().thawLimit(limit);
            QgaSession session = connect(server);
            StepVerifier.create(QgaGuest.of(session).frozen(Mono.error(workError), options))
                    .then(() -> {
                        for (int i = 0; i < 20; i++) {
                            server.awaitCommand(THAW, i);
                            roundTrip(session);
                            time.advanceTimeBy(FrozenWork.PAUSE);
                        }
                    })
                    .verifyErrorSatisfies(e -> {
                        GuestMayBeFrozenError error = assertInstanceOf(GuestMayBeFrozenError.class, e);
                        assertTrue(error.getMessage().contains("may still be frozen"), error.getMessage());
                        assertInstanceOf(ExecuteError.class, error.getCause());
                        assertArrayEquals(new Throwable[] {workError}, error.getSuppressed());
                        assertFalse(error.endsSession());
                    });
            assertEquals(21, server.received(THAW).size());
        }
    }

    @Test
    @DisplayName("a session that is lost while freezing, working or thawing, and no client: the guest may be frozen")
    void lost() {
        for (String step : List.of(FREEZE, "work", THAW)) {
            try (RunningFakeQmpServer server = freezing().startUnix()) {
                QgaSession session = connect(server);
                server.when(step).answer(GONE);
                Mono<String> work = step.equals("work")
                        ? session.execute(step).then(Mono.just("never")).onErrorReturn("done")
                        : Mono.just("done");
                StepVerifier.create(QgaGuest.of(session).frozen(work)).verifyErrorSatisfies(e -> {
                    GuestMayBeFrozenError error = assertInstanceOf(GuestMayBeFrozenError.class, e);
                    assertTrue(error.endsSession());
                    Class<?> cause = step.equals(THAW) ? ExecInterruptedError.class : StateError.class;
                    assertEquals(cause, Objects.requireNonNull(error.getCause()).getClass());
                    assertEquals(
                            step.equals(FREEZE) ? FREEZE : "",
                            error.getSuppressed().length == 0
                                    ? ""
                                    : assertInstanceOf(ExecInterruptedError.class, error.getSuppressed()[0])
                                            .command());
                });
            }
        }
    }

    @Test
    @DisplayName("a lost session and a client: thaws on a session of the client, and disconnects it")
    void reconnect() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = freezing().startUnix()) {
            QgaSession session = connect(server);
            QgaClient client = client(server);
            FreezeOptions options = FreezeOptions.defaults().reconnect(client);
            Mono<String> work = session.disconnect().thenReturn("done");
            StepVerifier.create(QgaGuest.of(session).frozen(work, options))
                    .then(() -> timers.runOut(FrozenWork.PAUSE))
                    .expectNext("done")
                    .verifyComplete();
            assertEquals(List.of(FREEZE, THAW), names(server));
            server.awaitConnection(1).awaitClosed();
        }
    }

    @Test
    @DisplayName("a lost session, and a client that finds no agent until the limit: that is the cause")
    void noReconnect() {
        try (RunningFakeQmpServer server = freezing().startUnix()) {
            QgaSession session = connect(server);
            FreezeOptions options = FreezeOptions.defaults()
                    .reconnect(QgaClient.create().address(server.address() + ".gone"))
                    .thawLimit(Duration.ofNanos(1));
            StepVerifier.create(QgaGuest.of(session).frozen(session.disconnect().thenReturn("done"), options))
                    .verifyErrorSatisfies(e -> assertInstanceOf(
                            StateError.class,
                            assertInstanceOf(GuestMayBeFrozenError.class, e).getCause()));
        }
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (RunningFakeQmpServer server = freezing().startUnix()) {
            QgaSession session = connect(server);
            FreezeOptions options = FreezeOptions.defaults()
                    .reconnect(QgaClient.create().address(server.address() + ".gone"))
                    .thawLimit(FrozenWork.PAUSE.multipliedBy(200));
            var end = QgaGuest.of(session)
                    .frozen(session.disconnect().thenReturn("done"), options)
                    .materialize()
                    .toFuture();
            Patience.until(
                    () -> {
                        time.advanceTimeBy(FrozenWork.PAUSE);
                        return end.isDone();
                    },
                    () -> "it goes on");
            assertInstanceOf(
                    ConnectError.class,
                    assertInstanceOf(GuestMayBeFrozenError.class, end.join().getThrowable())
                            .getCause());
        }
    }

    @Test
    @DisplayName("cancelled when the session is lost: no subscriber is left, so an error is logged")
    void cancelledAndLost() {
        try (CapturedLog log = CapturedLog.ofGuests();
                RunningFakeQmpServer server = freezing().startUnix()) {
            QgaSession session = connect(server);
            StepVerifier.create(QgaGuest.of(session).frozen(Mono.never()))
                    .then(() -> server.awaitCommand(FREEZE))
                    .then(() -> roundTrip(session))
                    .then(() -> session.disconnect().block(Patience.PATIENCE))
                    .thenCancel()
                    .verify();
            Patience.until(() -> log.about("may still be frozen").size() == 1, () -> "no line");
        }
    }
}
