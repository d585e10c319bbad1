package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.record.QmpRecorder;
import io.github.qmpreactive.test.record.RunningQmpRecorder;
import io.github.qmpreactive.test.schema.SchemaCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@Tag("stress")
@ExtendWith(LeakGuard.class)
@DisplayName("P31 A secret that is planted in every command that can carry one, and in replies to it")
class PlantedSecretTest {

    private static final String SECRET = "hunter2-correct-horse";
    private static final Set<String> NAMES = Set.of("password", "passphrase", "secret", "cookie");
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final CapturedLog wire = CapturedLog.ofWire();
    private final CapturedLog log = CapturedLog.ofSessions();

    @AfterEach
    void close() {
        wire.close();
        log.close();
    }

    private static Map<String, Object> qom(String property) {
        return Map.of("path", "/objects/s0", "property", property);
    }

    private static Map<String, Object> line(String line) {
        return Map.of("command-line", line);
    }

    private static List<QmpCommand> byContext() {
        String url = "https://user:" + SECRET + "@host/x";
        String json = "json:{\"driver\":\"https\",\"password\":\"" + SECRET + "\"}";
        return List.of(
                QmpCommand.of("object-add").arguments(Map.of("qom-type", "secret", "id", "s0", "data", SECRET)),
                QmpCommand.of("object-add")
                        .arguments(Map.of("qom-type", "secret", "id", "s0", "props", Map.of("data", SECRET))),
                QmpCommand.of("qom-set").arguments(Map.of("path", "/objects/s0", "property", "data", "value", SECRET)),
                QmpCommand.of("change").arguments(Map.of("device", "vnc", "target", "password", "arg", SECRET)),
                QmpCommand.of("guest-set-user-password").arguments(Map.of("username", "u", "password", SECRET)),
                QmpCommand.of("human-monitor-command").arguments(line("object_add secret,id=s0,data=" + SECRET)),
                QmpCommand.of("human-monitor-command").arguments(line("change vnc password " + SECRET)),
                QmpCommand.of("human-monitor-command").arguments(line("drive_add 0 file=" + url)),
                QmpCommand.of("blockdev-change-medium").arguments(Map.of("id", "cd", "filename", url)),
                QmpCommand.of("drive-mirror").arguments(Map.of("device", "d", "target", json)),
                QmpCommand.of("drive-backup").arguments(Map.of("device", "d", "target", "rbd:p/i:key=" + SECRET)),
                QmpCommand.of("migrate").arguments(Map.of("uri", url)));
    }

    /** Text with a secret in it, wherever text may stand: what people write for a file name or an address. */
    private static final List<String> TEXTS = List.of(
            "https://user:" + SECRET + "@host/x",
            "json:{\"driver\":\"https\",\"password\":\"" + SECRET + "\"}",
            "rbd:pool/image:key=" + SECRET);

    /** For each place in the schema: one command where its name is that of a secret, and each of the texts where it is a string. */
    private static List<QmpCommand> ofSchema() {
        Map<String, JsonNode> entities = new HashMap<>();
        SchemaCheck.qemu()
                .json()
                .forEach(entity -> entities.put(entity.path("name").asString(""), entity));
        List<QmpCommand> commands = new ArrayList<>();
        entities.forEach((name, entity) -> {
            if (entity.path("meta-type").asString("").equals("command")) {
                plant(entities, entity.path("arg-type").asString(""), new HashSet<>(), planted -> {
                    if (planted instanceof ObjectNode arguments) {
                        commands.add(QmpCommand.of(name).arguments(arguments));
                    }
                });
            }
        });
        return commands;
    }

    private static void plant(Map<String, JsonNode> entities, String type, Set<String> seen, Consumer<JsonNode> found) {
        JsonNode entity = entities.getOrDefault(type, NODES.objectNode());
        if (entity.path("json-type").asString("").equals("string")) {
            TEXTS.forEach(text -> found.accept(NODES.stringNode(text)));
            return;
        }
        if (!seen.add(type)) {
            return;
        }
        if (entity.path("meta-type").asString("").equals("array")) {
            plant(
                    entities,
                    entity.path("element-type").asString(""),
                    seen,
                    value -> found.accept(NODES.arrayNode().add(value)));
        }
        entity.path("members").forEach(member -> {
            String name = member.path("name").asString("");
            if (NAMES.contains(name)) {
                found.accept(NODES.objectNode().put(name, SECRET));
            } else {
                plant(
                        entities,
                        member.path("type").asString(""),
                        seen,
                        value -> found.accept(
                                entity.path("meta-type").asString("").equals("alternate")
                                        ? value
                                        : NODES.objectNode().set(name, value)));
            }
        });
        entity.path("variants")
                .forEach(variant -> plant(entities, variant.path("type").asString(""), seen, found));
    }

    @Test
    @DisplayName("is in no log, no recording and no error's text, whether the command fails or succeeds")
    void everywhere(@TempDir Path folder) throws IOException {
        List<QmpCommand> commands = new ArrayList<>(byContext());
        List<QmpCommand> schema = ofSchema();
        assertTrue(schema.stream().anyMatch(c -> c.name().equals("blockdev-add")), schema::toString);
        assertTrue(schema.stream().anyMatch(c -> c.name().equals("set_password")), schema::toString);
        for (String name : List.of("blockdev-snapshot-sync", "blockdev-change-medium", "migrate", "chardev-add")) {
            assertTrue(schema.stream().filter(c -> c.name().equals(name)).count() >= TEXTS.size(), name);
        }
        commands.addAll(schema);
        Path file = folder.resolve("vm.jsonl");
        StringWriter errors = new StringWriter();
        FakeQmpServer machine = FakeQmpServer.create()
                .whenAny()
                .answer(Answer.error("GenericError", "Cannot use '" + SECRET + "'"), Answer.reply("{}"))
                .when("qom-get")
                .reply("\"" + SECRET + "\"");
        try (RunningFakeQmpServer server = machine.startUnix();
                RunningQmpRecorder recorder =
                        QmpRecorder.create(server.address(), file).startUnix()) {
            QmpSession session =
                    connect(QmpClient.create().address(recorder.address()).name("vm"));
            for (QmpCommand command : commands) {
                failed(session, command, errors);
                failed(session, command, errors);
            }
            assertEquals(
                    SECRET,
                    Clients.await(session.execute("qom-get", qom("data"))).stringValue());
            session.execute(QmpCommand.of("qom-get").arguments(qom("data")), Integer.class)
                    .onErrorResume(QmpError.class, e -> {
                        e.printStackTrace(new PrintWriter(errors, true));
                        return Mono.empty();
                    })
                    .block(Clients.PATIENCE);
            finish(session.disconnect());
        }
        String recorded = Files.readString(file);
        assertTrue(recorded.contains("qom-get") && recorded.contains("***"), recorded);
        assertTrue(errors.toString().contains("***"), errors::toString);
        assertClean(recorded.lines().toList());
        assertCleanEverywhere(errors, file);
    }

    /** What makes a message unreadable: a number that JSON does not have, or the secret itself, which stands there bare. */
    @ParameterizedTest
    @ValueSource(strings = {"inf", SECRET, "-" + SECRET, "\"\\" + SECRET + "\""})
    @DisplayName("is in none of them where the reply that has it, or another client's reply, cannot be read")
    void unreadable(String damage, @TempDir Path folder) throws IOException {
        StringWriter errors = new StringWriter();
        Path file = folder.resolve("vm.jsonl");
        try (RunningFakeQmpServer server =
                        FakeQmpServer.create().when("qom-list-get").silent().startUnix();
                RunningQmpRecorder recorder =
                        QmpRecorder.create(server.address(), file).startUnix()) {
            QmpSession session = connect(
                    QmpClient.create().address(recorder.address()).name("vm").commandTimeout(Clients.PATIENCE));
            var reply = failing(session, errors);
            FakeConnection connection = server.awaitConnection();
            String id =
                    String.valueOf(connection.awaitCommand("qom-list-get").id().orElseThrow());
            String value = "{\"return\": [{\"name\": \"data\", \"value\": \"" + SECRET + "\"}, {\"value\": " + damage
                    + "}], \"id\": ";
            connection.sendText(value + id + "}\r\n" + value + "\"#zz\"}\r\n");
            connection.sendText(
                    "{\"event\": \"X\", \"data\": {\"text\": \"" + SECRET + "\", \"value\": " + damage + "}}\r\n");
            Clients.joined(reply.thenApply(nothing -> true));
            Clients.await(session.events().next().doOnSubscribe(s -> connection.emit("STOP")));
            finish(session.disconnect());
        }
        assertTrue(errors.toString().contains("qom-list-get"), errors::toString);
        assertTrue(log.about("Dropped").size() >= 2, log.lines()::toString);
        assertCleanEverywhere(errors, file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "}, {\"value\": \"" + SECRET + "\"}], \"id\": \"#zz\"}\r\n",
                "{\"return\": " + SECRET + "}\r\n",
                "{\"return\": [{\"name\": \"data\", \"value\": \"" + SECRET + "\"}], \"id\": \"#zz\"}\r\n}\r\n"
            })
    @DisplayName("is in none of them where what has it ends the session, or belongs to no command of this client")
    void unknown(String text, @TempDir Path folder) throws IOException {
        StringWriter errors = new StringWriter();
        Path file = folder.resolve("vm.jsonl");
        try (RunningFakeQmpServer server =
                        FakeQmpServer.create().when("qom-list-get").silent().startUnix();
                RunningQmpRecorder recorder =
                        QmpRecorder.create(server.address(), file).startUnix()) {
            QmpSession session =
                    connect(QmpClient.create().address(recorder.address()).name("vm"));
            var reply = failing(session, errors);
            FakeConnection connection = server.awaitConnection();
            connection.awaitCommand("qom-list-get");
            connection.sendText(text);
            Clients.joined(reply.thenApply(nothing -> true));
            session.onDisconnect()
                    .onErrorResume(e -> {
                        e.printStackTrace(new PrintWriter(errors, true));
                        return Mono.empty();
                    })
                    .block(Clients.PATIENCE);
        }
        assertCleanEverywhere(errors, file);
    }

    private static CompletableFuture<JsonNode> failing(QmpSession session, StringWriter errors) {
        return session.execute("qom-list-get", Map.of("paths", List.of("/objects/s0")))
                .onErrorResume(QmpError.class, e -> {
                    e.printStackTrace(new PrintWriter(errors, true));
                    return Mono.empty();
                })
                .toFuture();
    }

    private void assertCleanEverywhere(StringWriter errors, Path recording) throws IOException {
        assertClean(Files.readAllLines(recording));
        assertClean(errors.toString().lines().toList());
        assertClean(List.copyOf(wire.lines()));
        assertClean(List.copyOf(log.lines()));
    }

    private static void failed(QmpSession session, QmpCommand command, StringWriter errors) {
        session.execute(command)
                .onErrorResume(ExecuteError.class, e -> {
                    errors.append(String.valueOf(e))
                            .append('\n')
                            .append(e.sent().toString())
                            .append('\n');
                    return Mono.empty();
                })
                .block(Clients.PATIENCE);
    }

    private static void assertClean(List<String> lines) {
        assertFalse(lines.isEmpty());
        assertEquals(
                List.of(), lines.stream().filter(line -> line.contains(SECRET)).toList());
    }
}
