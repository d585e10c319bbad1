package io.github.qmpreactive.schema;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuBinary;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@ExtendWith(LeakGuard.class)
@DisplayName("The schema of a real QEMU")
class QemuSchemaTest {

    private static QmpSchema schema(QmpSession session) {
        return Objects.requireNonNull(session.schema().block(PATIENCE));
    }

    private static String version(QmpSession session) {
        QemuVersion version = session.greeting().orElseThrow().version();
        return version.major() + "." + version.minor();
    }

    @Test
    @Qemu
    @DisplayName(
            "has of libvirt's paths what was measured, and does not differ from the one that is kept of its version")
    void known(QmpSession session) {
        String version = version(session);
        assumeTrue(KnownSchemas.VERSIONS.contains(version), "nothing was measured of QEMU " + version);
        QmpSchema schema = schema(session);
        assertEquals(LibvirtPaths.in(version), LibvirtPaths.in(schema));
        SchemaDifference difference = KnownSchemas.of(version).differenceTo(schema);
        assertTrue(difference.isEmpty(), difference::toString);
        assertSame(schema, schema(session));
    }

    @Test
    @Qemu
    @DisplayName("has every command that query-commands lists")
    void commands(QmpSession session) {
        JsonNode commands =
                Objects.requireNonNull(session.execute("query-commands").block(PATIENCE));
        QmpSchema schema = schema(session);
        List<String> missing = commands.valueStream()
                .map(command -> command.path("name").asString())
                .filter(name -> !schema.supports(name))
                .toList();
        assertEquals(List.of(), missing);
    }

    @Test
    @Qemu(binary = QemuBinary.STORAGE_DAEMON)
    @DisplayName("is there of the storage daemon, too, with fewer commands")
    void storageDaemon(QmpSession session) {
        QmpSchema schema = schema(session);
        assertTrue(schema.supports("blockdev-add/arg-type/+file/filename/!string"));
        assertFalse(schema.supports("system_reset"));
    }

    @Test
    @Qemu(version = "11.1+")
    @DisplayName("has commands that do not work on its target")
    void otherTargets(QmpSession session) {
        assertTrue(schema(session).supports("query-gic-capabilities"));
        Throwable refused = session.execute("query-gic-capabilities")
                .map(reply -> (Throwable) new AssertionError(reply))
                .onErrorResume(reactor.core.publisher.Mono::just)
                .block(PATIENCE);
        assertInstanceOf(ExecuteError.class, refused);
    }
}
