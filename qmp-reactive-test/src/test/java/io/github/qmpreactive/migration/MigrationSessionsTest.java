package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.FakeEnd.QUIET;
import static io.github.qmpreactive.migration.FakeEnd.URI;
import static io.github.qmpreactive.migration.FakeEnd.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.MigrationCancelledError;
import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.error.MigrationNotFoundError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A migration, and the session:")
class MigrationSessionsTest {

    private final HeldTimers timers = new HeldTimers();
    private FakeEnd source = FakeEnd.source();

    @AfterEach
    void close() {
        source.close();
        timers.close();
    }

    private void lose() {
        source.qemu.awaitConnection().close();
    }

    private Flux<MigrationProgress> migration() {
        return source.migration().to(URI, QUIET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"migrate-set-capabilities", "migrate"})
    @DisplayName("lost before the reply to a command, it errors with what tells whether that may have run")
    void beforeReply(String command) {
        source.qemu.when(command).silent();
        StepVerifier.create(migration())
                .then(() -> source.qemu.awaitCommand(command))
                .then(this::lose)
                .verifyErrorSatisfies(e -> {
                    ExecInterruptedError error = assertInstanceOf(ExecInterruptedError.class, e);
                    assertEquals(command, error.command());
                    assertEquals(true, error.isWritten());
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"setup", "active", "pre-switchover", "device", "cancelling", "failing", "postcopy-active"})
    @DisplayName("lost before the end, it errors with the cause of that")
    void lost(String status) {
        StepVerifier.create(migration())
                .then(() -> source.await("query-migrate", 1))
                .then(() -> source.status(status))
                .then(source::roundTrip)
                .then(this::lose)
                .thenConsumeWhile(now -> true)
                .verifyError(ConnectionLostError.class);
    }

    @Test
    @DisplayName("lost after the end, the end is known, and figures that QEMU has not reported are not")
    void lostAfterEnd() {
        source.qemu.when("query-status").silent();
        StepVerifier.create(migration())
                .then(() -> source.await("query-migrate", 1))
                .then(() -> source.failed("Broken pipe"))
                .then(() -> source.await("query-status", 1))
                .then(this::lose)
                .thenConsumeWhile(now -> true)
                .verifyErrorSatisfies(e -> {
                    MigrationFailedError error = assertInstanceOf(MigrationFailedError.class, e);
                    assertEquals("Broken pipe", error.reason());
                    assertEquals(Optional.empty(), error.sourceState());
                    assertFalse(error.runsOn());
                    assertEquals(
                            "[vm] The migration failed: Broken pipe. Whether the source runs is not known.",
                            error.getMessage());
                });
        try (FakeEnd other = FakeEnd.source()) {
            other.qemu.when("query-status").silent();
            StepVerifier.create(other.migration().to(URI, QUIET))
                    .then(() -> other.await("query-migrate", 1))
                    .then(other::completed)
                    .then(() -> other.await("query-status", 1))
                    .then(() -> other.qemu.awaitConnection().close())
                    .thenConsumeWhile(now -> true)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("ended by disconnect(), or by the end of the machine, or before: StateError")
    void disconnected() {
        StepVerifier.create(migration())
                .then(() -> source.await("query-migrate", 1))
                .then(source::roundTrip)
                .then(() -> source.session.disconnect().subscribe())
                .thenConsumeWhile(now -> true)
                .verifyError(StateError.class);
        source.session.disconnect().block(Patience.PATIENCE);
        StepVerifier.create(migration()).verifyError(StateError.class);
        StepVerifier.create(source.migration().follow()).verifyError(StateError.class);
        StepVerifier.create(source.migration().cancel()).verifyError(StateError.class);
        try (FakeEnd other = FakeEnd.source()) {
            StepVerifier.create(other.migration().to(URI, QUIET))
                    .then(() -> other.await("query-migrate", 1))
                    .then(other::roundTrip)
                    .then(() -> other.qemu.emit("SHUTDOWN", "{\"guest\": true, \"reason\": \"guest-shutdown\"}"))
                    .then(() -> other.qemu.awaitConnection().close())
                    .thenConsumeWhile(now -> true)
                    .verifyErrorSatisfies(e -> assertEquals(
                            "[vm] The session ended during a migration; QmpMigration.follow on the next session tells"
                                    + " how it goes on, or has ended",
                            assertInstanceOf(StateError.class, e).getMessage()));
        }
    }

    @Test
    @DisplayName("the next one tells how it has ended meanwhile")
    void endedMeanwhile() {
        source.info(text("completed"));
        StepVerifier.create(source.migration().follow()).expectNextCount(1).verifyComplete();
        source.info("{\"status\": \"failed\", \"error-desc\": \"Broken pipe\"}");
        StepVerifier.create(source.migration().follow())
                .assertNext(now -> assertEquals(Optional.of("Broken pipe"), now.error()))
                .verifyErrorSatisfies(e -> assertEquals("Broken pipe", ((MigrationFailedError) e).reason()));
        source.info(text("cancelled"));
        StepVerifier.create(source.migration().follow()).expectNextCount(1).verifyError(MigrationCancelledError.class);
        for (String none : List.of("{}", text("none"), "{\"blocked-reasons\": [\"x\"]}")) {
            source.info(none);
            StepVerifier.create(source.migration().follow())
                    .verifyErrorSatisfies(e -> assertEquals(
                            "[vm] QEMU has not migrated since it was started",
                            assertInstanceOf(MigrationNotFoundError.class, e).getMessage()));
        }
    }

    @Test
    @DisplayName("nothing is sent before it is subscribed to, and two subscriptions start two migrations")
    void cold() {
        Flux<MigrationProgress> migration = migration();
        Flux<MigrationProgress> followed = source.migration().follow();
        assertEquals(0, source.count("query-migrate"));
        assertEquals(0, source.count("migrate-set-capabilities"));
        for (int i = 1; i <= 2; i++) {
            int number = i;
            StepVerifier.create(MigrationPair.statuses(migration))
                    .expectNext("setup")
                    .then(source::completed)
                    .expectNext("completed")
                    .verifyComplete();
            source.assertSent(number, "migrate");
        }
        StepVerifier.create(followed).expectNextCount(1).verifyComplete();
    }

    @Test
    @DisplayName("events from before it stay for the first subscriber to events, and do not count")
    void earlyEvents() {
        source.status("completed");
        source.roundTrip();
        StepVerifier.create(MigrationPair.statuses(migration()))
                .expectNext("setup")
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .verifyError(MigrationCancelledError.class);
        StepVerifier.create(source.session.events().map(QmpEvent::name).take(1))
                .expectNext("MIGRATION")
                .verifyComplete();
    }

    @Test
    @DisplayName("a subscriber without demand gets the latest, and does not delay it")
    void noDemand() {
        StepVerifier.create(migration(), 0)
                .expectSubscription()
                .then(() -> source.await("query-migrate", 1))
                .then(() -> source.status("active"))
                .then(source::completed)
                .then(() -> source.await("query-status", 1))
                .then(source::roundTrip)
                .thenRequest(1)
                .expectNextMatches(MigrationProgress::isCompleted)
                .verifyComplete();
    }

    @Test
    @DisplayName("with a full queue at the end, it tells the reason when that has room")
    void queueFullAtEnd() {
        try (FakeEnd busy = FakeEnd.source(QmpClient.create().maxInFlight(1).maxQueued(2))) {
            FakeConnection connection = busy.qemu.awaitConnection();
            StepVerifier.create(MigrationPair.statuses(busy.migration().to(URI, QUIET)))
                    .expectNext("setup")
                    .then(() -> busy.await("query-migrate", 1))
                    .then(busy::roundTrip)
                    .then(() -> {
                        busy.session.execute("slow").subscribe();
                        ReceivedCommand slow = connection.awaitCommand("slow");
                        busy.session.execute("stop").subscribe();
                        busy.session.execute("stop").subscribe();
                        busy.failed("Broken pipe");
                        Patience.until(() -> timers.started(MigrationCommands.RETRY) > 0, () -> "nothing waits");
                        connection.answer(slow, Answer.reply("{}"));
                        busy.awaitRoom();
                        timers.runOut(MigrationCommands.RETRY);
                    })
                    .expectNext("failed")
                    .verifyErrorSatisfies(e -> assertEquals("Broken pipe", ((MigrationFailedError) e).reason()));
        }
    }

    @Test
    @DisplayName("with a full queue, it errors with that, and sends nothing")
    void queueFull() {
        try (FakeEnd busy = FakeEnd.source(QmpClient.create().maxInFlight(1).maxQueued(1))) {
            QmpSession session = busy.session;
            Disposable slow = session.execute("slow").subscribe();
            Disposable waiting = session.execute("slow").subscribe();
            StepVerifier.create(busy.migration().to(URI, QUIET)).verifyError(CommandQueueFullError.class);
            waiting.dispose();
            slow.dispose();
            session.disconnect().block(Patience.PATIENCE);
            assertEquals(0, busy.count("migrate-set-capabilities"));
        }
    }
}
