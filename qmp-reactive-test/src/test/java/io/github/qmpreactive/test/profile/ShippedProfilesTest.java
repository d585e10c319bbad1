package io.github.qmpreactive.test.profile;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.internal.probe.ProfileProbe;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.github.qmpreactive.test.schema.SchemaCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * Writes the profile of the QEMU on this computer into a folder, if there is one to write into; {@code true} is that of the
 * profiles that come with the kit:
 *
 * <pre>
 * mvn -q test -pl qmp-reactive-test -am -Dtest=ShippedProfilesTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dqmp.profile.update=true
 * </pre>
 */
@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("The profiles that come with the kit")
class ShippedProfilesTest {

    private static final Path FOLDER = Path.of(System.getProperty("basedir", ""))
            .resolve("src/main/resources/io/github/qmpreactive/test/profile")
            .toAbsolutePath();

    @Test
    @EnabledIfSystemProperty(named = "qmp.profile.update", matches = ".+")
    @Timeout(600)
    @DisplayName("are written by asking the QEMU on this computer")
    void update() throws IOException {
        QemuVersion version = QemuBinary.SYSTEM.version().orElseThrow();
        String wanted = System.getProperty("qmp.profile.update");
        Path folder = wanted.equals("true") ? FOLDER.resolve(version.major() + "." + version.minor()) : Path.of(wanted);
        Files.createDirectories(folder);
        for (Map.Entry<String, byte[]> file :
                ProfileProbe.run(QemuLauncher.system()).entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
        assertEquals(version, QemuProfile.read(folder).version());
    }

    @Test
    @DisplayName("have the schema that QEMU has")
    void qemu(QemuProcess qemu) {
        assertEquals(
                schemaOf(qemu),
                QemuWords.required(QemuBinary.SYSTEM).schemaCheck().json());
    }

    @Test
    @Qemu(binary = QemuBinary.STORAGE_DAEMON)
    @DisplayName("have the schema that its storage daemon has")
    void storageDaemon(QemuProcess daemon) {
        SchemaCheck shipped = QemuWords.required(QemuBinary.STORAGE_DAEMON)
                .storageDaemonSchemaCheck()
                .orElseThrow();
        assertEquals(schemaOf(daemon), shipped.json());
    }

    private static JsonNode schemaOf(QemuProcess qemu) {
        JsonNode schema = QmpClient.create()
                .address(qemu.address())
                .withSession(session -> session.execute("query-qmp-schema"))
                .blockLast(PATIENCE);
        assertTrue(schema != null && schema.size() > 100);
        return Objects.requireNonNull(schema);
    }
}
