package io.github.qmpreactive.test.profile;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.github.qmpreactive.test.schema.QmpSchema;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * Writes the profile of the QEMU on this computer anew, if it is told to:
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
    @EnabledIfSystemProperty(named = "qmp.profile.update", matches = "true")
    @Timeout(600)
    @DisplayName("are written by asking the QEMU on this computer")
    void update() {
        QemuVersion version = QemuBinary.SYSTEM.version().orElseThrow();
        QemuProfile profile = QemuProfile.probe(QemuLauncher.system());
        Path folder = FOLDER.resolve(version.major() + "." + version.minor());
        profile.writeTo(folder);
        assertEquals(profile.traits(), QemuProfile.read(folder).traits());
    }

    @Test
    @DisplayName("have the schema that QEMU has")
    void qemu(QemuProcess qemu) {
        assertEquals(
                schemaOf(qemu), QemuWords.required(QemuBinary.SYSTEM).schema().json());
    }

    @Test
    @Qemu(binary = QemuBinary.STORAGE_DAEMON)
    @DisplayName("have the schema that its storage daemon has")
    void storageDaemon(QemuProcess daemon) {
        QmpSchema shipped = QemuWords.required(QemuBinary.STORAGE_DAEMON)
                .storageDaemonSchema()
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
