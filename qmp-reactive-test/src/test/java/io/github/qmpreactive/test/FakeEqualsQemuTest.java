package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.profile.QemuWords;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same bytes are sent to both; what comes back must be the same JSON. Real QEMU decides. */
@Qemu
@DisplayName("What FakeQmpServer answers is what real QEMU answers")
class FakeEqualsQemuTest {

    private static final String ENABLE_OOB =
            "{\"execute\": \"qmp_capabilities\", \"arguments\": {\"enable\": [\"oob\"]}}";

    /** Ends whatever is unfinished, and its answer shows that all before has been answered. */
    private static final String SYNC = "\u0001\n{\"execute\": \"sync\", \"id\": \"sync\"}";

    private static RunningFakeQmpServer fake;
    private static QemuProcess real;

    @BeforeAll
    static void start(QemuProcess qemu) {
        QemuProfile profile = QemuWords.nearest(QemuBinary.SYSTEM);
        real = qemu;
        String singleStep = profile.version().major() < 9 ? " \"singlestep\": false," : "";
        fake = FakeQmpServer.create()
                .withProfile(profile)
                .whenAny()
                .commandNotFound()
                .when("query-status")
                .reply("{\"running\": false," + singleStep + " \"status\": \"prelaunch\"}")
                .when("query-yank")
                .reply("[{\"type\": \"chardev\", \"id\": \"qmp0\"}, {\"type\": \"chardev\", \"id\": \"qmp1\"},"
                        + " {\"type\": \"chardev\", \"id\": \"ready\"}]")
                .startUnix();
    }

    @AfterAll
    static void stop() {
        if (fake != null) {
            fake.close();
        }
    }

    private static void compare(String before, String input) throws IOException {
        assertEquals(
                QemuWords.of(QemuBinary.SYSTEM, answers(real.address(), before, input)),
                QemuWords.of(QemuBinary.SYSTEM, answers(fake.address(), before, input)));
    }

    /** One character stands for one byte. */
    private static List<String> answers(String address, String before, String input) throws IOException {
        try (RawClient client = RawClient.connect(address)) {
            client.line();
            if (!before.isEmpty()) {
                client.send(before);
                client.line();
            }
            client.send((input + SYNC).getBytes(StandardCharsets.ISO_8859_1));
            return client.until(text -> text.contains("\"id\": \"sync\"") && text.endsWith("\r\n"))
                    .lines()
                    .toList();
        }
    }

    @Test
    @DisplayName("the greeting has the same form")
    void greeting() throws IOException {
        try (RawClient one = RawClient.connect(real.address());
                RawClient other = RawClient.connect(fake.address())) {
            assertEquals(form(one.line()), form(other.line()));
        }
    }

    private static String form(String greeting) {
        return QemuWords.of(QemuBinary.SYSTEM, List.of(greeting)).get(0).replaceAll("\\d+|\"package\":\"[^\"]*\"", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'execute': 'query-status'}",
                "{'execute': 'nope', 'id': 1}",
                "{'exec-oob': 'query-yank', 'id': 1}",
                "{'exec-oob': 'qmp_capabilities'}",
                "{'foo': 1}",
                "[]",
                "{'execute': 'qmp_capabilities'}",
                "{'execute': 'qmp_capabilities', 'id': {'b': [1], 'a': null}}",
                "{'execute': 'qmp_capabilities', 'arguments': {}}",
                "{'execute': 'qmp_capabilities', 'arguments': {'enable': []}}",
                "{'execute': 'qmp_capabilities', 'arguments': {'enable': ['oob', 'oob']}}",
                "{'execute': 'qmp_capabilities', 'arguments': {'enable': ['foo']}}",
                "{'execute': 'qmp_capabilities', 'arguments': {'enable': ['oob', 'foo']}}",
                "{'execute': 'qmp_capabilities', 'arguments': 5}",
                "{'execute': 'qmp_capabilities'}{'execute': 'qmp_capabilities', 'id': 2}",
                "{'execute': 'qmp_capabilities', 'arguments': {'enable': ['foo']}}{'execute': 'qmp_capabilities'}",
                "{'execute': 'qmp_capabilities', 'arguments': {'enable': ['oob']}}{'exec-oob': 'query-yank'}",
            })
    @DisplayName("before and in the negotiation")
    void negotiation(String input) throws IOException {
        compare("", input);
    }

    static Stream<String> commands() {
        return Stream.of(
                "{'execute': 'query-status'}",
                "{'execute': 'query-status', 'arguments': {}, 'id': null}",
                "{'execute': 'nope', 'id': 1}",
                "{'execute': '', 'id': 1}",
                "{'execute': '\u00C3\u00A9\\u0000'}",
                "{'execute': 'qmp_capabilities', 'id': ''}",
                "{'execute': 'qmp_capabilities', 'arguments': {'x': 1}}",
                "{'execute': 'qmp_capabilities', 'arguments': {'enable': ['foo']}}",
                "{'execute': 'qmp_capabilities', 'arguments': {'enable': 'oob'}}",
                "{'execute': 'query-status', 'x': 1}",
                "{'execute': 5}",
                "{'id': 7}",
                "{}",
                "{'execute': null, 'id': 3}",
                "{'exec-oob': 'query-yank', 'id': 1}",
                "{'execute': 'query-status', 'arguments': 5, 'id': 1}",
                "{'execute': 'query-status', 'arguments': [], 'id': 1}",
                "{'execute': 'query-status', 'arguments': null, 'id': 1}",
                "{'return': {}}",
                "{'QMP': {}}",
                "{'execute': 'query-status', 'control': 1}");
    }

    @ParameterizedTest
    @MethodSource("commands")
    @DisplayName("commands, with and without out-of-band execution")
    void commands(String input) throws IOException {
        compare("{'execute': 'qmp_capabilities'}", input);
        compare(ENABLE_OOB, input);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'exec-oob': 'query-yank', 'id': 3}",
                "{'exec-oob': 'query-yank'}",
                "{'exec-oob': 'query-status', 'id': 1}",
                "{'exec-oob': 'nope', 'id': 2}",
                "{'exec-oob': 5}",
                "{'exec-oob': 'query-yank', 'arguments': 5}",
                "{'exec-oob': 'query-yank', 'x': 5}",
                "{'exec-oob': 'qmp_capabilities', 'id': 5}",
            })
    @DisplayName("out-of-band commands")
    void oob(String input) throws IOException {
        compare(ENABLE_OOB, input);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "-1",
                "0",
                "9223372036854775807",
                "9223372036854775808",
                "18446744073709551615",
                "-9223372036854775808",
                "true",
                "false",
                "null",
                "''",
                "'a\"b\\''",
                "'\\/\\b\\f\\n\\r\\t\\\"\\\\\u007F<>&'",
                "'\u00C3\u00A9\\u00e9'",
                "'\\ud83d\\ude00'",
                "'\u00F0\u009F\u0098\u0080'",
                "'\\u0000'",
                "[]",
                "{}",
                "[[{}]]",
                "{'zeta': 1, 'alpha': {}, 'x': [], 'status': 1, 'running': 2, 'singlestep': 3}"
            })
    @DisplayName("ids come back as QEMU gives them back")
    void ids(String id) throws IOException {
        QemuWords.required(QemuBinary.SYSTEM);
        compare(ENABLE_OOB, "{'execute': 'x', 'id': " + id + "}");
    }

    static Stream<String> garbage() {
        return Stream.of(
                "@",
                "# {}",
                "\u0001",
                "\u007F",
                "\u00FE",
                "\u00FF",
                "{\"exec",
                "{\"open\": \"str",
                "{]",
                "{\"a\":[}",
                "{\"a\":[}}",
                "{\"a\":1,\"a\":2}",
                "{\"a\" 1}",
                "{\"a\"}",
                "{\"a\":}",
                "{1:2}",
                "{\"a\":1,}",
                "{\"a\":1 \"b\":2}",
                "{,}",
                "[1 2]",
                "[1,]",
                "[1:2]",
                "{\"a\":\u0001\"b\"}",
                "{\"a\":\"b\u00FFc\"}",
                "{\"a\":\"b\u0001c\"}",
                "{'execute':'x','id':0x1}",
                "{\"a\":-}",
                "{\"a\":1.}",
                "{\"a\":1e}",
                "{\"a\":nan}",
                "{\"a\":tru}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\u00C3(\"}",
                "{\"a\":\"\u0080\"}",
                "{\"a\":" + "[".repeat(1023) + "]".repeat(1023) + "}");
    }

    @ParameterizedTest
    @MethodSource("garbage")
    @DisplayName("C30 C46 what is no JSON gets an error without an id, and what follows is read again")
    void garbage(String input) throws IOException {
        compare(ENABLE_OOB, input);
        compare("", input);
    }
}
