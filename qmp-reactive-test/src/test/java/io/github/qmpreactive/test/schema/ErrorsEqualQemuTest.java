package io.github.qmpreactive.test.schema;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.profile.QemuWords;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Real QEMU decides. What both say is written to {@code target/schema-errors-*.md}. */
@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("A fake with a schema says of wrong commands what QEMU says")
class ErrorsEqualQemuTest {

    /** Others, and more of them, to look for differences by hand. */
    private static final long SEED = Long.getLong("qmp.schema.seed", 20_221_213);

    private static final int FACTOR = Integer.getInteger("qmp.schema.factor", 1);
    private static final Path TARGET =
            Path.of(System.getProperty("basedir", "")).resolve("target").toAbsolutePath();

    @Test
    @DisplayName("qemu-system: 40 of each kind of mistake")
    void qemu(QemuProcess qemu) throws IOException {
        compare(QemuBinary.SYSTEM, qemu, 40 * FACTOR, "schema-errors-qemu.md");
    }

    @Test
    @Qemu(binary = QemuBinary.STORAGE_DAEMON)
    @DisplayName("qemu-storage-daemon: 15 of each kind of mistake")
    void storageDaemon(QemuProcess daemon) throws IOException {
        compare(QemuBinary.STORAGE_DAEMON, daemon, 15 * FACTOR, "schema-errors-storage-daemon.md");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    device_add | {}
                    device_add | {"id": "x", "no-such-property": 1}
                    device_add | {"driver": null}
                    device_add | {"driver": []}
                    device_add | {"driver": {"a": "b"}}
                    query-qmp-schema | {"x": 1}
                    qmp_capabilities | {"enable": ["nope"]}
                    qmp_capabilities | {"enable": [], "x": 1, "y": 2, "z": 3}
                    quit | {"x": null}
                    """)
    @DisplayName("commands that are like no other")
    void special(String command, String arguments, QemuProcess qemu) {
        WrongCommands.Wrong wrong =
                new WrongCommands.Wrong("special", QmpCommand.of(command).arguments(JsonText.read(arguments)));
        ErrorTable table = new ErrorTable(QemuBinary.SYSTEM, command);
        compare(qemu, schemaOf(QemuBinary.SYSTEM, qemu), List.of(wrong), table);
        assertEquals(List.of(), table.differences());
    }

    @ParameterizedTest
    @CsvSource({"stop", "no-such-command"})
    @DisplayName("commands that cannot be executed out of band, or are not there")
    void outOfBand(String command, QemuProcess qemu) {
        ErrorTable table = new ErrorTable(QemuBinary.SYSTEM, command);
        WrongCommands.Wrong wrong =
                new WrongCommands.Wrong("oob", QmpCommand.of(command).oob());
        compare(qemu, schemaOf(QemuBinary.SYSTEM, qemu), List.of(wrong), table);
        assertEquals(List.of(), table.differences());
    }

    private static void compare(QemuBinary binary, QemuProcess qemu, int ofEach, String file) throws IOException {
        SchemaCheck schema = schemaOf(binary, qemu);
        List<WrongCommands.Wrong> commands = new WrongCommands(schema, SEED).draw(ofEach);
        ErrorTable table =
                new ErrorTable(binary, "Error texts of " + qemu.command().get(0) + " and of the fake, seed " + SEED);
        compare(qemu, schema, commands, table);
        table.write(TARGET.resolve(file));
        assertTrue(table.size() > Mutation.values().length * ofEach, () -> "Only " + table.size());
        assertEquals(List.of(), table.differences());
        assertTrue(qemu.isAlive());
    }

    private static void compare(
            QemuProcess qemu, SchemaCheck schema, List<WrongCommands.Wrong> commands, ErrorTable table) {
        try (RunningFakeQmpServer fake =
                FakeQmpServer.create().withSchema(schema).startUnix()) {
            QmpSession real = connect(qemu.address());
            QmpSession other = connect(fake.address());
            for (WrongCommands.Wrong wrong : commands) {
                table.add(wrong, errorOf(real, wrong.command()), errorOf(other, wrong.command()));
            }
            real.disconnect().then(other.disconnect()).block(PATIENCE);
        }
    }

    /** The one of its profile; its own where there is none. */
    private static SchemaCheck schemaOf(QemuBinary binary, QemuProcess qemu) {
        QemuProfile nearest = QemuWords.nearest(binary);
        SchemaCheck shipped = binary == QemuBinary.SYSTEM
                ? nearest.schemaCheck()
                : nearest.storageDaemonSchemaCheck().orElseThrow();
        JsonNode own = Objects.requireNonNull(connectAndAsk(qemu));
        return own.equals(shipped.json()) ? shipped : SchemaCheck.of(own);
    }

    private static JsonNode connectAndAsk(QemuProcess qemu) {
        return QmpClient.create()
                .address(qemu.address())
                .withSession(session -> session.execute("query-qmp-schema"))
                .blockLast(PATIENCE);
    }

    private static QmpSession connect(String address) {
        return Objects.requireNonNull(
                QmpClient.create().address(address).connect().block(PATIENCE));
    }

    /** What runs a command that was to be refused has failed already, and the test with it. */
    private static ErrorResponse errorOf(QmpSession session, QmpCommand command) {
        return session.execute(command)
                .flatMap(result -> Mono.<ErrorResponse>error(new AssertionError("Not refused: " + command)))
                .onErrorResume(ExecuteError.class, e -> Mono.just(e.response()))
                .block(PATIENCE);
    }
}
