package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.FakeEnd.QUIET;
import static io.github.qmpreactive.migration.FakeEnd.URI;
import static io.github.qmpreactive.migration.FakeEnd.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MigrationCancelledError;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
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
        StepVerifier.create(MigrationPair.statuses(source.migration().to(URI, QUIET.preSwitchover(work))))
                .expectNext("setup")
                .then(() -> source.await("query-migrate", queries + 1))
                .then(() -> source.status("pre-switchover"))
                .expectNext("pre-switchover")
                .thenCancel()
                .verify();
        work.assertCancelled(2);
        source.await("migrate_cancel", 1);
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
