package io.github.qmpreactive.test.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Writes the resources anew, from the QEMU on this computer, if it is told to:
 *
 * <pre>
 * mvn -q test -pl qmp-reactive-test -am -Dtest=ShippedSchemasTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dqmp.schema.update=true
 * </pre>
 */
@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("The schemas that come with the kit")
class ShippedSchemasTest {

    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final boolean UPDATE = Boolean.getBoolean("qmp.schema.update");
    private static final Path FOLDER = Path.of(System.getProperty("basedir", ""))
            .resolve("src/main/resources/io/github/qmpreactive/test/schema")
            .toAbsolutePath();

    @Test
    @DisplayName("are what QEMU 7.2 says of itself")
    void qemu(QemuProcess qemu) throws IOException {
        check(qemu, ShippedSchemas.QEMU, QmpSchema::qemu);
    }

    @Test
    @Qemu(binary = QemuBinary.STORAGE_DAEMON)
    @DisplayName("are what the storage daemon of QEMU 7.2 says of itself")
    void storageDaemon(QemuProcess daemon) throws IOException {
        check(daemon, ShippedSchemas.STORAGE_DAEMON, QmpSchema::storageDaemon);
    }

    @Test
    @DisplayName(
            "are completed by what both say when they refuse: which integers there are, what alternates are called")
    void hiddenTypes(QemuProcess qemu) throws IOException {
        assumeTrue(QemuBinary.STORAGE_DAEMON.isAvailable(), QemuBinary.STORAGE_DAEMON.installHint());
        TreeSet<String> lines = new TreeSet<>(hiddenTypes(qemu.address()));
        try (QemuProcess daemon = QemuLauncher.storageDaemon().start()) {
            lines.addAll(hiddenTypes(daemon.address()));
        }
        String text = String.join("\n", lines) + "\n";
        if (UPDATE) {
            Files.writeString(FOLDER.resolve(ShippedSchemas.HIDDEN_TYPES), text);
        } else {
            byte[] resource = Files.readAllBytes(FOLDER.resolve(ShippedSchemas.HIDDEN_TYPES));
            assertEquals(text, new String(resource, StandardCharsets.UTF_8));
        }
    }

    private static TreeSet<String> hiddenTypes(String address) {
        Flux<String> lines = with(address, session -> {
            assumeVersion(session);
            return schemaOf(session).flatMapMany(schema -> new HiddenTypesProbe(session).lines(QmpSchema.of(schema)));
        });
        return new TreeSet<>(Objects.requireNonNull(lines.collectList().block(PATIENCE)));
    }

    private static void check(QemuProcess qemu, String resource, Supplier<QmpSchema> shipped) throws IOException {
        JsonNode schema = with(qemu.address(), session -> {
                    assumeVersion(session);
                    return schemaOf(session).flux();
                })
                .blockLast(PATIENCE);
        assertTrue(schema != null && schema.size() > 100);
        if (UPDATE) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
                out.write(schema.toString().getBytes(StandardCharsets.UTF_8));
            }
            Files.write(FOLDER.resolve(resource), bytes.toByteArray());
        } else {
            assertEquals(schema, shipped.get().json());
        }
    }

    private static Mono<JsonNode> schemaOf(QmpSession session) {
        return session.execute("query-qmp-schema");
    }

    private static <T> Flux<T> with(String address, Function<QmpSession, Flux<T>> work) {
        return QmpClient.create().address(address).withSession(work);
    }

    private static void assumeVersion(QmpSession session) {
        QemuVersion version = session.greeting().orElseThrow().version();
        assumeTrue(version.major() == 7 && version.minor() == 2, () -> "The schemas are not of " + version);
    }
}
