package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.FakeEnd.QUIET;
import static io.github.qmpreactive.migration.FakeEnd.URI;
import static io.github.qmpreactive.migration.FakeEnd.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MigrationCancelledError;
import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("QmpMigration.to, at the source alone,")
class MigrationTest {

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final HeldTimers timers = new HeldTimers();
    private FakeEnd source = FakeEnd.source();

    @AfterEach
    void close() {
        source.close();
        timers.close();
    }

    private Flux<String> statuses() {
        return MigrationPair.statuses(source.migration().to(URI, QUIET));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "setup active completed",
                "setup active device completed",
                "setup active pre-switchover device completed",
                "setup active device postcopy-active completed",
                "setup active device postcopy-device postcopy-active postcopy-paused postcopy-recover-setup"
                        + " postcopy-recover postcopy-active completed",
                "setup wait-unplug active negotiating completed"
            })
    @DisplayName("emits each status in whichever order, those that it does not know included, and completes")
    void completes(String path) {
        String[] all = path.split(" ");
        StepVerifier.Step<String> step = StepVerifier.create(statuses()).expectNext(all[0]);
        for (int i = 1; i < all.length; i++) {
            String next = all[i];
            step = step.then(() -> source.status(next)).expectNext(next);
        }
        step.verifyComplete();
        source.assertSent(1, "migrate");
        source.assertSent(0, "cont");
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("errors with QEMU's reason and the state of the source, and failing is no end")
    void fails() {
        StepVerifier.create(statuses())
                .expectNext("setup")
                .then(() -> source.status("active"))
                .expectNext("active")
                .then(() -> source.status("failing"))
                .expectNext("failing")
                .then(() -> source.failed("Broken pipe"))
                .expectNext("failed")
                .verifyErrorSatisfies(e -> {
                    MigrationFailedError error = assertInstanceOf(MigrationFailedError.class, e);
                    assertEquals("Broken pipe", error.reason());
                    assertEquals(Optional.of("running"), error.sourceState());
                    assertEquals(Optional.empty(), error.destinationStatus());
                    assertTrue(error.runsOn());
                    assertEquals(
                            "[vm] The migration failed: Broken pipe. The guest runs on at the source.",
                            error.getMessage());
                });
        source.assertSent(0, "cont");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postmigrate|The guest is stopped at the source (postmigrate). If it runs at the destination, cont at the"
                        + " source would run it a second time, on the same disks.",
                "paused|The guest is stopped at the source (paused): cont there would run it."
            })
    @DisplayName("tells what cont would do, and does not send it")
    void whereabouts(String stateAndText) {
        String[] parts = stateAndText.split("\\|");
        source.runState(parts[0]);
        StepVerifier.create(statuses())
                .expectNext("setup")
                .then(() -> source.status("failed"))
                .expectNext("failed")
                .verifyErrorMessage("[vm] The migration failed. " + parts[1]);
        source.assertSent(0, "cont");
    }

    @Test
    @DisplayName("waits a moment for the guest to run on after a failure, and not for ever")
    void resumes() {
        source.qemu.when("query-status").reply(text("finish-migrate"), text("finish-migrate"), text("running"));
        StepVerifier.create(statuses())
                .expectNext("setup")
                .then(() -> source.status("failed"))
                .then(() -> timers.runOut(PAUSE))
                .then(() -> timers.runOut(PAUSE, 2))
                .expectNext("failed")
                .verifyErrorSatisfies(e -> assertTrue(((MigrationFailedError) e).runsOn()));
        source.qemu.when("query-status").reply(text("finish-migrate"));
        StepVerifier.create(statuses())
                .expectNext("setup")
                .then(() -> source.status("failed"))
                .then(() -> {
                    for (int i = 3; i <= 12; i++) {
                        timers.runOut(PAUSE, i);
                    }
                })
                .expectNext("failed")
                .verifyErrorMessage(
                        "[vm] The migration failed. The guest is stopped at the source (finish-migrate), and"
                                + " QEMU refuses cont there.");
    }

    @Test
    @DisplayName("asks again for the times that QEMU 7.2 has not counted yet, and leaves them out if it never does")
    void noTimes() {
        String uncounted = "{\"status\": \"completed\", \"total-time\": 0, \"downtime\": 0, \"ram\": {\"total\": 8}}";
        String counted = "{\"status\": \"completed\", \"total-time\": 7, \"downtime\": 2}";
        StepVerifier.create(source.migration().to(URI, QUIET).filter(MigrationProgress::isCompleted))
                .then(() -> source.await("query-migrate", 1))
                .then(() -> source.qemu.when("query-migrate").reply(uncounted, uncounted, counted))
                .then(() -> source.status("completed"))
                .then(() -> timers.runOut(PAUSE))
                .then(() -> timers.runOut(PAUSE, 2))
                .assertNext(last -> {
                    assertEquals(Optional.of(Duration.ofMillis(7)), last.totalTime());
                    assertEquals(Optional.of(Duration.ofMillis(2)), last.downtime());
                })
                .verifyComplete();
        int before = source.count("query-migrate");
        StepVerifier.create(source.migration().to(URI, QUIET).filter(MigrationProgress::isCompleted))
                .then(() -> source.await("query-migrate", before + 1))
                .then(() -> source.qemu.when("query-migrate").reply(uncounted))
                .then(() -> source.status("completed"))
                .then(() -> {
                    for (int i = 3; i <= 12; i++) {
                        timers.runOut(PAUSE, i);
                    }
                })
                .assertNext(last -> {
                    assertEquals(Optional.empty(), last.totalTime());
                    assertEquals(Optional.empty(), last.downtime());
                    assertEquals(OptionalLong.of(8), last.total());
                })
                .verifyComplete();
    }

    @Test
    @DisplayName("errors with the refusal of migrate, whatever events came before it and whatever query-migrate tells")
    void refused() {
        source.qemu.when("migrate").answer(start -> Answer.error("GenericError", "unknown migration protocol: bogus:1")
                .eventBefore("MIGRATION", text("setup"))
                .eventBefore("MIGRATION", text("failed")));
        source.info(text("completed"));
        StepVerifier.create(source.migration().to("bogus:1", QUIET))
                .expectNextMatches(now -> now.status().equals("setup"))
                .verifyErrorSatisfies(e -> assertEquals(
                        "unknown migration protocol: bogus:1",
                        assertInstanceOf(ExecuteError.class, e).description()));
        source.assertSent(0, "migrate_cancel");
        source.qemu.when("migrate-set-capabilities").error("GenericError", "There's a migration process in progress");
        StepVerifier.create(source.migration().to(URI, QUIET)).verifyError(ExecuteError.class);
        source.assertSent(1, "migrate");
    }

    @Test
    @DisplayName("tells a cancel by another client, and a cancel that comes too late is a success")
    void cancelled() {
        StepVerifier.create(statuses())
                .expectNext("setup")
                .then(() -> source.status("cancelling"))
                .expectNext("cancelling")
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .verifyErrorSatisfies(e -> assertEquals(
                        "[vm] The migration was cancelled. The guest runs on at the source.",
                        assertInstanceOf(MigrationCancelledError.class, e).getMessage()));
        StepVerifier.create(statuses())
                .expectNext("setup")
                .then(() -> source.status("cancelling"))
                .expectNext("cancelling")
                .then(source::completed)
                .expectNext("completed")
                .verifyComplete();
    }

    @Test
    @DisplayName("takes any reply of query-migrate, and goes on")
    void strangeReplies() {
        for (String reply : List.of("[]", "7", "null", "{\"status\": 5, \"ram\": \"x\", \"total-time\": []}")) {
            source.qemu.when("query-migrate").reply(reply);
            StepVerifier.create(statuses())
                    .expectNext("setup")
                    .then(source::roundTrip)
                    .then(() -> source.qemu.when("query-migrate").reply(text("completed")))
                    .then(source::completed)
                    .expectNext("completed")
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("has no time limit for its commands, whatever the client has")
    void commandTimeout() {
        Duration limit = Duration.ofMinutes(1);
        try (FakeEnd busy = FakeEnd.source(QmpClient.create().commandTimeout(limit))) {
            StepVerifier.create(MigrationPair.statuses(busy.migration().to(URI, QUIET)))
                    .expectNext("setup")
                    .then(() -> assertEquals(0, timers.started(limit)))
                    .then(busy::completed)
                    .expectNext("completed")
                    .verifyComplete();
        }
    }
}
