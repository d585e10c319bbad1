package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.FakeEnd.QUIET;
import static io.github.qmpreactive.migration.FakeEnd.URI;
import static io.github.qmpreactive.migration.FakeEnd.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.MigrationCancelledError;
import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.junit.LeakGuard;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("The switch of a migration")
class MigrationSwitchTest extends WithBothEnds {

    private static final String CONTINUE = "migrate-continue";

    private Disposable begins() {
        Disposable migration = source.migration().to(URI, QUIET).subscribe(now -> {}, failure -> {});
        source.await("query-migrate", 1);
        source.roundTrip();
        return migration;
    }

    private void answer(ReceivedCommand command, String reply) {
        source.qemu.awaitConnection().answer(command, Answer.reply(reply));
    }

    private ReceivedCommand query(int number) {
        source.await("query-migrate", number + 1);
        return source.qemu.received("query-migrate").get(number);
    }

    @Test
    @DisplayName("begins when this client continues it, once")
    void continues() {
        begun().then(() -> source.status("pre-switchover"))
                .expectNext("pre-switchover")
                .then(() -> source.await(CONTINUE, 1))
                .then(() -> source.status("pre-switchover"))
                .then(() -> source.status("device"))
                .expectNext("device")
                .then(source::completed)
                .expectNext("completed")
                .then(() -> destination.status("completed"))
                .verifyComplete();
        source.assertSent(1, CONTINUE);
    }

    @Test
    @DisplayName("does not begin after the subscription was cancelled: the cancel finds the source before it")
    void cancelledBefore() {
        Disposable migration = begins();
        source.status("active");
        source.roundTrip();
        source.qemu.when("query-migrate").silent();
        migration.dispose();
        ReceivedCommand look = query(1);
        source.status("pre-switchover");
        source.runState("finish-migrate");
        answer(look, text("active"));
        source.await("migrate_cancel", 1);
        source.assertSent(0, CONTINUE);
    }

    @Test
    @DisplayName("that has begun since cancel() has looked is not cancelled")
    void olderLook() {
        Disposable migration = begins();
        source.qemu.when("query-migrate").silent();
        StepVerifier.create(source.migration().cancel().map(MigrationProgress::status))
                .then(() -> query(1))
                .then(() -> source.status("pre-switchover"))
                .then(() -> source.await(CONTINUE, 1))
                .then(() -> answer(query(1), text("active")))
                .then(() -> source.assertSent(0, "migrate_cancel"))
                .then(() -> source.qemu.when("query-migrate").reply(text("completed")))
                .then(() -> source.qemu.received("query-migrate").stream()
                        .skip(2)
                        .forEach(query -> answer(query, text("device"))))
                .then(source::completed)
                .expectNext("completed")
                .verifyComplete();
        source.assertSent(0, "migrate_cancel");
        migration.dispose();
    }

    @Test
    @DisplayName("that QEMU has not begun yet, though it has replied to that, is not cancelled either")
    void rightBehind() {
        Disposable migration = begins();
        source.status("pre-switchover");
        source.runState("finish-migrate");
        source.await(CONTINUE, 1);
        StepVerifier.create(source.migration().cancel().map(MigrationProgress::status))
                .then(() -> source.await("query-status", 1))
                .then(() -> source.assertSent(0, "migrate_cancel"))
                .then(source::completed)
                .expectNext("completed")
                .verifyComplete();
        source.assertSent(0, "migrate_cancel");
        migration.dispose();
    }

    @Test
    @DisplayName("waits until QEMU has replied to a cancel that came first, and is then refused")
    void cancelFirst() {
        source.qemu.when("migrate_cancel").silent();
        source.qemu.when(CONTINUE).error("GenericError", "Migration not in expected state: cancelling");
        begun().then(() -> source.status("active"))
                .expectNext("active")
                .then(() -> source.migration().cancel().subscribe())
                .then(() -> source.await("migrate_cancel", 1))
                .then(() -> source.status("pre-switchover"))
                .expectNext("pre-switchover")
                .then(() -> source.assertSent(0, CONTINUE))
                .then(() -> source.info(text("cancelling")))
                .then(() -> answer(source.qemu.received("migrate_cancel").get(0), "{}"))
                .then(() -> source.await(CONTINUE, 1))
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .verifyError(MigrationCancelledError.class);
    }

    @Test
    @DisplayName("is over for the next migration of the session, which is cancelled before its own")
    void nextMigration() {
        Disposable migration = begins();
        source.status("pre-switchover");
        source.await("query-migrate", 2);
        source.status("failed");
        source.roundTrip();
        timers.runOut(SwitchInterlock.PAUSE);
        source.roundTrip();
        migration.dispose();
        int before = source.count("query-migrate");
        Disposable next = source.migration().to(URI, QUIET).subscribe(now -> {}, failure -> {});
        source.await("query-migrate", before + 1);
        source.roundTrip();
        next.dispose();
        source.await("migrate_cancel", 1);
    }

    @Test
    @DisplayName("does not begin for a follower that watches, and begins for one that goes on with the migration")
    void followed() {
        source.info(text("pre-switchover"));
        StepVerifier.create(MigrationPair.statuses(source.migration().follow()))
                .expectNext("pre-switchover")
                .then(() -> source.assertSent(0, CONTINUE))
                .thenCancel()
                .verify();
        source.assertSent(0, CONTINUE);
        source.assertSent(0, "migrate_cancel");
        StepVerifier.create(MigrationPair.statuses(source.migration().follow(QUIET)))
                .expectNext("pre-switchover")
                .then(() -> source.await(CONTINUE, 1))
                .then(source::completed)
                .expectNext("completed")
                .verifyComplete();
        source.assertSent(1, CONTINUE);
    }

    @Test
    @DisplayName("begins for a follower without work whose options have the source stop before it")
    void followedByCapability() {
        source.info(text("pre-switchover"));
        StepVerifier.create(MigrationPair.statuses(
                        source.migration().follow(QUIET.keepOnCancel().capability("pause-before-switchover", true))))
                .expectNext("pre-switchover")
                .then(() -> source.await(CONTINUE, 1))
                .then(source::completed)
                .expectNext("completed")
                .verifyComplete();
    }

    @ParameterizedTest
    @ValueSource(strings = {"setup", "pre-switchover"})
    @DisplayName("A follower that watches tells of a destination that is gone what to do, and does nothing")
    void watches(String status) {
        source.info(text(status));
        source.runState("paused");
        StepVerifier.create(MigrationPair.statuses(both().follow(QUIET.keepOnCancel())))
                .expectNext(status)
                .then(this::lose)
                .then(() -> timers.runOut(MigrationFollower.SETTLE))
                .verifyErrorSatisfies(e -> assertEquals(
                        "[vm] The source is still in " + status + ", but the destination cannot be watched any more:"
                                + " QmpMigration.cancel() ends the migration, and the guest runs on at the source. The"
                                + " guest is stopped at the source (paused): cont there would run it. The session of the"
                                + " destination has ended before it told how it ends.",
                        assertInstanceOf(MigrationFailedError.class, e).getMessage()));
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("A follower that watches tells of a destination that has failed, if the source does not notice")
    void watchesFailure() {
        source.info(text("active"));
        StepVerifier.create(MigrationPair.statuses(both().follow(QUIET.keepOnCancel())))
                .expectNext("active")
                .then(() -> destination.failed("no such device"))
                .then(() -> timers.runOut(MigrationFollower.SETTLE))
                .verifyErrorSatisfies(e -> {
                    MigrationFailedError error = assertInstanceOf(MigrationFailedError.class, e);
                    assertEquals("no such device", error.reason());
                    assertTrue(
                            String.valueOf(e.getMessage()).contains("still in active, but the destination has failed"),
                            e::getMessage);
                });
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("is waited for by cancel() of another session, which sends nothing once the source is in it")
    void otherSession() {
        source.info(text("device"));
        source.runState("finish-migrate");
        Mono<String> cancel = source.migration().cancel().map(MigrationProgress::status);
        StepVerifier.create(cancel)
                .then(() -> source.await("query-status", 1))
                .then(source::completed)
                .expectNext("completed")
                .verifyComplete();
        source.assertSent(0, "migrate_cancel");
    }
}
