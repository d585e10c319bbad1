package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.FakeEnd.QUIET;
import static io.github.qmpreactive.migration.FakeEnd.URI;
import static io.github.qmpreactive.migration.FakeEnd.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.error.MigrationPostcopyError;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A migration that is on its way to post-copy")
class ToPostcopyTest extends WithBothEnds {

    private static final String START = "migrate-start-postcopy";

    private long before;

    @BeforeEach
    void old() {
        version(7, 2);
    }

    /** The limits of sessions are as long. */
    private void settle() {
        timers.runOut(MigrationFollower.SETTLE, Math.toIntExact(before) + 1);
    }

    private void version(int major, int minor) {
        source.close();
        source = FakeEnd.source(new QemuVersion(major, minor, 0, ""));
        before = timers.started(MigrationFollower.SETTLE);
    }

    private void start() {
        source.migration().startPostcopy().block(Patience.PATIENCE);
    }

    private StepVerifier.Step<String> started(MigrationOptions options) {
        return begun(options)
                .then(() -> source.migration().startPostcopy().subscribe())
                .then(() -> source.await(START, 1))
                .then(source::roundTrip);
    }

    private void assertNotCancelled() {
        StepVerifier.create(source.migration().cancel()).verifyError(MigrationPostcopyError.class);
        source.assertSent(0, "migrate_cancel");
    }

    @ParameterizedTest
    @ValueSource(strings = {"setup", "wait-unplug", "active", "pre-switchover"})
    @DisplayName("is not cancelled before QEMU 10.0, which may be in post-copy when the cancel comes")
    void notCancelled(String status) {
        start();
        source.info(text(status));
        assertNotCancelled();
    }

    @Test
    @DisplayName("is cancelled from QEMU 10.0 on, which refuses that in post-copy")
    void cancelled() {
        version(10, 0);
        start();
        source.info(text("active"));
        source.migration().cancel().subscribe(end -> {}, failure -> {});
        source.await("migrate_cancel", 1);
    }

    @Test
    @DisplayName("is left alone when its subscription is cancelled")
    void subscription() {
        Disposable migration = source.migration().to(URI, QUIET).subscribe();
        source.await("query-migrate", 1);
        source.status("active");
        start();
        migration.dispose();
        source.await("query-status", 1);
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("is not one that has ended: cancel() tells how")
    void ended() {
        start();
        source.info(text("completed"));
        StepVerifier.create(source.migration().cancel().map(MigrationProgress::status))
                .expectNext("completed")
                .verifyComplete();
    }

    @Test
    @DisplayName("is not cancelled either if QEMU has refused one of two commands for that")
    void oneOfTwo() {
        source.qemu.when(START).silent();
        source.migration().startPostcopy().subscribe(none -> {}, refusal -> {});
        source.await(START, 1);
        source.migration().startPostcopy().subscribe();
        source.await(START, 2);
        source.info(text("active"));
        assertNotCancelled();
        answer(0, Answer.error("GenericError", "Enable postcopy before"));
        answer(1, Answer.reply("{}"));
        source.roundTrip();
        assertNotCancelled();
    }

    private void answer(int number, Answer answer) {
        source.qemu.awaitConnection().answer(source.qemu.received(START).get(number), answer);
    }

    @Test
    @DisplayName("is on its way still if QEMU refuses to prepare the next one meanwhile")
    void nextIsRefused() {
        start();
        source.info(text("active"));
        source.qemu.when("migrate-set-capabilities").error("GenericError", "There's a migration process in progress");
        StepVerifier.create(source.migration().to(URI, QUIET)).verifyError(ExecuteError.class);
        assertNotCancelled();
    }

    @Test
    @DisplayName("is no longer when the next one has been prepared")
    void next() {
        start();
        Disposable migration = source.migration().to(URI, QUIET).subscribe();
        source.await("query-migrate", 1);
        source.status("active");
        source.roundTrip();
        migration.dispose();
        source.await("migrate_cancel", 1);
    }

    private static void assertWaits(Throwable error, Throwable cause, String advice) {
        assertEquals(cause, error.getCause());
        String message = assertInstanceOf(MigrationFailedError.class, error).getMessage();
        assertTrue(
                message.startsWith("[vm] The guest is stopped at the source in pre-switchover, on the way"), message);
        assertTrue(message.contains(advice), message);
    }

    private static final String GO_ON = "not let the guest run on. QmpMigration.follow with options, with work that"
            + " succeeds or without any, lets the migration go on";

    @Test
    @DisplayName("is not cancelled for work that fails: the error says how it goes on")
    void workFails() {
        IllegalStateException failure = new IllegalStateException("not now");
        started(QUIET.preSwitchover(Mono.error(failure)))
                .then(() -> source.runState("finish-migrate"))
                .then(() -> source.status("pre-switchover"))
                .expectNext("pre-switchover")
                .verifyErrorSatisfies(e -> assertWaits(e, failure, GO_ON));
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("is not cancelled if QEMU refuses the switch: the error says so")
    void switchRefused() {
        source.qemu.when("migrate-continue").error("GenericError", "no");
        started(QUIET)
                .then(() -> source.status("pre-switchover"))
                .expectNext("pre-switchover")
                .verifyErrorSatisfies(e -> assertWaits(e, assertInstanceOf(ExecuteError.class, e.getCause()), GO_ON));
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("waits before the switch for a destination that cannot be watched: the error says what if it is gone")
    void destinationIsLost() {
        started(QUIET)
                .then(this::lose)
                .then(() -> settle())
                .then(() -> source.await("query-status", 1))
                .then(source::roundTrip)
                .then(() -> source.status("active"))
                .expectNext("active")
                .then(() -> source.status("pre-switchover"))
                .expectNext("pre-switchover")
                .verifyErrorSatisfies(e -> assertWaits(
                        e,
                        assertInstanceOf(MigrationPostcopyError.class, e.getCause()),
                        "If the QEMU of the destination lives, QmpMigration.follow with options, with work that succeeds"
                                + " or without any, lets the migration go on; else migrate_cancel leaves the guest"
                                + " stopped at the source (postmigrate), where cont would run it. The session of the"
                                + " destination has ended"));
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("waits before the switch for a destination that has failed: the error says that it cannot go on")
    void destinationFails() {
        started(QUIET.preSwitchover(Mono.never()))
                .then(() -> source.status("pre-switchover"))
                .expectNext("pre-switchover")
                .then(() -> destination.failed("no such device"))
                .then(() -> settle())
                .verifyErrorSatisfies(e -> assertWaits(
                        e,
                        assertInstanceOf(MigrationPostcopyError.class, e.getCause()),
                        "It cannot go on: migrate_cancel leaves the guest stopped at the source (postmigrate)"));
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("is not to be cancelled, as a follower that watches says when the destination is gone")
    void watched() {
        start();
        source.info(text("pre-switchover"));
        StepVerifier.create(MigrationPair.statuses(both().follow(QUIET.keepOnCancel())))
                .expectNext("pre-switchover")
                .then(this::lose)
                .then(() -> settle())
                .verifyErrorSatisfies(e -> assertTrue(
                        String.valueOf(e.getMessage()).contains("QmpMigration.cancel() sends none"), e::getMessage));
    }

    @Test
    @DisplayName("is none if QEMU has refused that: it is cancelled for work that fails")
    void refusedPostcopy() {
        source.qemu.when(START).error("GenericError", "Enable postcopy before");
        begun(QUIET.preSwitchover(Mono.error(new IllegalStateException("not now"))))
                .then(() -> source.migration().startPostcopy().onErrorComplete().subscribe())
                .then(() -> source.await(START, 1))
                .then(source::roundTrip)
                .then(() -> source.status("pre-switchover"))
                .expectNext("pre-switchover")
                .then(() -> source.await("migrate_cancel", 1))
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .verifyErrorMessage("not now");
    }

    @Test
    @DisplayName("is cancelled for work that fails from QEMU 10.0 on, where the guest runs on")
    void postcopyFrom10() {
        version(10, 0);
        begun(QUIET.preSwitchover(Mono.error(new IllegalStateException("not now"))))
                .then(() -> source.migration().startPostcopy().subscribe())
                .then(() -> source.await(START, 1))
                .then(() -> source.status("pre-switchover"))
                .expectNext("pre-switchover")
                .then(() -> source.await("migrate_cancel", 1))
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .verifyErrorMessage("not now");
    }
}
