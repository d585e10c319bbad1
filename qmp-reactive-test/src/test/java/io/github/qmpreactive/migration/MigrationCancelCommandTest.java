package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.FakeEnd.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MigrationPostcopyError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.junit.LeakGuard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A migration that cancel() is called for")
class MigrationCancelCommandTest {

    private final HeldTimers timers = new HeldTimers();
    private FakeEnd source = FakeEnd.source();

    @AfterEach
    void close() {
        source.close();
        timers.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cancelled", "completed", "failed"})
    @DisplayName("has ended when cancel() emits, and cancel() tells how")
    void ends(String end) {
        source.info(text("active"));
        StepVerifier.create(source.migration().cancel().map(MigrationProgress::status))
                .then(() -> source.await("migrate_cancel", 1))
                .then(() -> source.status("cancelling"))
                .then(() -> source.status(end))
                .expectNext(end)
                .verifyComplete();
    }

    @Test
    @DisplayName("has ended before: cancel() tells how, and sends nothing; empty if there was none")
    void ended() {
        source.info(text("completed"));
        StepVerifier.create(source.migration().cancel().map(MigrationProgress::status))
                .expectNext("completed")
                .verifyComplete();
        source.info("{}");
        StepVerifier.create(source.migration().cancel()).verifyComplete();
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("is in post-copy: cancel() errors, and sends nothing")
    void postcopy() {
        source.info(text("postcopy-active"));
        StepVerifier.create(source.migration().cancel())
                .verifyErrorSatisfies(e -> assertEquals(
                        "[vm] The migration is in post-copy (postcopy-active) and cannot be cancelled: nothing was"
                                + " sent",
                        ((MigrationPostcopyError) e).getMessage()));
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("is refused by QEMU: cancel() errors with that")
    void refused() {
        source.info(text("active"));
        source.qemu.when("migrate_cancel").error("GenericError", "cannot cancel.");
        StepVerifier.create(source.migration().cancel()).verifyError(ExecuteError.class);
    }

    @Test
    @DisplayName("is stuck in setup: cancel() waits for its end, and may itself be cancelled")
    void stuck() {
        source.info(text("setup"));
        source.qemu.when("migrate_cancel").answer(command -> {
            source.info(text("cancelling"));
            return Answer.reply("{}");
        });
        Disposable cancel = source.migration().cancel().subscribe(now -> {}, failure -> {});
        source.await("migrate_cancel", 1);
        source.await("query-migrate", 2);
        timers.runOut(SwitchInterlock.PAUSE);
        source.await("query-migrate", 3);
        source.roundTrip();
        cancel.dispose();
        source.assertSent(1, "migrate_cancel");
        source.assertSent(0, "yank");
    }

    @Test
    @DisplayName("is being cancelled already: cancel() waits for its end, and sends no second migrate_cancel")
    void alreadyCancelled() {
        source.info(text("cancelling"));
        StepVerifier.create(source.migration().cancel().map(MigrationProgress::status))
                .then(() -> source.await("query-migrate", 3))
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .verifyComplete();
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("is cancelled by two at once: one migrate_cancel is sent, and both emit the end")
    void twoAtOnce() {
        source.info(text("active"));
        source.qemu.when("migrate_cancel").silent();
        StepVerifier.create(Mono.zip(
                                source.migration().cancel(), source.migration().cancel())
                        .map(both -> both.getT1().status() + " " + both.getT2().status()))
                .then(() -> source.await("migrate_cancel", 1))
                .then(() -> source.assertSent(1, "migrate_cancel"))
                .then(() -> source.qemu
                        .awaitConnection()
                        .answer(source.qemu.received("migrate_cancel").get(0), Answer.reply("{}")))
                .then(source::roundTrip)
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled cancelled")
                .verifyComplete();
    }

    @Test
    @DisplayName("makes QEMU hang, as QEMU 11.1 may in setup: its connection is broken off out of band")
    void hangs() {
        source.info(text("setup"));
        source.qemu.when("yank").reply("{}");
        source.qemu.when("migrate_cancel").answer(command -> {
            source.qemu.when("query-migrate").silent();
            return Answer.reply("{}");
        });
        StepVerifier.create(source.migration().cancel().map(MigrationProgress::status))
                .then(() -> source.await("query-migrate", 2))
                .then(() -> timers.runOut(MigrationCommands.HANGS))
                .then(() -> source.await("yank", 1))
                .then(() -> source.qemu.when("query-migrate").reply(text("cancelled")))
                .then(() -> source.qemu
                        .awaitConnection()
                        .answer(source.qemu.received("query-migrate").get(1), Answer.reply(text("cancelled"))))
                .expectNext("cancelled")
                .verifyComplete();
        ReceivedCommand yank = source.qemu.received("yank").get(0);
        assertTrue(yank.isOob());
        assertEquals(
                "migration",
                yank.arguments().path("instances").path(0).path("type").stringValue());
    }
}
