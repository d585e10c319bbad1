package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.MigrationPair.assertState;
import static io.github.qmpreactive.migration.MigrationPair.options;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
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

    private static void failsAtTheLatestInTheEnd(Flux<MigrationProgress> migration) {
        StepVerifier.create(migration).thenConsumeWhile(now -> true).verifyErrorSatisfies(e -> {
            MigrationFailedError error = assertInstanceOf(MigrationFailedError.class, e);
            assertEquals(
                    error.runsOn() ? "running" : "postmigrate",
                    error.sourceState().orElse(""),
                    error::getMessage);
        });
    }

    /** Whether QEMU awaits how the destination ends also if that has told it already; if not, it completes. */
    private boolean awaitsReturnPath() {
        QemuVersion version = pair.source.greeting().orElseThrow().version();
        return version.major() > 6 || (version.major() == 6 && version.minor() >= 1);
    }

    @Test
    @DisplayName("With both sessions the failure of the destination is known, and the guest runs on at the source")
    void both() {
        if (awaitsReturnPath()) {
            fails(pair.both().to(pair.uri), "running");
            assertState("running", pair.source);
        } else {
            failsAtTheLatestInTheEnd(pair.both().to(pair.uri));
        }
    }

    @Test
    @DisplayName("With the session of the source alone, too, but QEMU before 6.1 may complete")
    void sourceAlone() {
        Flux<MigrationProgress> migration = QmpMigration.of(pair.source).to(pair.uri);
        if (awaitsReturnPath()) {
            fails(migration, "running");
        } else {
            StepVerifier.create(migration
                            .then(MigrationPair.state(pair.source))
                            .onErrorResume(MigrationFailedError.class, e -> Mono.justOrEmpty(e.sourceState())))
                    .expectNextMatches(Set.of("running", "postmigrate")::contains)
                    .verifyComplete();
        }
        StepVerifier.create(QmpMigration.of(pair.destination).awaitIncoming()).verifyError(MigrationFailedError.class);
    }

    @Test
    @DisplayName(
            "Without return-path the source may complete, and the session of the destination tells that it has failed")
    void withoutReturnPath() {
        // If the destination fails before all is sent, the source notices.
        failsAtTheLatestInTheEnd(pair.both().to(pair.uri, WITHOUT_RETURN_PATH));
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
