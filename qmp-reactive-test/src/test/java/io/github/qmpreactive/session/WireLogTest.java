package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

@ExtendWith(LeakGuard.class)
@DisplayName("The wire log")
class WireLogTest {

    private static final String SECRET = "correct horse";

    private final CapturedLog log = CapturedLog.ofWire();
    private final Queue<String> lines = log.lines();

    @AfterEach
    void forget() {
        log.close();
    }

    @Test
    @Qemu
    @DisplayName("Each message that goes over the wire is a line, which begins with the session's name")
    void everything(QemuProcess qemu) {
        // Those of the session by which the start of QEMU was noticed.
        lines.clear();
        QmpSession session = connect(QmpClient.create().address(qemu.address()).name("vm-17"));
        await(session.executeAndAwait("cont", "RESUME"));
        finish(session.quit());
        assertTrue(lines.stream().allMatch(line -> line.startsWith("[vm-17] ")), lines::toString);
        assertEquals(
                List.of("< QMP", "> qmp_capabilities", "< return", "> cont", "< RESUME", "< return", "> quit"),
                lines.stream().map(WireLogTest::gist).limit(7).toList());
    }

    @Test
    @DisplayName(
            "A command is told with its number, if it has one of the client's, and a synchronisation of the agent's too")
    void numbers() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            await(session.execute("query-status"));
            ObjectNode own = QmpCommand.of("query-status").json();
            await(session.raw(own.put("id", "mine"), IdPolicy.KEEP));
            finish(session.disconnect());
        }
        assertEquals(
                List.of(
                        "[vm] > #1 {\"execute\":\"query-status\"}",
                        "[vm] > {\"execute\":\"query-status\",\"id\":\"mine\"}"),
                lines.stream()
                        .filter(line -> line.contains("query-status"))
                        .map(line -> line.replaceFirst("> #...", "> #"))
                        .toList());
        try (RunningFakeQmpServer server = FakeQmpServer.guestAgent().startUnix()) {
            QgaClient.create()
                    .address(server.address())
                    .withSession(session -> session.execute("guest-ping"))
                    .blockLast(Clients.PATIENCE);
        }
        assertEquals(
                1,
                lines.stream()
                        .filter(line -> line.contains("> {\"execute\":\"guest-sync-delimited\""))
                        .count(),
                lines::toString);
    }

    /** Its direction and what it is. */
    private static String gist(String line) {
        String direction = line.contains("] > ") ? "> " : "< ";
        return direction
                + Stream.of("QMP", "qmp_capabilities", "RESUME", "SHUTDOWN", "cont", "quit", "return")
                        .filter(word -> line.contains('"' + word + '"'))
                        .findFirst()
                        .orElse(line);
    }

    static Stream<Arguments> secrets() {
        return Stream.of(
                Arguments.of("object-add", Map.of("qom-type", "secret", "id", "s0", "data", SECRET)),
                Arguments.of(
                        "object-add",
                        Map.of("qom-type", "secret_keyring", "id", "s0", "props", Map.of("data", SECRET))),
                Arguments.of("set_password", Map.of("protocol", "vnc", "password", SECRET)),
                Arguments.of("change-vnc-password", Map.of("password", SECRET)),
                Arguments.of(
                        "blockdev-add",
                        Map.of(
                                "driver",
                                "https",
                                "cookie",
                                SECRET,
                                "deep",
                                List.of(Map.of("passphrase", SECRET, "Secret", List.of(SECRET))))));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("secrets")
    @DisplayName("Secrets are hidden, and the rest of the command is not; the server gets what was meant")
    void redacted(String command, Map<String, Object> arguments) {
        FakeQmpServer setter = machine().when(command).reply("{}");
        try (RunningFakeQmpServer server = setter.startUnix()) {
            QmpSession session = connect(server);
            await(session.execute(command, arguments));
            await(session.raw(QmpCommand.of(command).arguments(arguments).json(), IdPolicy.ASSIGN));
            server.received(command)
                    .forEach(received -> assertTrue(received.raw().toString().contains(SECRET)));
            finish(session.disconnect());
        }
        List<String> told =
                lines.stream().filter(line -> line.contains(command)).toList();
        assertEquals(2, told.size(), lines::toString);
        assertTrue(told.stream().allMatch(line -> line.contains("\"***\"")), told::toString);
        assertFalse(lines.stream().anyMatch(line -> line.contains(SECRET)), lines::toString);
    }

    @Test
    @Qemu
    @DisplayName("A secret for a real QEMU is hidden, and QEMU has got it")
    void redactedAtQemu(QemuProcess qemu) {
        QmpSession session = connect(QmpClient.create().address(qemu.address()));
        await(session.execute("object-add", Map.of("qom-type", "secret", "id", "s0", "data", SECRET)));
        assertTrue(
                lines.stream().anyMatch(line -> line.contains("object-add") && line.contains("\"data\":\"***\"")),
                lines::toString);
        assertFalse(lines.stream().anyMatch(line -> line.contains(SECRET)), lines::toString);
        // What QEMU is asked for is not hidden.
        forget();
        assertEquals(
                SECRET,
                await(session.execute("qom-get", Map.of("path", "/objects/s0", "property", "data")))
                        .stringValue());
        finish(session.disconnect());
    }

    @Test
    @DisplayName("The guest agent's guest-set-user-password is hidden, too")
    void agent() {
        FakeQmpServer guest =
                FakeQmpServer.guestAgent().when("guest-set-user-password").reply("{}");
        try (RunningFakeQmpServer server = guest.startUnix()) {
            QgaClient.create()
                    .address(server.address())
                    .withSession(session -> session.execute(
                            "guest-set-user-password", Map.of("username", "u", "password", SECRET, "crypted", false)))
                    .blockLast(Clients.PATIENCE);
        }
        assertTrue(lines.stream().anyMatch(line -> line.contains("guest-set-user-password")), lines::toString);
        assertFalse(lines.stream().anyMatch(line -> line.contains(SECRET)), lines::toString);
    }

    @Test
    @DisplayName("A line is bounded, whatever the size of the message, and errors tell no arguments")
    void bounded() {
        FakeQmpServer large = machine().when("large").reply("\"" + "x".repeat(100_000) + "\"");
        try (RunningFakeQmpServer server = large.startUnix()) {
            QmpSession session = connect(client(server));
            await(session.execute("large", Map.of("y", "y".repeat(100_000))));
            finish(session.disconnect());
        }
        assertTrue(lines.stream().anyMatch(line -> line.contains("yyy")), lines::toString);
        assertTrue(lines.stream().anyMatch(line -> line.contains("xxx")), lines::toString);
        assertTrue(lines.stream().allMatch(line -> line.length() < 1_100), lines::toString);
    }
}
