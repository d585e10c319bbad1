package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.FakeEnd.QUIET;
import static io.github.qmpreactive.migration.FakeEnd.URI;
import static io.github.qmpreactive.migration.FakeEnd.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
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
@DisplayName("What is sent for one migration is not sent for the next:")
class OnlyThisMigrationTest {

    private final HeldTimers timers = new HeldTimers();
    private final FakeEnd source = FakeEnd.source();

    @AfterEach
    void close() {
        source.close();
        timers.close();
    }

    private static Disposable cancel(QmpSession session) {
        return QmpMigration.of(session).cancel().subscribe(end -> {}, failure -> {});
    }

    private void answer(String command, int number) {
        source.qemu.awaitConnection().answer(source.qemu.received(command).get(number), Answer.reply("{}"));
    }

    @Test
    @DisplayName("a second cancel() waits for the first one, and does not look again")
    void secondCancel() {
        source.info(text("active"));
        source.qemu.when("migrate_cancel").silent();
        cancel(source.session);
        source.await("migrate_cancel", 1);
        cancel(source.session);
        source.await("query-status", 2);
        source.roundTrip();
        answer("migrate_cancel", 0);
        source.roundTrip();
        assertEquals(0, timers.started(SwitchInterlock.PAUSE));
        source.assertSent(1, "migrate_cancel");
    }

    @Test
    @DisplayName("a second cancel() is sent in the place of the first one in the queue if that is given up")
    void givenUp() {
        try (FakeEnd busy = FakeEnd.source(QmpClient.create().maxInFlight(1))) {
            FakeConnection connection = busy.qemu.awaitConnection();
            busy.info(text("active"));
            busy.qemu.when("query-migrate").silent();
            Disposable first = cancel(busy.session);
            Disposable second = cancel(busy.session);
            busy.await("query-migrate", 1);
            busy.session.execute("slow").subscribe();
            connection.answer(busy.qemu.received("query-migrate").get(0), Answer.reply(text("active")));
            busy.await("query-migrate", 2);
            connection.answer(busy.qemu.received("query-migrate").get(1), Answer.reply(text("active")));
            ReceivedCommand slow = connection.awaitCommand("slow");
            busy.qemu.when("query-migrate").reply(text("cancelling"));
            first.dispose();
            connection.answer(slow, Answer.reply("{}"));
            busy.await("migrate_cancel", 1);
            busy.assertSent(1, "migrate_cancel");
            second.dispose();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4_000, -1})
    @DisplayName("a cancel that the queue had no room for, if another migration may have begun since")
    void another(long totalTime) {
        source.info(active(5_000));
        StepVerifier.create(QmpMigration.of(RefusingSession.of(source.session, "migrate_cancel"))
                        .cancel())
                .then(() -> source.await("query-migrate", 1))
                .then(source::roundTrip)
                .then(() -> source.info(active(totalTime)))
                .then(() -> timers.runOut(MigrationCommands.RETRY))
                .verifyError(CommandQueueFullError.class);
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("a cancel that the queue had no room for is sent a second later for the same migration")
    void same() {
        source.info(active(5_000));
        Disposable cancel = cancel(RefusingSession.of(source.session, "migrate_cancel"));
        source.await("query-migrate", 1);
        source.roundTrip();
        source.info(active(6_000));
        timers.runOut(MigrationCommands.RETRY);
        source.await("migrate_cancel", 1);
        cancel.dispose();
    }

    private static String active(long totalTime) {
        return totalTime < 0 ? text("setup") : "{\"status\": \"active\", \"total-time\": " + totalTime + "}";
    }

    @Test
    @DisplayName("a cancel whose look waits for room, if this session has begun another migration since")
    void ownNext() {
        source.info(text("active"));
        QmpSession full = RefusingSession.of(source.session, "query-status");
        Disposable cancel = cancel(full);
        Disposable next = QmpMigration.of(full).to(URI, QUIET).subscribe();
        source.await("migrate", 1);
        source.status("active");
        source.roundTrip();
        timers.runOut(MigrationCommands.RETRY);
        source.await("query-status", 1);
        source.assertSent(0, "migrate_cancel");
        cancel.dispose();
        next.dispose();
        source.await("migrate_cancel", 1);
    }

    @Test
    @DisplayName("a switch that waits for the reply to a cancel, if the migration has ended since")
    void waitingSwitch() {
        source.qemu.when("migrate_cancel").silent();
        StepVerifier.create(MigrationPair.statuses(source.migration().to(URI, QUIET)))
                .expectNext("setup")
                .then(() -> source.await("query-migrate", 1))
                .then(source::roundTrip)
                .then(() -> source.status("active"))
                .expectNext("active")
                .then(() -> cancel(source.session))
                .then(() -> source.await("migrate_cancel", 1))
                .then(() -> source.status("pre-switchover"))
                .expectNext("pre-switchover")
                .then(() -> source.failed("gone"))
                .expectNext("failed")
                .verifyError();
        Disposable next =
                source.migration().to(URI, QUIET.preSwitchover(Mono.never())).subscribe(now -> {}, failure -> {});
        source.await("migrate", 2);
        source.status("pre-switchover");
        source.roundTrip();
        answer("migrate_cancel", 0);
        source.assertSent(0, "migrate-continue");
        source.qemu.when("migrate_cancel").reply("{}");
        next.dispose();
    }
}
