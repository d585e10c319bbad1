package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.MigrationPair.assertState;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

/** The newer QEMU is one that .ci/run has unpacked from a suite of Debian's. */
@Qemu(version = "7.2..11.0")
@ExtendWith(LeakGuard.class)
@DisplayName("QmpMigration from a real QEMU to a newer one")
class QemuBetweenVersionsTest {

    @TempDir
    private Path folder;

    private static Path newerThan(QemuVersion version) {
        String suite = version.isAtLeast(10, 0) ? "sid" : "trixie";
        Path caches = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache"));
        Path cache =
                Optional.ofNullable(System.getenv("QEMU_CACHE")).map(Path::of).orElse(caches.resolve("qmp-reactive"));
        Path program = cache.resolve("qemu-" + suite + "/bin/qemu-system-x86_64");
        assumeTrue(Files.isExecutable(program), () -> "there is no QEMU of the suite " + suite + " in " + cache);
        return program;
    }

    @Test
    @DisplayName("A guest of a versioned machine moves, and runs there")
    void moves() throws IOException, InterruptedException {
        QemuVersion version = QemuBinary.SYSTEM.version().orElseThrow();
        Path program = newerThan(version);
        String[] machine = {
            "-machine", "pc-i440fx-" + version.major() + "." + version.minor(), "-accel", "tcg", "-m", "32"
        };
        Path monitor = folder.resolve("monitor");
        List<String> command =
                new ArrayList<>(List.of(program.toString(), "-nodefaults", "-display", "none", "-incoming", "defer"));
        command.addAll(List.of("-qmp", "unix:" + monitor + ",server=on,wait=off"));
        command.addAll(List.of(machine));
        Process newer = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        try (QemuProcess older =
                QemuLauncher.system().withArgs(machine).running().start()) {
            moves(older, monitor);
        } finally {
            newer.destroyForcibly().waitFor();
        }
    }

    private void moves(QemuProcess older, Path monitor) {
        QmpSession source = MigrationPair.connect(older, "source");
        QmpSession destination = Objects.requireNonNull(QmpClient.create()
                .unixSocket(monitor)
                .name("destination")
                .connect()
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(20))
                        .filter(e -> e instanceof QmpError error && error.isTemporary()))
                .block(Patience.PATIENCE));
        String uri = "unix:" + folder.resolve("migration");
        StepVerifier.create(MigrationPair.statuses(QmpMigration.of(destination)
                                .incoming(uri)
                                .thenMany(QmpMigration.of(source)
                                        .withDestination(destination)
                                        .to(uri)))
                        .last())
                .expectNext("completed")
                .verifyComplete();
        assertState("running", destination);
        assertState("postmigrate", source);
        source.disconnect().block(Patience.PATIENCE);
        destination.disconnect().block(Patience.PATIENCE);
    }
}
