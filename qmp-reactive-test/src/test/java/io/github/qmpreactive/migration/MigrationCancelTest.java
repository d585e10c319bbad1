package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.FakeEnd.QUIET;
import static io.github.qmpreactive.migration.FakeEnd.URI;
import static io.github.qmpreactive.migration.FakeEnd.text;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

@ExtendWith(LeakGuard.class)
@DisplayName("A migration whose subscription is cancelled")
class MigrationCancelTest {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final HeldTimers timers = new HeldTimers();
    private FakeEnd source = FakeEnd.source();

    @AfterEach
    void close() {
        source.close();
        timers.close();
    }

    @Test
    @DisplayName("while its capabilities are set is not started")
    void beforeStart() {
        source.qemu.when("migrate-set-capabilities").silent();
        Disposable migration = source.migration().to(URI, QUIET).subscribe();
        ReceivedCommand set = source.qemu.awaitCommand("migrate-set-capabilities");
        migration.dispose();
        source.qemu.awaitConnection().answer(set, Answer.reply("{}"));
        source.assertSent(0, "migrate");
        source.assertSent(0, "migrate_cancel");
    }

    @ParameterizedTest
    @ValueSource(strings = {"setup", "wait-unplug", "active", "pre-switchover", "negotiating"})
    @DisplayName("is cancelled, in whichever status")
    void underWay(String status) {
        Disposable migration =
                source.migration().to(URI, QUIET.preSwitchover(Mono.never())).subscribe();
        source.await("query-migrate", 1);
        source.status(status);
        source.roundTrip();
        migration.dispose();
        source.await("migrate_cancel", 1);
        source.assertSent(1, "migrate_cancel");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postcopy-active",
                "postcopy-paused",
                "postcopy-recover",
                "postcopy-recover-setup",
                "postcopy-device",
                "postcopy-later"
            })
    @DisplayName("is left alone in post-copy, where QEMU 7.2 would destroy the guest")
    void postcopy(String status) {
        Disposable migration = source.migration().to(URI, QUIET).subscribe();
        source.await("query-migrate", 1);
        // Without an event: what QEMU is asked last decides.
        source.info(text(status));
        source.roundTrip();
        migration.dispose();
        source.await("query-migrate", 2);
        source.assertSent(0, "migrate_cancel");
    }

    @ParameterizedTest
    @ValueSource(strings = {"device", "active", "failing"})
    @DisplayName("is left alone in the switch, when QEMU may let the guest run at both ends")
    void switching(String status) {
        Disposable migration = source.migration().to(URI, QUIET).subscribe();
        source.await("query-migrate", 1);
        source.info(text(status));
        source.runState("finish-migrate");
        source.roundTrip();
        migration.dispose();
        source.await("query-status", 1);
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("is cancelled in the moment between the stop of its guest and pre-switchover, where it waits for good")
    void justStopped() {
        source.qemu
                .when("query-migrate-capabilities")
                .reply("[{\"capability\": \"pause-before-switchover\", \"state\": true}]");
        Disposable migration = source.migration().to(URI, QUIET).subscribe();
        source.await("query-migrate", 1);
        source.info(text("active"));
        source.runState("finish-migrate");
        source.roundTrip();
        migration.dispose();
        source.await("migrate_cancel", 1);
    }

    @Test
    @DisplayName("is cancelled if it stops before the switch just when it is asked how it is")
    void stopsMeanwhile() {
        Disposable migration = source.migration().to(URI, QUIET).subscribe();
        source.await("query-migrate", 1);
        source.status("active");
        source.roundTrip();
        AtomicReference<String> status = new AtomicReference<>("active");
        AtomicReference<String> runState = new AtomicReference<>("running");
        source.qemu.when("query-migrate").answer(query -> {
            runState.set("finish-migrate");
            return Answer.reply(text(status.getAndSet("pre-switchover")));
        });
        source.qemu.when("query-status").answer(query -> {
            status.set("pre-switchover");
            return Answer.reply(text(runState.getAndSet("finish-migrate")));
        });
        migration.dispose();
        source.await("migrate_cancel", 1);
    }

    @Test
    @DisplayName("is left alone when its switch was begun, whatever the status is")
    void switched() {
        Disposable migration = source.migration().to(URI, QUIET).subscribe();
        source.await("query-migrate", 1);
        source.status("pre-switchover");
        source.await("migrate-continue", 1);
        migration.dispose();
        source.assertSent(0, "query-status");
        source.assertSent(0, "migrate_cancel");
    }

    @ParameterizedTest
    @ValueSource(strings = {"completed", "failed", "cancelled"})
    @DisplayName("gets nothing more when it has ended")
    void ended(String status) {
        source.qemu.when("query-status").silent();
        Disposable migration = source.migration().to(URI, QUIET).subscribe();
        source.await("query-migrate", 1);
        source.status(status);
        source.await("query-status", 1);
        migration.dispose();
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("is left alone with keepOnCancel, and if it is only followed")
    void kept() {
        Disposable migration = source.migration().to(URI, QUIET.keepOnCancel()).subscribe();
        source.await("query-migrate", 1);
        source.roundTrip();
        migration.dispose();
        source.assertSent(1, "query-migrate");
        Disposable followed = source.migration().follow().subscribe();
        source.await("query-migrate", 3);
        source.roundTrip();
        followed.dispose();
        source.assertSent(0, "migrate_cancel");
        Disposable owned = source.migration().follow(QUIET).subscribe();
        source.await("query-migrate", 5);
        source.roundTrip();
        owned.dispose();
        source.await("migrate_cancel", 1);
    }

    @Test
    @DisplayName("before the reply to migrate is cancelled if it has begun, and no other one is if it was refused")
    void unanswered() {
        source.qemu.when("migrate").silent();
        source.qemu.when("query-migrate").silent();
        FakeConnection connection = source.qemu.awaitConnection();
        for (String end : List.of("completed", "setup")) {
            int known = source.count("query-migrate");
            int number = source.count("migrate");
            Disposable migration = source.migration().to(URI, QUIET).subscribe();
            source.await("migrate", number + 1);
            source.await("query-migrate", known + 1);
            migration.dispose();
            source.await("query-migrate", known + 2);
            Answer answer = end.equals("setup")
                    ? Answer.reply("{}")
                    : Answer.error("GenericError", "There's a migration process in progress");
            connection.answer(source.qemu.received("migrate").get(number), answer);
            for (int query = known; query < known + 2; query++) {
                connection.answer(source.qemu.received("query-migrate").get(query), Answer.reply(text(end)));
            }
            source.assertSent(end.equals("setup") ? 1 : 0, "migrate_cancel");
        }
        ReceivedCommand last = source.qemu.received("query-migrate").get(source.count("query-migrate") - 1);
        connection.answer(last, Answer.reply(text("cancelled")));
    }

    @Test
    @DisplayName("is cancelled when the queue has room for that")
    void queueFull() {
        try (FakeEnd busy = FakeEnd.source(QmpClient.create().maxInFlight(1).maxQueued(2))) {
            Disposable migration = busy.migration().to(URI, QUIET).subscribe();
            busy.await("query-migrate", 1);
            busy.roundTrip();
            FakeConnection connection = busy.qemu.awaitConnection();
            busy.session.execute("slow").subscribe();
            ReceivedCommand slow = connection.awaitCommand("slow");
            Disposable first = busy.session.execute("stop").subscribe();
            Disposable second = busy.session.execute("stop").subscribe();
            migration.dispose();
            first.dispose();
            second.dispose();
            connection.answer(slow, Answer.reply("{}"));
            busy.awaitRoom();
            timers.runOut(RETRY);
            busy.await("migrate_cancel", 1);
        }
    }

    @Test
    @DisplayName("while migrate waits for its turn is not started, and no other one is cancelled")
    void waiting() {
        try (FakeEnd busy = FakeEnd.source(QmpClient.create().maxInFlight(1))) {
            busy.qemu.when("migrate-set-capabilities").silent();
            FakeConnection connection = busy.qemu.awaitConnection();
            busy.session.execute("slow").subscribe();
            ReceivedCommand first = connection.awaitCommand("slow");
            Disposable migration = busy.migration().to(URI, QUIET).subscribe();
            busy.session.execute("slow").subscribe();
            connection.answer(first, Answer.reply("{}"));
            connection.answer(connection.awaitCommand("migrate-set-capabilities"), Answer.reply("{}"));
            busy.await("slow", 2);
            ReceivedCommand slow = busy.qemu.received("slow").get(1);
            migration.dispose();
            connection.answer(slow, Answer.reply("{}"));
            busy.assertSent(0, "migrate");
            busy.assertSent(0, "migrate_cancel");
        }
    }
}
