package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.MigrationPair.SLOW;
import static io.github.qmpreactive.migration.MigrationPair.assertState;
import static io.github.qmpreactive.migration.MigrationPair.options;
import static io.github.qmpreactive.migration.MigrationPair.statuses;
import static io.github.qmpreactive.migration.MigrationPair.untilActive;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MigrationCancelledError;
import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.error.MigrationNotFoundError;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("QmpMigration between two real QEMUs")
class QemuMigrationTest {

    private MigrationPair pair = MigrationPair.start();

    @AfterEach
    void close() {
        pair.close();
    }

    private static void fails(StepVerifier.LastStep progress, String sourceState) {
        progress.verifyErrorSatisfies(e -> assertEquals(
                Optional.of(sourceState),
                assertInstanceOf(MigrationFailedError.class, e).sourceState(),
                e::getMessage));
    }

    @Test
    @DisplayName("A guest moves: both ends have completed, it runs at the destination and is stopped at the source")
    void moves() {
        pair.listening(options());
        List<MigrationProgress> all = pair.both().to(pair.uri).collectList().block(Patience.PATIENCE);
        MigrationProgress last = all.get(all.size() - 1);
        assertTrue(last.isCompleted(), all::toString);
        assertTrue(last.transferred().orElse(0) > 0 && last.pass().orElse(0) > 0, all::toString);
        assertEquals(0, last.remaining().orElse(-1), all::toString);
        assertTrue(
                last.downtime().isPresent() && !last.totalTime().orElseThrow().isZero(), all::toString);
        assertState("running", pair.destination);
        assertState("postmigrate", pair.source);
        assertFalse(pair.events().contains("RESUME"), () -> pair.events().toString());
    }

    @Test
    @DisplayName("With one session, success is told when the destination has the guest; that is awaited there, too")
    void oneSession() {
        pair.listening(options());
        StepVerifier.create(Mono.when(
                        QmpMigration.of(pair.destination).awaitIncoming(),
                        QmpMigration.of(pair.source).to(pair.uri)))
                .verifyComplete();
        assertState("running", pair.destination);
        StepVerifier.create(QmpMigration.of(pair.destination).awaitIncoming()).verifyComplete();
        StepVerifier.create(statuses(QmpMigration.of(pair.source).follow()))
                .expectNext("completed")
                .verifyComplete();
        StepVerifier.create(QmpMigration.of(pair.source).cancel().map(MigrationProgress::status))
                .expectNext("completed")
                .verifyComplete();
        assertState("postmigrate", pair.source);
    }

    @Test
    @DisplayName("A destination that does not listen fails the migration, and the guest runs on; the next one succeeds")
    void notListening() {
        StepVerifier.create(pair.both().to(pair.uri))
                .thenConsumeWhile(now -> true)
                .verifyErrorSatisfies(e -> {
                    MigrationFailedError error = assertInstanceOf(MigrationFailedError.class, e);
                    assertTrue(error.reason().startsWith("Failed to connect to '"), error::getMessage);
                    assertEquals(Optional.of("running"), error.sourceState());
                });
        pair.listening(options());
        StepVerifier.create(statuses(pair.both().to(pair.uri)).last())
                .expectNext("completed")
                .verifyComplete();
    }

    @Test
    @DisplayName("A wrong URI is QEMU's refusal, not the outcome of the migration before")
    void wrongUri() {
        StepVerifier.create(QmpMigration.of(pair.source).follow()).verifyError(MigrationNotFoundError.class);
        StepVerifier.create(QmpMigration.of(pair.source).cancel()).verifyComplete();
        StepVerifier.create(QmpMigration.of(pair.source).to("bogus:1"))
                .thenConsumeWhile(now -> true)
                .verifyError(ExecuteError.class);
        StepVerifier.create(QmpMigration.of(pair.source).to("exec:cat>/dev/null"))
                .thenConsumeWhile(now -> true)
                .verifyComplete();
        StepVerifier.create(QmpMigration.of(pair.source).to("bogus:1"))
                .thenConsumeWhile(now -> true)
                .verifyError(ExecuteError.class);
    }

    @Test
    @DisplayName("A migration that is cancelled by cancel() errors with that, and the guest runs on")
    void cancelled() {
        pair.listening(options());
        QmpMigration migration = QmpMigration.of(pair.source);
        untilActive(pair.both().to(pair.uri, SLOW))
                .then(() -> StepVerifier.create(migration.cancel().map(MigrationProgress::status))
                        .expectNext("cancelled")
                        .verifyComplete())
                .thenConsumeWhile(now -> true)
                .verifyErrorSatisfies(e -> assertEquals(
                        Optional.of("running"),
                        assertInstanceOf(MigrationCancelledError.class, e).sourceState(),
                        e::getMessage));
        StepVerifier.create(QmpMigration.of(pair.destination).awaitIncoming()).verifyError(MigrationFailedError.class);
    }

    @Test
    @DisplayName(
            "Cancelling the subscription cancels the migration; a second one meanwhile is refused, and harms nothing")
    void subscriptionCancelled() {
        pair.listening(options());
        untilActive(QmpMigration.of(pair.source).to(pair.uri, SLOW))
                .then(() -> StepVerifier.create(QmpMigration.of(pair.source).to(pair.uri))
                        .verifyError(ExecuteError.class))
                .thenCancel()
                .verify();
        StepVerifier.create(statuses(QmpMigration.of(pair.source).follow()))
                .thenConsumeWhile(status -> !status.equals("cancelled"))
                .expectNext("cancelled")
                .verifyError(MigrationCancelledError.class);
        assertState("running", pair.source);
    }

    @Test
    @DisplayName("With keepOnCancel it goes on, and is followed from another session to its end")
    void kept() {
        pair.listening(options());
        untilActive(pair.both().to(pair.uri, SLOW.keepOnCancel())).thenCancel().verify();
        pair.source.disconnect().block(Patience.PATIENCE);
        QmpSession next = MigrationPair.connect(pair.sourceProcess, "next");
        StepVerifier.create(QmpMigration.of(next)
                        .withDestination(pair.destination)
                        .follow()
                        .map(MigrationProgress::status)
                        .publishOn(Schedulers.boundedElastic()))
                .expectNext("active")
                .then(() -> next.execute("migrate-set-parameters", Map.of("max-bandwidth", 0))
                        .block(Patience.PATIENCE))
                .thenConsumeWhile(status -> !status.equals("completed"))
                .expectNext("completed")
                .verifyComplete();
        assertState("running", pair.destination);
        next.disconnect().block(Patience.PATIENCE);
    }

    @Test
    @DisplayName("A destination that is killed while memory is sent fails the migration, and the guest runs on")
    void killed() {
        pair.listening(options());
        fails(
                untilActive(pair.both().to(pair.uri, SLOW))
                        .then(pair.destinationProcess::kill)
                        .thenConsumeWhile(now -> true),
                "running");
        assertState("running", pair.source);
    }

    @Test
    @DisplayName(
            "A destination that is killed before the switch is noticed although the source waits, and the guest runs on")
    void killedBeforeSwitch() {
        pair.listening(options());
        fails(
                StepVerifier.create(pair.both().to(pair.uri, options().preSwitchover(Mono.never())))
                        .thenConsumeWhile(now -> !now.status().equals("pre-switchover"))
                        .expectNextMatches(now -> now.status().equals("pre-switchover"))
                        .then(pair.destinationProcess::kill)
                        .thenConsumeWhile(now -> true),
                "running");
        assertState("running", pair.source);
    }

    @Test
    @DisplayName("The work before the switch is done while the guest is stopped")
    void work() {
        pair.listening(options());
        StepVerifier.create(statuses(pair.both()
                                .to(
                                        pair.uri,
                                        options()
                                                .preSwitchover(MigrationPair.state(pair.source)
                                                        .filter(state -> !state.equals("running"))
                                                        .single())))
                        .last())
                .expectNext("completed")
                .verifyComplete();
        assertState("running", pair.destination);
    }

    @Test
    @DisplayName("If the work before the switch fails, its error is that of the migration, and the guest runs on")
    void workFails() {
        pair.listening(options());
        StepVerifier.create(pair.both()
                        .to(pair.uri, options().preSwitchover(Mono.error(new IllegalStateException("not now")))))
                .thenConsumeWhile(now -> true)
                .verifyErrorMessage("not now");
        assertState("running", pair.source);
    }

    @Test
    @DisplayName(
            "Two with the same sessions are one after the other: the second source is refused by a spent destination")
    void spent() {
        pair.listening(options());
        StepVerifier.create(pair.both().to(pair.uri))
                .thenConsumeWhile(now -> true)
                .verifyComplete();
        StepVerifier.create(pair.both().to(pair.uri))
                .verifyErrorSatisfies(e -> assertEquals(
                        "[destination] The destination has completed a migration; the migration was not begun, and"
                                + " nothing was sent to the source",
                        assertInstanceOf(MigrationFailedError.class, e).getMessage()));
    }

    @Test
    @DisplayName("A source that is paused leaves the guest paused at the destination")
    void paused() {
        pair.source.execute("stop").block(Patience.PATIENCE);
        pair.listening(options());
        StepVerifier.create(pair.both().to(pair.uri))
                .thenConsumeWhile(now -> true)
                .verifyComplete();
        assertState("paused", pair.destination);
    }

    @Test
    @DisplayName("Several channels for memory are a capability of both ends")
    void multifd() {
        MigrationOptions options = options().capability("multifd", true);
        pair.listening(options);
        StepVerifier.create(statuses(pair.both().to(pair.uri, options)).last())
                .expectNext("completed")
                .verifyComplete();
        assertState("running", pair.destination);
    }

    @Test
    @DisplayName("Several channels at the source alone fail, and the guest runs on")
    void multifdAlone() {
        pair.listening(options());
        fails(
                StepVerifier.create(pair.both().to(pair.uri, options().capability("multifd", true)))
                        .thenConsumeWhile(now -> true),
                "running");
    }

    @Test
    @DisplayName(
            "Cancelling the subscription in the switch leaves the guest to the destination: it does not run at both ends")
    void inTheSwitch() {
        pair.listening(options());
        StepVerifier.create(pair.both().to(pair.uri, options().preSwitchover(Mono.empty())))
                .thenConsumeWhile(now -> !now.status().equals("device"))
                .expectNextCount(1)
                .thenCancel()
                .verify();
        StepVerifier.create(pair.both().follow()).thenConsumeWhile(now -> true).verifyComplete();
        assertState("running", pair.destination);
        assertState("postmigrate", pair.source);
    }

    @Test
    @DisplayName("Ended by cancel() at once, nothing is stuck, and the guest runs on")
    void atOnce() {
        pair.listening(options());
        Disposable migration = QmpMigration.of(pair.source).to(pair.uri, SLOW).subscribe();
        migration.dispose();
        QmpMigration.of(pair.source).cancel().block(Patience.PATIENCE);
        assertState("running", pair.source);
        // QEMU keeps the limits of the first one, if it has received them.
        MigrationOptions unlimited = options().parameters(Map.of("max-bandwidth", 0, "downtime-limit", 300));
        StepVerifier.create(QmpMigration.of(pair.source).to("exec:cat>/dev/null", unlimited))
                .thenConsumeWhile(now -> true)
                .verifyComplete();
    }
}
