package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.migration.MigrationOptions;
import io.github.qmpreactive.migration.MigrationProgress;
import io.github.qmpreactive.migration.QmpMigration;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@DisplayName("The client's guide: migration")
@ExtendWith(LeakGuard.class)
class MigrationSnippetsTest {

    private final MigrationSnippets snippets = new MigrationSnippets();
    private final AtomicBoolean migrated = new AtomicBoolean();
    private RunningFakeQmpServer source = FakeQmpServer.create().startUnix();
    private RunningFakeQmpServer destination = FakeQmpServer.create().startUnix();

    private static String event(String status) {
        return "{\"status\": \"" + status + "\"}";
    }

    private static QmpSession connect(RunningFakeQmpServer qemu) {
        return Objects.requireNonNull(
                QmpClient.create().address(qemu.address()).connect().block(PATIENCE));
    }

    @BeforeEach
    void stub() {
        for (RunningFakeQmpServer qemu : List.of(source, destination)) {
            qemu.when("migrate-set-capabilities").reply("{}");
            qemu.when("migrate-set-parameters").reply("{}");
        }
        destination.when("migrate-incoming").reply("{}");
        destination
                .when("query-migrate")
                .answer(query -> Answer.reply(migrated.get() ? event("completed") : event("setup")));
        source.when("query-migrate")
                .reply("{\"status\": \"completed\", \"total-time\": 5, \"ram\": {\"total\": 8, \"remaining\": 0}}");
        source.when("query-status").reply("{\"status\": \"postmigrate\"}");
    }

    @AfterEach
    void close() {
        source.close();
        destination.close();
    }

    @Test
    @DisplayName("migrate lets the destination listen, moves the guest, and tells how much is done")
    void move() {
        source.when("migrate").answer(start -> {
            migrated.set(true);
            destination.emit("MIGRATION", event("completed"));
            return Answer.reply("{}").eventAfter("MIGRATION", event("completed"));
        });
        List<Double> bar = new ArrayList<>();
        StepVerifier.create(snippets.move(connect(source), connect(destination), "unix:/m", bar::add))
                .expectComplete()
                .verify(PATIENCE);
        assertEquals(List.of(1.0), bar.stream().distinct().toList());
        assertEquals(1, destination.received("migrate-incoming").size());
    }

    @Test
    @DisplayName("migrate-with-work does the work before the switch")
    void work() {
        source.when("migrate").reply("{}");
        source.when("migrate-continue").reply("{}");
        AtomicBoolean released = new AtomicBoolean();
        source.when("query-migrate").reply(event("pre-switchover"));
        StepVerifier.create(snippets.move(
                        QmpMigration.of(connect(source)),
                        "unix:/m",
                        Mono.fromRunnable(() -> released.set(true)),
                        PATIENCE))
                .expectNextMatches(now -> now.status().equals("pre-switchover"))
                .then(() -> source.awaitCommand("migrate-continue"))
                .then(() -> source.when("query-migrate").reply("{\"status\": \"completed\", \"total-time\": 5}"))
                .then(() -> source.emit("MIGRATION", event("completed")))
                .expectNextCount(1)
                .expectComplete()
                .verify(PATIENCE);
        assertTrue(released.get());
    }

    @Test
    @DisplayName("migrate-on-next-session continues a migration that waits before the switch; empty if there is none")
    void goOn() {
        source.when("migrate-continue").answer(go -> {
            migrated.set(true);
            source.when("query-migrate").reply("{\"status\": \"completed\", \"total-time\": 5}");
            destination.emit("MIGRATION", event("completed"));
            return Answer.reply("{}").eventAfter("MIGRATION", event("completed"));
        });
        source.when("query-migrate").reply(event("pre-switchover"));
        Flux<MigrationProgress> migration =
                snippets.goOn(connect(source), connect(destination), MigrationOptions.defaults());
        StepVerifier.create(migration.last())
                .expectNextMatches(MigrationProgress::isCompleted)
                .expectComplete()
                .verify(PATIENCE);
        assertEquals(1, source.received("migrate-continue").size());
        source.when("query-migrate").reply("{}");
        StepVerifier.create(migration).expectComplete().verify(PATIENCE);
    }

    @Test
    @DisplayName("migrate-failed tells a guest that runs on from one that does not")
    void failed() {
        source.when("migrate").reply("{}");
        source.when("query-migrate").reply(event("failed"));
        source.when("query-status").reply("{\"status\": \"running\"}");
        QmpMigration migration = QmpMigration.of(connect(source));
        StepVerifier.create(snippets.hasMoved(migration.to("unix:/m")))
                .expectNext(false)
                .expectComplete()
                .verify(PATIENCE);
        source.when("query-status").reply("{\"status\": \"postmigrate\"}");
        StepVerifier.create(snippets.hasMoved(migration.to("unix:/m")))
                .expectError(MigrationFailedError.class)
                .verify(PATIENCE);
    }
}
