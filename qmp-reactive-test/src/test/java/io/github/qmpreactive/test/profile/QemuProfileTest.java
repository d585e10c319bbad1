package io.github.qmpreactive.test.profile;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RawClient;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.internal.profile.ProfileFiles;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.schema.SchemaCheck;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A QemuProfile")
class QemuProfileTest {

    private static final QemuVersion UNKNOWN = new QemuVersion(9, 2, 1, "here");

    @TempDir
    Path folder;

    static List<String> shipped() {
        return QemuProfile.shipped();
    }

    @ParameterizedTest
    @MethodSource("shipped")
    @DisplayName("of each version that comes with the kit has a schema, a storage daemon's schema, drivers and traits")
    void complete(String version) {
        QemuProfile profile = QemuProfile.of(version);
        assertTrue(profile.version().toString().startsWith(version + "."), profile::toString);
        assertSame(SchemaCheck.qemu(version), profile.schemaCheck());
        assertSame(
                SchemaCheck.storageDaemon(version),
                profile.storageDaemonSchemaCheck().orElseThrow());
        assertTrue(profile.schemaCheck().schema().commands().size() > 200);
        assertTrue(profile.drivers().size() > 200);
        assertTrue(profile.driver("virtio-blk").orElseThrow().isPci());
        assertEquals("virtio-blk-pci", profile.driverAliases().get("virtio-blk"));
        assertEquals(Optional.empty(), profile.driver("no-such-driver"));
    }

    @Test
    @DisplayName("is that of the minor version, and keeps the version it was asked for")
    void minor() {
        QemuVersion version = new QemuVersion(10, 0, 99, "mine");
        assertEquals(version, QemuProfile.of(version).version());
        assertSame(SchemaCheck.qemu("10.0"), QemuProfile.of(version).schemaCheck());
        assertEquals("11.1", QemuProfile.shipped().get(QemuProfile.shipped().size() - 1));
        assertSame(SchemaCheck.qemu(), QemuProfile.newest().schemaCheck());
    }

    @Test
    @DisplayName("of a version that the kit does not know is refused, with the list of those it knows")
    void unknown() {
        String message = "There is no profile of QEMU 9.2, only of 7.2, 10.0, 11.1: take one of these, the nearest"
                + " (QemuProfile.nearest), or one from a folder (QemuProfile.read)";
        for (Runnable refused : List.<Runnable>of(() -> QemuProfile.of("9.2"), () -> QemuProfile.of(UNKNOWN))) {
            assertEquals(
                    message,
                    assertThrows(IllegalArgumentException.class, refused::run).getMessage());
        }
        assertEquals(Optional.empty(), QemuProfile.find(UNKNOWN));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> SchemaCheck.qemu("9.2"));
        assertTrue(e.getMessage().contains("only of 7.2, 10.0, 11.1"), e::getMessage);
    }

    @ParameterizedTest
    @CsvSource({"2, 11, 7.2", "7, 2, 7.2", "9, 2, 7.2", "10, 0, 10.0", "10, 2, 10.0", "11, 1, 11.1", "12, 0, 11.1"})
    @DisplayName("that is nearest is that of the newest version before, or of the oldest")
    void nearest(int major, int minor, String version) {
        QemuProfile nearest = QemuProfile.nearest(new QemuVersion(major, minor, 0, ""));
        assertEquals(new QemuVersion(major, minor, 0, ""), nearest.version());
        assertSame(SchemaCheck.qemu(version), nearest.schemaCheck());
    }

    @Test
    @DisplayName("is read from a folder; one that lacks a file is refused")
    void files() throws IOException {
        QemuProfile profile = QemuProfile.of("10.0");
        for (String name : ProfileFiles.NAMES) {
            Files.write(folder.resolve(name), ProfileFiles.shipped("10.0").read(name));
        }
        QemuProfile copy = QemuProfile.read(folder);
        assertEquals(profile.traits(), copy.traits());
        assertEquals(profile.schemaCheck().json(), copy.schemaCheck().json());
        assertEquals(List.copyOf(profile.drivers()), List.copyOf(copy.drivers()));
        Files.delete(folder.resolve("qemu-storage-daemon.json.gz"));
        assertEquals(Optional.empty(), QemuProfile.read(folder).storageDaemonSchemaCheck());
        Files.delete(folder.resolve("drivers.txt"));
        UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> QemuProfile.read(folder));
        assertTrue(e.getMessage().contains("drivers.txt"), e::getMessage);
    }

    @ParameterizedTest
    @CsvSource({"7.2, true, false, false", "10.0, false, true, false", "11.1, false, true, true"})
    @DisplayName("decides what a FakeVm answers, and how a FakeQmpServer words a syntax error")
    void decides(String version, boolean singleStep, boolean typed, boolean position) throws IOException {
        QemuProfile profile = QemuProfile.of(version);
        try (RunningFakeVm vm = FakeVm.create().withProfile(profile).start()) {
            QmpSession session = Objects.requireNonNull(vm.client().connect().block(PATIENCE));
            assertEquals(profile.version(), session.greeting().orElseThrow().version());
            StepVerifier.create(session.execute("query-status"))
                    .assertNext(status -> assertEquals(singleStep, status.has("singlestep")))
                    .verifyComplete();
            StepVerifier.create(refusal(session, "device_add", Map.of("driver", 5)))
                    .expectNext(typed ? "Parameter 'driver' is missing" : "'5' is not a valid device model name")
                    .verifyComplete();
            session.disconnect().block(PATIENCE);
        }
        try (RunningFakeQmpServer fake =
                FakeQmpServer.create().withProfile(profile).startUnix()) {
            try (RawClient client = RawClient.connect(fake.address())) {
                client.line();
                client.send("@");
                assertEquals(position, client.line().contains("\"1:1: JSON parse error, stray '@'\""));
            }
        }
    }

    private static Mono<String> refusal(QmpSession session, String command, Map<String, ?> arguments) {
        return session.execute(QmpCommand.of(command).arguments(arguments))
                .map(Object::toString)
                .onErrorResume(ExecuteError.class, e -> Mono.just(e.description()));
    }
}
