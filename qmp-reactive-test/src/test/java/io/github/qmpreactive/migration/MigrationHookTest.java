package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.FakeEnd.QUIET;
import static io.github.qmpreactive.migration.FakeEnd.URI;
import static io.github.qmpreactive.migration.FakeEnd.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MigrationCancelledError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

@ExtendWith(LeakGuard.class)
@DisplayName("Work before the switch of a migration")
class MigrationHookTest {

    private FakeEnd source = FakeEnd.source();

    @AfterEach
    void close() {
        source.close();
    }

    private StepVerifier.Step<String> stopped(Publisher<?> work) {
        return StepVerifier.create(MigrationPair.statuses(source.migration().to(URI, QUIET.preSwitchover(work))))
                .expectNext("setup")
                .then(() -> source.await("query-migrate", 1))
                .then(() -> source.status("pre-switchover"))
                .expectNext("pre-switchover");
    }

    @Test
    @DisplayName("is done once, then the switch goes on, once")
    void done() {
        AtomicInteger times = new AtomicInteger();
        Sinks.Empty<Void> done = Sinks.empty();
        stopped(done.asMono().doOnSubscribe(s -> times.incrementAndGet()))
                .then(() -> source.status("pre-switchover"))
                .then(() -> source.assertSent(0, "migrate-continue"))
                .then(() -> done.tryEmitEmpty().orThrow())
                .then(() -> source.await("migrate-continue", 1))
                .then(() -> source.status("device"))
                .expectNext("device")
                .then(source::completed)
                .expectNext("completed")
                .verifyComplete();
        assertEquals(1, times.get());
        source.assertSent(1, "migrate-continue");
        assertEquals(
                "pre-switchover",
                source.qemu
                        .received("migrate-continue")
                        .get(0)
                        .arguments()
                        .path("state")
                        .stringValue());
    }

    @Test
    @DisplayName("that fails, throws or takes too long cancels the migration, and its error is that of the migration")
    void fails() {
        for (Publisher<?> work : new Publisher<?>[] {
            Mono.error(new IllegalStateException("not now")),
            Mono.defer(() -> {
                throw new IllegalStateException("not now");
            }),
            Flux.never().timeout(Mono.empty()).onErrorMap(e -> new IllegalStateException("not now")),
        }) {
            int before = source.count("migrate_cancel");
            int queries = source.count("query-migrate");
            StepVerifier.create(MigrationPair.statuses(source.migration().to(URI, QUIET.preSwitchover(work))))
                    .expectNext("setup")
                    .then(() -> source.await("query-migrate", queries + 1))
                    .then(() -> source.status("pre-switchover"))
                    .expectNext("pre-switchover")
                    .then(() -> source.await("migrate_cancel", before + 1))
                    .then(() -> source.status("cancelling"))
                    .expectNext("cancelling")
                    .then(() -> source.status("cancelled"))
                    .expectNext("cancelled")
                    .verifyErrorMessage("not now");
        }
        source.assertSent(0, "migrate-continue");
    }

    @Test
    @DisplayName("is cancelled if the migration ends, its subscription is cancelled, or the session is lost")
    void cancelled() {
        TestPublisher<Void> work = TestPublisher.create();
        stopped(work)
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .verifyError(MigrationCancelledError.class);
        work.assertCancelled(1);
        int queries = source.count("query-migrate");
        AtomicInteger begun = new AtomicInteger();
        Mono<Void> counted = work.mono().doOnSubscribe(s -> begun.incrementAndGet());
        StepVerifier.create(MigrationPair.statuses(source.migration().to(URI, QUIET.preSwitchover(counted)))
                        .publishOn(Schedulers.boundedElastic()))
                .expectNext("setup")
                .then(() -> source.await("query-migrate", queries + 1))
                .then(() -> source.status("pre-switchover"))
                .expectNext("pre-switchover")
                .then(() -> Patience.until(() -> begun.get() == 1, () -> "the work does not begin"))
                .thenCancel()
                .verify();
        source.await("migrate_cancel", 1);
        work.assertCancelled(2);
        try (FakeEnd other = FakeEnd.source()) {
            StepVerifier.create(MigrationPair.statuses(other.migration().to(URI, QUIET.preSwitchover(work))))
                    .expectNext("setup")
                    .then(() -> other.await("query-migrate", 1))
                    .then(() -> other.status("pre-switchover"))
                    .expectNext("pre-switchover")
                    .then(() -> other.qemu.awaitConnection().close())
                    .verifyError(ConnectionLostError.class);
        }
        work.assertCancelled(3);
        source.assertSent(0, "migrate-continue");
    }

    @Test
    @DisplayName("whose switch is refused since the migration has ended leaves the outcome to that")
    void tooLate() {
        Sinks.Empty<Void> done = Sinks.empty();
        source.qemu.when("migrate-continue").error("GenericError", "Migration not in expected state: cancelled");
        stopped(done.asMono())
                .then(() -> source.info(text("cancelled")))
                .then(() -> done.tryEmitEmpty().orThrow())
                .then(() -> source.await("query-migrate", 2))
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .verifyError(MigrationCancelledError.class);
        source.assertSent(0, "migrate_cancel");
    }

    @Test
    @DisplayName("whose switch is refused although it is due cancels the migration, and errors with the refusal")
    void refused() {
        source.qemu.when("migrate-continue").error("GenericError", "no");
        stopped(Mono.empty())
                .then(() -> source.await("migrate_cancel", 1))
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .verifyError(ExecuteError.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "that is over lets the guest go on also if its subscription is cancelled while that waits for its turn")
    void overAndCancelled(boolean succeeds) {
        try (FakeEnd busy = FakeEnd.source(QmpClient.create().maxInFlight(1))) {
            Sinks.Empty<Void> work = Sinks.empty();
            MigrationOptions options = QUIET.preSwitchover(work.asMono());
            Disposable migration = busy.migration()
                    .to(URI, succeeds ? options : options.keepOnCancel())
                    .subscribe();
            busy.await("query-migrate", 1);
            busy.roundTrip();
            busy.status("pre-switchover");
            busy.runState("finish-migrate");
            busy.roundTrip();
            FakeConnection connection = busy.qemu.awaitConnection();
            busy.session.execute("slow").subscribe();
            ReceivedCommand slow = connection.awaitCommand("slow");
            if (succeeds) {
                work.tryEmitEmpty().orThrow();
            } else {
                work.tryEmitError(new IllegalStateException("not now")).orThrow();
            }
            migration.dispose();
            connection.answer(slow, Answer.reply("{}"));
            busy.await(succeeds ? "migrate-continue" : "migrate_cancel", 1);
            busy.assertSent(succeeds ? 1 : 0, "migrate-continue");
            busy.assertSent(succeeds ? 0 : 1, "migrate_cancel");
        }
    }

    @Test
    @DisplayName("that fails cancels the migration once, also if its subscription is cancelled meanwhile")
    void failsAndCancelled() {
        Sinks.Empty<Void> work = Sinks.empty();
        Disposable migration =
                source.migration().to(URI, QUIET.preSwitchover(work.asMono())).subscribe();
        source.await("query-migrate", 1);
        source.status("pre-switchover");
        source.roundTrip();
        source.qemu.when("query-status").silent();
        work.tryEmitError(new IllegalStateException("not now")).orThrow();
        ReceivedCommand look = source.qemu.awaitCommand("query-status");
        migration.dispose();
        source.qemu.awaitConnection().answer(look, Answer.reply(text("finish-migrate")));
        source.await("migrate_cancel", 1);
        source.assertSent(1, "query-status");
        source.assertSent(1, "migrate_cancel");
    }

    @Test
    @DisplayName("whose switch is answered with what cannot be read cancels the migration if that still waits")
    void unreadable() {
        source.qemu.when("migrate-continue").silent();
        stopped(Mono.empty())
                .then(() -> source.await("migrate-continue", 1))
                .then(() -> source.qemu
                        .awaitConnection()
                        .sendText("{\"error\": 7, \"id\": "
                                + source.qemu
                                        .received("migrate-continue")
                                        .get(0)
                                        .id()
                                        .orElseThrow() + "}\r\n"))
                .then(() -> source.await("migrate_cancel", 1))
                .then(() -> source.status("cancelled"))
                .expectNext("cancelled")
                .verifyError(BadReplyError.class);
    }

    @Test
    @DisplayName("is done in the next session, too, if the migration still waits for it")
    void followed() {
        source.info(text("pre-switchover"));
        AtomicInteger times = new AtomicInteger();
        StepVerifier.create(MigrationPair.statuses(
                        source.migration().follow(QUIET.preSwitchover(Mono.fromRunnable(times::incrementAndGet)))))
                .expectNext("pre-switchover")
                .then(() -> source.await("migrate-continue", 1))
                .then(source::completed)
                .expectNext("completed")
                .verifyComplete();
        assertEquals(1, times.get());
    }
}
