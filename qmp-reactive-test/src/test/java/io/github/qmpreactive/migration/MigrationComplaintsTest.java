package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.FakeEnd.QUIET;
import static io.github.qmpreactive.migration.FakeEnd.URI;
import static io.github.qmpreactive.migration.FakeEnd.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** What users of other clients and of management tools complain of. */
@ExtendWith(LeakGuard.class)
@DisplayName("A migration")
class MigrationComplaintsTest extends WithBothEnds {

    @Test
    @DisplayName("is not given up since its status is unknown")
    void unknownStatus() {
        begun().then(() -> source.status("warp-active"))
                .expectNext("warp-active")
                .then(source::completed)
                .expectNext("completed")
                .then(() -> destination.status("completed"))
                .verifyComplete();
    }

    @Test
    @DisplayName("has not failed since QEMU is too busy to reply at the switch")
    void busy() {
        begun().then(() -> source.qemu.when("query-migrate").silent())
                .then(() -> source.status("device"))
                .expectNext("device")
                .then(source::completed)
                .then(() -> source.await("query-migrate", 2))
                .then(() -> destination.status("completed"))
                .then(() -> answerQuery(1, "completed"))
                .expectNext("completed")
                .verifyComplete();
    }

    private void answerQuery(int number, String status) {
        source.qemu
                .awaitConnection()
                .answer(source.qemu.received("query-migrate").get(number), Answer.reply(text(status)));
    }

    @Test
    @DisplayName("does not wait for ever, with its guest stopped, for a destination that is gone")
    void waitsForEver() {
        begun(QUIET.preSwitchover(Mono.never()))
                .then(() -> source.status("pre-switchover"))
                .expectNext("pre-switchover")
                .then(this::lose)
                .then(() -> timers.runOut(MigrationFollower.SETTLE))
                .then(() -> source.await("migrate_cancel", 1))
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .verifyErrorSatisfies(e -> assertTrue(((MigrationFailedError) e).runsOn(), e::getMessage));
    }

    @Test
    @DisplayName("is not told as undone while the destination may still take the guest")
    void mayStillRun() {
        begun().then(() -> destination.status("active"))
                .then(destination::roundTrip)
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .then(() -> timers.runOut(MigrationFollower.SETTLE))
                .verifyErrorSatisfies(e -> {
                    assertFalse(((MigrationFailedError) e).runsOn());
                    assertEquals(
                            "[vm] The source is cancelled, but the destination has not ended and may run the guest,"
                                    + " too: end it. The guest runs on at the source. The destination is in active.",
                            e.getMessage());
                });
    }

    @Test
    @DisplayName("that fails at both ends fails with the reason that the destination is about to tell")
    void reasonOfDestination() {
        begun().then(() -> destination.qemu.when("query-migrate").silent())
                .then(() -> destination.qemu.emit("MIGRATION", text("failed")))
                .then(() -> destination.await("query-migrate", 3))
                .then(() -> source.status("failed"))
                .expectNext("failed")
                .then(source::roundTrip)
                .then(() -> destination
                        .qemu
                        .awaitConnection()
                        .answer(
                                destination.qemu.received("query-migrate").get(2),
                                Answer.reply("{\"status\": \"failed\", \"error-desc\": \"no such device\"}")))
                .verifyErrorSatisfies(e -> assertEquals("no such device", ((MigrationFailedError) e).reason()));
    }

    @Test
    @DisplayName("that is cancelled before it has begun neither begins nor keeps the next one away")
    void cancelledBefore() {
        source.qemu.when("migrate-set-capabilities").silent();
        Disposable migration = source.migration().to(URI, QUIET).subscribe();
        source.await("migrate-set-capabilities", 1);
        migration.dispose();
        source.qemu
                .awaitConnection()
                .answer(source.qemu.received("migrate-set-capabilities").get(0), Answer.reply("{}"));
        source.assertSent(0, "migrate");
        source.qemu.when("migrate-set-capabilities").reply("{}");
        begun().thenCancel().verify();
        source.await("migrate_cancel", 1);
    }

    @Test
    @DisplayName("that recovers from a broken network has not failed")
    void recovers() {
        begun().then(() -> source.status("postcopy-active"))
                .expectNext("postcopy-active")
                .then(() -> source.status(
                        "postcopy-paused", "{\"status\": \"postcopy-paused\", \"error-desc\": \"Broken pipe\"}"))
                .expectNext("postcopy-paused")
                .then(() -> source.status("postcopy-recover"))
                .expectNext("postcopy-recover")
                .then(() -> source.status("postcopy-active"))
                .expectNext("postcopy-active")
                .then(source::completed)
                .expectNext("completed")
                .then(() -> destination.status("completed"))
                .verifyComplete();
    }

    @Test
    @DisplayName("whose machine shuts down meanwhile errors with the end of the session")
    void machineEnds() {
        begun().then(() -> source.qemu.emit("SHUTDOWN", "{\"guest\": true, \"reason\": \"guest-shutdown\"}"))
                .then(() -> source.qemu.awaitConnection().close())
                .verifyError(StateError.class);
    }

    @Test
    @DisplayName("that leaves its guest in postmigrate, and the destination without it, is no success")
    void leftInPostmigrate() {
        begun().then(source::completed)
                .expectNext("completed")
                .then(this::lose)
                .verifyErrorSatisfies(
                        e -> assertEquals(Optional.of("postmigrate"), ((MigrationFailedError) e).sourceState()));
        source.assertSent(0, "cont");
    }

    @Test
    @DisplayName("does not go back since the reply to a query comes after the switch")
    void lateReply() {
        begun().then(() -> source.qemu.when("query-migrate").silent())
                .then(() -> source.status("active"))
                .expectNext("active")
                .then(source::completed)
                .then(() -> source.await("query-migrate", 2))
                .then(() -> answerQuery(1, "active"))
                .expectNext("completed")
                .then(() -> destination.status("completed"))
                .verifyComplete();
    }
}
