package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.FakeEnd.URI;
import static io.github.qmpreactive.migration.FakeEnd.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("query-migrate")
class MigrationFiguresTest {

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
    private FakeEnd source = FakeEnd.source();

    @AfterEach
    void close() {
        source.close();
        VirtualTimeScheduler.reset();
    }

    private void passes() {
        time.advanceTimeBy(INTERVAL);
    }

    @Test
    @DisplayName("the next one follows it from where it is, with or without events")
    void follow() {
        source.info(text("active"));
        StepVerifier.create(MigrationPair.statuses(source.migration().follow()))
                .expectNext("active")
                .then(() -> source.status("device"))
                .expectNext("device")
                .then(() -> source.info(text("completed")))
                .then(() -> passes())
                .expectNext("completed")
                .verifyComplete();
        source.assertSent(0, "migrate-set-capabilities");
    }

    @Test
    @DisplayName("emits figures, and leaves out those that QEMU does not have")
    void figures() {
        String active = "{\"expected-downtime\": 300, \"status\": \"active\", \"setup-time\": 2, \"total-time\": 503,"
                + " \"ram\": {\"total\": 1000, \"dirty-sync-count\": 1, \"remaining\": 250, \"mbps\": 8.5, \"transferred\": 90}}";
        StepVerifier.create(source.migration().to(URI, MigrationOptions.defaults()))
                .assertNext(now -> assertEquals(
                        new MigrationProgress(
                                "setup",
                                OptionalLong.empty(),
                                OptionalLong.empty(),
                                OptionalLong.empty(),
                                OptionalLong.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                OptionalLong.empty(),
                                Optional.empty(),
                                now.raw()),
                        now))
                .then(() -> source.await("query-migrate", 1))
                .then(source::roundTrip)
                .then(() -> source.status("active", active))
                .thenConsumeWhile(now -> !now.status().equals("active"))
                .expectNextMatches(now -> now.status().equals("active"))
                .then(() -> passes())
                .assertNext(now -> {
                    assertEquals(OptionalLong.of(90), now.transferred());
                    assertEquals(OptionalLong.of(250), now.remaining());
                    assertEquals(OptionalLong.of(1000), now.total());
                    assertEquals(OptionalLong.of(1_062_500), now.rate());
                    assertEquals(0.75, now.fraction().orElse(0));
                    assertEquals(OptionalLong.of(1), now.pass());
                    assertEquals(Optional.empty(), now.downtime());
                    assertEquals(Optional.of(Duration.ofMillis(300)), now.expectedDowntime());
                    assertEquals(Optional.of(Duration.ofMillis(503)), now.totalTime());
                    assertEquals(300, now.raw().path("expected-downtime").asInt());
                })
                .thenCancel()
                .verify();
    }

    @Test
    @DisplayName("emits nothing after an event if it tells only the same")
    void once() {
        StepVerifier.create(source.migration().to(URI, FakeEnd.QUIET).map(MigrationProgress::status))
                .expectNext("setup")
                .then(() -> source.await("query-migrate", 1))
                .then(source::roundTrip)
                .then(() -> source.status("active"))
                .expectNext("active")
                .thenCancel()
                .verify();
    }

    @Test
    @DisplayName("at most one query is unanswered, and its late reply does not undo what events have told")
    void lateReply() {
        StepVerifier.Step<String> step = StepVerifier.create(
                        MigrationPair.statuses(source.migration().to(URI, MigrationOptions.defaults())))
                .expectNext("setup")
                .then(source::roundTrip)
                .then(() -> source.qemu.when("query-migrate").silent())
                .then(() -> passes())
                .then(() -> source.await("query-migrate", 2))
                .then(() -> passes())
                .then(() -> source.assertSent(2, "query-migrate"))
                .then(() -> source.status("pre-switchover"))
                .expectNext("pre-switchover")
                .then(() -> answerQuery(1, text("active")))
                .then(source::roundTrip)
                .then(() -> source.qemu.when("query-migrate").reply(text("completed")));
        step.then(() -> source.qemu.emit("MIGRATION", text("completed")))
                .expectNext("completed")
                .verifyComplete();
    }

    private void answerQuery(int number, String info) {
        source.qemu
                .awaitConnection()
                .answer(source.qemu.received("query-migrate").get(number), Answer.reply(info));
    }

    @Test
    @DisplayName("is asked for no more when the subscription is cancelled or the migration has ended")
    void noMore() {
        StepVerifier.create(source.migration().to(URI))
                .expectNextCount(1)
                .then(() -> source.await("query-migrate", 1))
                .then(source::roundTrip)
                .then(source::completed)
                .thenConsumeWhile(now -> true)
                .verifyComplete();
        int asked = source.count("query-migrate");
        time.advanceTimeBy(INTERVAL.multipliedBy(10));
        source.assertSent(asked, "query-migrate");
    }

    @Test
    @DisplayName("is asked for at an interval of more than zero")
    void positive() {
        assertThrows(IllegalArgumentException.class, () -> MigrationOptions.defaults()
                .interval(Duration.ZERO));
    }
}
