package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.MigrationPair.assertState;
import static io.github.qmpreactive.migration.MigrationPair.options;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("QmpMigration of a real QEMU to one without its devices, and to files")
class QemuUnequalEndsTest {

    private static final MigrationOptions WITHOUT_RETURN_PATH = options().capability("return-path", false);

    private MigrationPair pair =
            MigrationPair.start("-device", "virtio-rng-pci,id=r").listening(options());

    @AfterEach
    void close() {
        pair.close();
    }

    private static void fails(Flux<MigrationProgress> migration, String sourceState) {
        StepVerifier.create(migration).thenConsumeWhile(now -> true).verifyErrorSatisfies(e -> {
            MigrationFailedError error = assertInstanceOf(MigrationFailedError.class, e);
            assertEquals(Optional.of(sourceState), error.sourceState(), error::getMessage);
        });
    }

    @Test
    @DisplayName("With both sessions the failure of the destination is known, and the guest runs on at the source")
    void both() {
        fails(pair.both().to(pair.uri), "running");
        assertState("running", pair.source);
    }

    @Test
    @DisplayName("With the session of the source alone, too")
    void sourceAlone() {
        fails(QmpMigration.of(pair.source).to(pair.uri), "running");
        StepVerifier.create(QmpMigration.of(pair.destination).awaitIncoming()).verifyError(MigrationFailedError.class);
    }

    @Test
    @DisplayName(
            "Without return-path the source may complete, and the session of the destination tells that it has failed")
    void withoutReturnPath() {
        StepVerifier.create(pair.both().to(pair.uri, WITHOUT_RETURN_PATH))
                .thenConsumeWhile(now -> true)
                .verifyErrorSatisfies(e -> {
                    MigrationFailedError error = assertInstanceOf(MigrationFailedError.class, e);
                    // If the destination fails before all is sent, the source notices.
                    assertEquals(
                            error.runsOn() ? "running" : "postmigrate",
                            error.sourceState().orElse(""),
                            error::getMessage);
                });
    }

    @Test
    @DisplayName("A command that takes all has the guest in a file; one that does not fails, and the guest runs on")
    void command() throws IOException {
        Path file = pair.sourceProcess.folder().resolve("saved");
        fails(QmpMigration.of(pair.source).to("exec:exit 1"), "running");
        StepVerifier.create(QmpMigration.of(pair.source).to("exec:cat>" + file))
                .thenConsumeWhile(now -> true)
                .verifyComplete();
        assertTrue(Files.size(file) > 0);
        assertState("postmigrate", pair.source);
    }

    @Test
    @Qemu(version = "8.2+")
    @DisplayName("A file takes the guest")
    void file() throws IOException {
        Path file = pair.sourceProcess.folder().resolve("saved");
        StepVerifier.create(QmpMigration.of(pair.source).to("file:" + file))
                .thenConsumeWhile(now -> true)
                .verifyComplete();
        assertTrue(Files.size(file) > 0);
    }

    @Test
    @Qemu(version = "8.2+")
    @DisplayName("Channels are an address as well")
    void channels() throws IOException {
        Path file = pair.sourceProcess.folder().resolve("saved");
        MigrationAddress address = MigrationAddress.channels(List.of(Map.of(
                "channel-type",
                "main",
                "addr",
                Map.of("transport", "file", "filename", file.toString(), "offset", 0))));
        StepVerifier.create(QmpMigration.of(pair.source).to(address, options()))
                .thenConsumeWhile(now -> true)
                .verifyComplete();
        assertTrue(Files.size(file) > 0);
    }
}
