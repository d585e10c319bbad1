package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.FakeEnd.QUIET;
import static io.github.qmpreactive.migration.FakeEnd.URI;
import static io.github.qmpreactive.migration.FakeEnd.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.MigrationCancelledError;
import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A migration with sessions of both ends")
class MigrationBothEndsTest extends WithBothEnds {

    private MigrationFailedError failure(Throwable error) {
        return assertInstanceOf(MigrationFailedError.class, error);
    }

    @Test
    @DisplayName("completes when both have, the source first")
    void sourceFirst() {
        begun().then(source::completed)
                .expectNext("completed")
                .then(() -> destination.status("active"))
                .then(destination::roundTrip)
                .then(() -> destination.status("completed"))
                .verifyComplete();
    }

    @Test
    @DisplayName("completes when both have, the destination first")
    void destinationFirst() {
        begun().then(() -> destination.status("completed"))
                .then(destination::roundTrip)
                .then(() -> source.status("device"))
                .expectNext("device")
                .then(source::completed)
                .expectNext("completed")
                .verifyComplete();
    }

    @Test
    @DisplayName("fails if the destination says so although the source has completed: the guest runs nowhere")
    void nowhere() {
        begun().then(source::completed)
                .expectNext("completed")
                .then(() -> destination.failed("load of migration failed"))
                .verifyErrorSatisfies(e -> {
                    MigrationFailedError error = failure(e);
                    assertEquals("load of migration failed", error.reason());
                    assertEquals(Optional.of("postmigrate"), error.sourceState());
                    assertEquals(Optional.of("failed"), error.destinationStatus());
                    assertFalse(error.runsOn());
                    assertEquals(
                            "[vm] The source has completed, but the destination has not. The guest is stopped at the"
                                    + " source (postmigrate). It runs nowhere: cont at the source would run it. The"
                                    + " destination has failed: load of migration failed.",
                            error.getMessage());
                });
        source.assertSent(0, "cont");
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("fails if the destination exits without a word although the source has completed")
    void exits() {
        begun().then(source::completed)
                .expectNext("completed")
                .then(() -> destination.status("active"))
                .then(destination::roundTrip)
                .then(this::lose)
                .verifyErrorSatisfies(e -> {
                    MigrationFailedError error = failure(e);
                    assertInstanceOf(ConnectionLostError.class, error.getCause());
                    assertEquals(Optional.of("active"), error.destinationStatus());
                    assertEquals(
                            "[vm] The source has completed, and how the destination has ended is not known. The guest"
                                    + " is stopped at the source (postmigrate). If it runs at the destination, cont at the source would"
                                    + " run it a second time, on the same disks. The session of the destination has"
                                    + " ended before it told how it ends, after active.",
                            error.getMessage());
                });
    }

    @Test
    @DisplayName("fails with the reason of the source, if that notices first")
    void sourceNotices() {
        begun().then(this::lose)
                .then(() -> source.failed("Broken pipe"))
                .expectNext("failed")
                .verifyErrorSatisfies(e -> {
                    assertEquals("Broken pipe", failure(e).reason());
                    assertTrue(failure(e).runsOn());
                });
        source.assertSent(0, "migrate_cancel");
    }

    @ParameterizedTest
    @ValueSource(strings = {"setup", "wait-unplug", "pre-switchover"})
    @DisplayName("is cancelled if the destination is gone, and the source would wait for it for ever")
    void waitsForEver(String status) {
        StepVerifier.Step<String> begun = begun(QUIET.preSwitchover(Mono.never()));
        if (!status.equals("setup")) {
            begun = begun.then(() -> source.status(status)).expectNext(status);
        }
        begun.then(this::lose)
                .then(() -> timers.runOut(MigrationFollower.SETTLE))
                .then(() -> source.await("migrate_cancel", 1))
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .verifyErrorSatisfies(e -> {
                    assertTrue(failure(e).runsOn());
                    assertInstanceOf(ConnectionLostError.class, e.getCause());
                });
    }

    @Test
    @DisplayName("is cancelled if the destination says that it has failed, and the source goes on")
    void goesOn() {
        begun().then(() -> source.status("active"))
                .expectNext("active")
                .then(() -> destination.failed("no such device"))
                .then(() -> timers.runOut(MigrationFollower.SETTLE))
                .then(() -> source.await("migrate_cancel", 1))
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .verifyErrorSatisfies(
                        e -> assertEquals("no such device", failure(e).reason()));
    }

    @Test
    @DisplayName("is not cancelled if only the session of the destination is lost while memory is sent")
    void monitorLost() {
        begun().then(() -> source.status("active"))
                .expectNext("active")
                .then(this::lose)
                .then(() -> timers.runOut(MigrationFollower.SETTLE))
                .then(() -> source.assertSent(0, "migrate_cancel"))
                .then(() -> source.status("device"))
                .expectNext("device")
                .then(() -> source.assertSent(0, "migrate_cancel"))
                .then(source::completed)
                .expectNext("completed")
                .verifyErrorSatisfies(
                        e -> assertEquals(Optional.of("postmigrate"), failure(e).sourceState()));
    }

    @Test
    @DisplayName("fails if the destination is lost in post-copy, and cancels nothing")
    void postcopy() {
        source.runState("finish-migrate");
        begun().then(() -> source.status("postcopy-active"))
                .expectNext("postcopy-active")
                .then(this::lose)
                .then(() -> source.status("postcopy-paused"))
                .expectNext("postcopy-paused")
                .then(() -> source.runState("paused"))
                .then(() -> timers.runOut(MigrationFollower.SETTLE))
                .verifyErrorSatisfies(e -> {
                    assertEquals(Optional.of("paused"), failure(e).sourceState());
                    assertTrue(String.valueOf(e.getMessage()).contains("is in postcopy-paused, and"), e::getMessage);
                });
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("that was cancelled is told so, also if the destination fails or exits for that")
    void cancelled() {
        begun().then(() -> source.status("active"))
                .expectNext("active")
                .then(() -> destination.status("active"))
                .then(destination::roundTrip)
                .then(this::lose)
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .verifyError(MigrationCancelledError.class);
    }

    @Test
    @DisplayName(
            "that the source says is cancelled, and the destination that it is complete, fails: two guests may run")
    void twice() {
        begun().then(() -> destination.status("active"))
                .then(destination::roundTrip)
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .then(() -> destination.status("completed"))
                .verifyErrorSatisfies(e -> {
                    assertFalse(failure(e).runsOn());
                    assertEquals(Optional.of("running"), failure(e).sourceState());
                    assertTrue(String.valueOf(e.getMessage()).contains("stop one of them"), e::getMessage);
                });
    }

    @Test
    @DisplayName("does not wait for ever for the end of a destination whose source has failed")
    void deafDestination() {
        begun().then(() -> destination.status("active"))
                .then(destination::roundTrip)
                .then(() -> source.failed("Broken pipe"))
                .expectNext("failed")
                .then(() -> timers.runOut(MigrationFollower.SETTLE))
                .verifyErrorSatisfies(
                        e -> assertEquals(Optional.of("active"), failure(e).destinationStatus()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"completed", "failed"})
    @DisplayName("is not begun with a destination that has ended already")
    void spent(String status) {
        destination.info(text(status));
        StepVerifier.create(both().to(URI)).verifyError(MigrationFailedError.class);
        source.assertSent(0, "migrate-set-capabilities");
    }

    @Test
    @DisplayName("is not begun with a destination whose session has ended")
    void lostBefore() {
        destination.session.disconnect().block(Patience.PATIENCE);
        QmpMigration migration = both();
        StepVerifier.create(migration.to(URI))
                .verifyErrorSatisfies(e -> assertTrue(
                        String.valueOf(failure(e).getMessage()).endsWith("nothing was sent to the source"),
                        e::getMessage));
        source.assertSent(0, "migrate-set-capabilities");
        source.info("{\"status\": \"failed\", \"error-desc\": \"Broken pipe\"}");
        StepVerifier.create(migration.follow())
                .expectNextCount(1)
                .verifyErrorSatisfies(
                        e -> assertEquals("Broken pipe", failure(e).reason()));
    }

    @Test
    @DisplayName("errors with the cause if the session of the source is lost, wherever the destination is")
    void sourceLost() {
        begun().then(() -> destination.status("active"))
                .then(destination::roundTrip)
                .then(() -> source.qemu.awaitConnection().close())
                .verifyError(ConnectionLostError.class);
    }

    @Test
    @DisplayName("goes on if the session of the source is lost after it has completed")
    void sourceLostAfterEnd() {
        begun().then(source::completed)
                .expectNext("completed")
                .then(() -> source.qemu.awaitConnection().close())
                .then(() -> source.session.onDisconnect().onErrorComplete().block(Patience.PATIENCE))
                .then(() -> destination.status("completed"))
                .verifyComplete();
    }

    @Test
    @DisplayName("follows both on the next sessions, also if both have ended")
    void followed() {
        source.info(text("completed"));
        source.runState("postmigrate");
        destination.info(text("completed"));
        StepVerifier.create(both().follow()).expectNextCount(1).verifyComplete();
        destination.info(text("failed"));
        StepVerifier.create(both().follow()).expectNextCount(1).verifyError(MigrationFailedError.class);
    }

    @Test
    @DisplayName("is followed to the end also if the destination completes before it has replied")
    void completesMeanwhile() {
        source.info(text("completed"));
        destination.qemu.when("query-migrate").silent();
        StepVerifier.create(both().follow())
                .then(() -> destination.await("query-migrate", 2))
                .then(() -> destination.status("completed"))
                .then(destination::roundTrip)
                .then(() -> destination.qemu.when("query-migrate").reply(text("completed")))
                .then(() -> destination.qemu.received("query-migrate").forEach(query -> destination
                        .qemu
                        .awaitConnection()
                        .answer(query, Answer.reply(text("active")))))
                .expectNextMatches(MigrationProgress::isCompleted)
                .verifyComplete();
    }

    @Test
    @DisplayName("is awaited at the destination alone: its success, its failure, and its exit")
    void awaited() {
        Mono<Void> incoming = QmpMigration.of(destination.session).awaitIncoming();
        assertEquals(0, destination.count("query-migrate"));
        StepVerifier.create(incoming)
                .then(() -> destination.await("query-migrate", 2))
                .then(() -> destination.status("active"))
                .then(() -> destination.status("postcopy-paused"))
                .then(destination::roundTrip)
                .then(() -> destination.status("completed"))
                .verifyComplete();
        StepVerifier.create(incoming).verifyComplete();
        for (boolean told : List.of(true, false)) {
            try (FakeEnd other = FakeEnd.destination()) {
                StepVerifier.create(QmpMigration.of(other.session).awaitIncoming())
                        .then(() -> other.await("query-migrate", 2))
                        .then(() -> {
                            if (told) {
                                other.failed("load of migration failed");
                            } else {
                                other.status("active");
                                other.roundTrip();
                                other.qemu.awaitConnection().close();
                            }
                        })
                        .verifyErrorMessage(
                                told
                                        ? "[destination] The destination has failed: load of migration failed"
                                        : "[destination] The session of the destination has ended before it told how it"
                                                + " ends, after active");
            }
        }
    }

    @Test
    @DisplayName("is awaited until the session ends, and without an end if the wait is cancelled")
    void awaitedInVain() {
        QmpMigration.of(destination.session).awaitIncoming().subscribe().dispose();
        destination.qemu.when("query-migrate").silent();
        StepVerifier.create(QmpMigration.of(destination.session).awaitIncoming())
                .then(() -> destination.await("query-migrate", 2))
                .then(this::lose)
                .verifyErrorSatisfies(e -> assertTrue(
                        e.getCause() instanceof ExecInterruptedError || e.getCause() instanceof ConnectionLostError,
                        () -> String.valueOf(e.getCause())));
        StepVerifier.create(QmpMigration.of(destination.session).awaitIncoming())
                .verifyErrorSatisfies(
                        e -> assertInstanceOf(QmpError.class, failure(e).getCause()));
    }
}
