package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.MigrationPair.assertState;
import static io.github.qmpreactive.migration.MigrationPair.options;
import static io.github.qmpreactive.migration.MigrationPair.statuses;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@Qemu(version = "6.0+")
@ExtendWith(LeakGuard.class)
@DisplayName("QmpMigration of a real QEMU with background-snapshot")
class QemuSnapshotTest {

    private final MigrationPair pair = MigrationPair.start();

    @AfterEach
    void close() {
        pair.close();
    }

    @Test
    @DisplayName(
            "writes the guest to a file while it runs on, and the next migration moves it as if there had been none")
    void snapshot() throws IOException {
        Path file = pair.sourceProcess.folder().resolve("saved");
        QmpMigration migration = QmpMigration.of(pair.source);
        String last = statuses(migration.to("exec:cat>" + file, options().capability("background-snapshot", true)))
                .last()
                .onErrorResume(ExecuteError.class, QemuSnapshotTest::unlessUnsupported)
                .block(Patience.PATIENCE);
        assertTrue("completed".equals(last) && Files.size(file) > 0, last);
        assertState("running", pair.source);
        pair.listening(options());
        StepVerifier.create(statuses(pair.both().to(pair.uri)).last())
                .expectNext("completed")
                .verifyComplete();
        assertState("running", pair.destination);
        assertState("postmigrate", pair.source);
    }

    /** The kernel of the host decides. */
    private static Mono<String> unlessUnsupported(ExecuteError refusal) {
        assumeFalse(refusal.description().contains("not supported by host kernel"), refusal::description);
        return Mono.error(refusal);
    }
}
