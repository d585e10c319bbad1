package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.MigrationPair.assertState;
import static io.github.qmpreactive.migration.MigrationPair.untilActive;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.error.MigrationPostcopyError;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("QmpMigration between two real QEMUs in post-copy")
class QemuPostcopyTest {

    private static final MigrationOptions POSTCOPY = MigrationPair.SLOW
            .capability("postcopy-ram", true)
            .parameters(Map.of("max-bandwidth", 10_000, "max-postcopy-bandwidth", 10_000, "downtime-limit", 1));

    private MigrationPair pair = MigrationPair.start();

    @AfterEach
    void close() {
        pair.close();
    }

    @BeforeEach
    void listen() {
        try {
            pair.listening(POSTCOPY);
        } catch (ExecuteError refused) {
            assumeTrue(false, "post-copy is not possible here: " + refused.description());
        }
    }

    private StepVerifier.Step<MigrationProgress> inPostcopy() {
        return untilActive(pair.both().to(pair.uri, POSTCOPY))
                .then(() -> QmpMigration.of(pair.source).startPostcopy().block(Patience.PATIENCE))
                .thenConsumeWhile(now -> !now.status().equals("postcopy-active"))
                .expectNextMatches(now -> now.status().equals("postcopy-active"));
    }

    private void unlimited() {
        pair.source
                .execute("migrate-set-parameters", Map.of("max-bandwidth", 0, "max-postcopy-bandwidth", 0))
                .block(Patience.PATIENCE);
    }

    @Test
    @DisplayName("The guest runs at the destination at once, no cancel is sent, and both complete")
    void completes() {
        inPostcopy()
                .then(() -> StepVerifier.create(QmpMigration.of(pair.source).cancel())
                        .verifyError(MigrationPostcopyError.class))
                .then(this::unlimited)
                .thenConsumeWhile(now -> !now.isCompleted())
                .expectNextMatches(MigrationProgress::isCompleted)
                .verifyComplete();
        assertState("postmigrate", pair.source);
        assertState("running", pair.destination);
    }

    @Test
    @DisplayName("Cancelling the subscription leaves it alone, and it is followed to its end")
    void kept() {
        inPostcopy().thenCancel().verify();
        StepVerifier.create(pair.both().follow().publishOn(Schedulers.boundedElastic()))
                .expectNextMatches(MigrationProgress::isPostcopy)
                .then(this::unlimited)
                .thenConsumeWhile(now -> !now.isCompleted())
                .expectNextMatches(MigrationProgress::isCompleted)
                .verifyComplete();
    }

    @Test
    @DisplayName("Paused, it is recovered at another address, goes on, and completes")
    void recovers() {
        String other = pair.uri + "2";
        inPostcopy()
                // Paused before it runs the guest, the destination may exit, or hang.
                .then(() -> awaitDestination("RESUME"))
                .then(() -> QmpMigration.of(pair.source).pausePostcopy().block(Patience.PATIENCE))
                .thenConsumeWhile(now -> !now.status().equals("postcopy-paused"))
                .expectNextMatches(now -> now.status().equals("postcopy-paused"))
                .then(() -> awaitDestination("MIGRATIONpostcopy-paused"))
                .then(() ->
                        QmpMigration.of(pair.destination).recoverIncoming(other).block(Patience.PATIENCE))
                .then(() -> QmpMigration.of(pair.source).recover(other).block(Patience.PATIENCE))
                .thenConsumeWhile(now -> !now.status().equals("postcopy-active"))
                .then(this::unlimited)
                .thenConsumeWhile(now -> !now.isCompleted())
                .expectNextMatches(MigrationProgress::isCompleted)
                .verifyComplete();
    }

    /** By events: the destination may answer no command in band while it lacks a page. */
    private void awaitDestination(String event) {
        Patience.until(() -> pair.destinationEvents().contains(event), () -> event + " does not come");
    }

    @Test
    @DisplayName("If the destination is killed, the guest is lost, and that is told")
    void killed() {
        inPostcopy()
                .then(pair.destinationProcess::kill)
                .thenConsumeWhile(now -> true)
                .verifyErrorSatisfies(e -> assertFalse(((MigrationFailedError) e).runsOn(), e::getMessage));
        // Killed in the first moments, it may have received all that the source has.
        assertTrue(
                Set.of("finish-migrate", "postmigrate")
                        .contains(MigrationPair.state(pair.source).block(Patience.PATIENCE)),
                "the source must not run");
    }
}
