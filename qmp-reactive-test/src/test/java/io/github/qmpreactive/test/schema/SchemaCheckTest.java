package io.github.qmpreactive.test.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.profile.ProfileFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

@DisplayName("SchemaCheck")
class SchemaCheckTest {

    private static final SchemaCheck QEMU = SchemaCheck.qemu("7.2");

    private static final String TINY = """
            [{"meta-type": "command", "name": "go", "arg-type": "0", "ret-type": "1"},
             {"meta-type": "event", "name": "GONE", "arg-type": "1"},
             {"meta-type": "object", "name": "0", "members": [
                 {"name": "how", "type": "2"}, {"name": "far", "type": "int", "default": null},
                 {"name": "to", "type": "3", "default": null}]},
             {"meta-type": "object", "name": "1", "members": []},
             {"meta-type": "enum", "name": "2", "values": ["fast", "slow"]},
             {"meta-type": "alternate", "name": "3", "members": [{"type": "str"}, {"type": "1"}]},
             {"meta-type": "builtin", "name": "str", "json-type": "string"},
             {"meta-type": "builtin", "name": "int", "json-type": "int"}]
            """;

    @TempDir
    private Path folder;

    private static String refusal(SchemaCheck schema, String command, String arguments) {
        return schema.refusalOf(command, JsonText.read(arguments), false)
                .map(ErrorResponse::description)
                .orElse("");
    }

    @Test
    @DisplayName("is read once for all tests of a JVM")
    void once() {
        assertSame(SchemaCheck.qemu(), SchemaCheck.qemu());
        assertSame(SchemaCheck.storageDaemon(), SchemaCheck.storageDaemon());
    }

    @Test
    @DisplayName("hands out the schema itself, of QEMU and of the storage daemon")
    void schemas() {
        assertTrue(SchemaCheck.qemu().schema().supports("system_reset"));
        assertEquals("check by a QMP schema of 216 commands and 52 events", QEMU.toString());
        assertFalse(SchemaCheck.storageDaemon().schema().supports("system_reset"));
        assertTrue(SchemaCheck.storageDaemon().schema().supports("blockdev-add"));
    }

    @Test
    @DisplayName("takes a command as the client has it")
    void commands() {
        SchemaCheck qemu = SchemaCheck.qemu();
        assertEquals(Optional.empty(), qemu.refusalOf(QmpCommand.of("stop")));
        assertEquals(
                Optional.of(new ErrorResponse("GenericError", "The command stop does not support OOB")),
                qemu.refusalOf(QmpCommand.of("stop").oob()));
        assertEquals(
                Optional.of(new ErrorResponse("CommandNotFound", "The command stopp has not been found")),
                qemu.refusalOf(QmpCommand.of("stopp")));
    }

    /** Each was said by QEMU 7.2.22, but that it names another of two unknown members ('yy'). */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        block_resize | {"size": 1.5} | Invalid parameter type for 'size', expected: integer
        block_resize | {"size": 9223372036854775808} | Invalid parameter type for 'size', expected: integer
        blockdev-add | {"driver": "raw"} | Parameter 'file' is missing
        blockdev-add | {"driver": "raw", "file": 5} | Invalid parameter type for 'file', expected: BlockdevRef
        blockdev-add | {"driver": "raw", "file": {"driver": "qcow2", "file": 5}} | Invalid parameter type for 'file', expected: BlockdevRef
        blockdev-add | {"driver": "raw", "file": {"driver": "raw", "file": {"driver": "file"}}} | Parameter 'file.file.filename' is missing
        blockdev-add | {"driver": "raw", "file": {"driver": "raw", "file": {"driver": "nope"}}} | Parameter 'driver' does not accept value 'nope'
        blockdev-add | {"driver": "quorum", "children": ["x", {"driver": 5}]} | Invalid parameter type for 'children[1].driver', expected: string
        blockdev-add | {"driver": "quorum", "children": ["x", 7]} | Invalid parameter type for 'null', expected: BlockdevRef
        blockdev-add | {"driver": "quorum", "children": ["x", "y"], "vote-threshold": 1, "zz": 1, "yy": 2} | Parameter 'zz' is unexpected
        blockdev-add | {"driver": "qcow2", "file": "x", "overlap-check": {"template": "all", "main-header": 0}} | Invalid parameter type for 'overlap-check.main-header', expected: boolean
        blockdev-add | {"driver": "null-co", "latency-ns": "x"} | Parameter 'latency-ns' expects uint64
        block-dirty-bitmap-merge | {"node": "a", "target": "b", "bitmaps": ["x", {"node": "x", "name": "y", "z": 7}]} | Parameter 'bitmaps[1].z' is unexpected
        migrate-set-parameters | {"compress-level": 256} | Parameter 'compress-level' expects uint8_t
        migrate-set-parameters | {"tls-creds": 7} | Invalid parameter type for 'tls-creds', expected: StrOrNull
        migrate-set-capabilities | {"capabilities": null} | Invalid parameter type for 'capabilities', expected: array
        migrate-set-capabilities | {"capabilities": [{"capability": "xbzrle", "state": true}, 7]} | Invalid parameter type for 'capabilities[1]', expected: object
        query-stats | {"target": "vm", "vcpus": [1]} | Parameter 'vcpus' is unexpected
        transaction | {"actions": [{"type": "abort", "data": {"x": 1}}]} | Parameter 'actions[0].data.x' is unexpected
        qom-set | {"path": "/", "property": "x"} | Parameter 'value' is missing
        device_add | {"driver": null} | Parameter 'driver' is missing
        """)
    @DisplayName("words what is wrong with arguments as QEMU does")
    void wording(String command, String arguments, String expected) {
        assertEquals(expected, refusal(QEMU, command, arguments));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        qom-set | {"path": "/", "property": "x", "value": [null]}
        migrate-set-parameters | {"tls-creds": null, "compress-level": 9}
        blockdev-add | {"driver": "null-co", "latency-ns": 18446744073709551615}
        blockdev-add | {"driver": "raw", "node-name": "x", "file": {"driver": "file", "filename": "x"}}
        device_add | {"driver": "virtio-rng-pci", "id": "x", "max-bytes": 1024}
        """)
    @DisplayName("lets right arguments through")
    void right(String command, String arguments) {
        assertEquals("", refusal(QEMU, command, arguments));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', nullValues = "-", textBlock = """
        query-status | {"running": "yes", "singlestep": false, "status": "running"} | 'running' is "yes", but has to be of JSON type boolean
        query-status | {"running": true, "status": "running"} | 'singlestep' is missing
        query-status | {"running": true, "singlestep": false, "status": "running", "x": 1} | 'x' is unexpected: there is no such member
        query-status | [] | the reply is [], but has to be of JSON type object
        stop | 7 | the reply is 7, but has to be of JSON type object
        query-block-jobs | [{"type": "mirror"}, 7] | '[0].device' is missing
        query-jobs | [{"id": "j", "type": "mirror", "status": "running", "current-progress": 0.5, "total-progress": 1}] | '[0].current-progress' is 0.5, but has to be an integer of 64 bits
        human-monitor-command | null | the reply is null, but has to be of JSON type string
        qom-get | {"anything": [1, null]} | -
        nope | {} | there is no command nope
        """)
    @DisplayName("says where a reply is wrong, and what is right there")
    void replies(String command, String value, String expected) {
        assertEquals(Optional.ofNullable(expected), QEMU.problemOfReply(command, JsonText.read(value)));
    }

    @Test
    @DisplayName("names all values of which one is right")
    void values() {
        ObjectNode reply =
                (ObjectNode) JsonText.read("{\"running\": true, \"singlestep\": false, \"status\": \"runing\"}");
        String problem = QEMU.problemOfReply("query-status", reply).orElse("");
        assertTrue(problem.startsWith("'status' is \"runing\", but has to be one of debug, inmigrate, "), problem);
    }

    @Test
    @DisplayName("says where an event is wrong; one without data has none that must be there")
    void events() {
        SchemaCheck qemu = SchemaCheck.qemu();
        assertEquals(Optional.empty(), qemu.problemOfEvent("STOP", null));
        assertEquals(Optional.empty(), qemu.problemOfEvent("STOP", MissingNode.getInstance()));
        assertEquals(Optional.of("'guest' is missing"), qemu.problemOfEvent("SHUTDOWN", null));
        assertEquals(
                Optional.of("'x' is unexpected: there is no such member"),
                qemu.problemOfEvent("STOP", JsonText.read("{\"x\": 1}")));
        assertEquals(Optional.of("there is no event STOPPED"), qemu.problemOfEvent("STOPPED", null));
    }

    @Test
    @DisplayName("is read from a file, compressed or not, with the message around it or without")
    void files() throws IOException {
        Path plain = folder.resolve("tiny.json");
        Files.writeString(plain, "{\"return\": " + TINY + ", \"id\": 1}");
        assertEquals(1, SchemaCheck.read(plain).schema().commands().size());
        Path compressed = folder.resolve("qemu.json.gz");
        Files.write(compressed, ProfileFiles.shipped("11.1").read(ProfileFiles.SCHEMA));
        assertEquals(SchemaCheck.qemu().json(), SchemaCheck.read(compressed).json());
    }

    @Test
    @DisplayName("says which file is missing, cut off, or no JSON")
    void badFiles() throws IOException {
        Path missing = folder.resolve("missing");
        UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> SchemaCheck.read(missing));
        assertTrue(e.getMessage().startsWith(missing.toString()), e::getMessage);
        byte[] whole = ProfileFiles.shipped("11.1").read(ProfileFiles.STORAGE_DAEMON_SCHEMA);
        assertBadFile(Arrays.copyOf(whole, 1_000), "Cut off");
        assertBadFile(new byte[] {0x1F, (byte) 0x8B, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7}, "Not gzip");
        assertBadFile("[{\"x\": ]".getBytes(), "Not JSON");
    }

    private void assertBadFile(byte[] content, String message) throws IOException {
        Path file = folder.resolve("bad");
        Files.write(file, content);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> SchemaCheck.read(file));
        assertTrue(e.getMessage().startsWith(file + ": " + message), e::getMessage);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        {"QMP": {}} | it is no list
        [] | it has no command
        [{"meta-type": "command", "name": "x"}] | x (entry 0) has no text as arg-type
        """)
    @DisplayName("says which entry of what is no schema is wrong")
    void noSchema(String json, String problem) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> SchemaCheck.of(JsonText.read(json)));
        assertEquals("Not what query-qmp-schema returns: " + problem, e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', nullValues = "-", textBlock = """
        {"how": "fast", "far": 18446744073709551615} | -
        {"how": "fast", "far": -9223372036854775808} | -
        {"how": "fast", "far": "x"} | Invalid parameter type for 'far', expected: integer
        {"how": "fast", "to": 7} | Invalid parameter type for 'to', expected: string or object
        {"how": "faster"} | Parameter 'how' does not accept value 'faster'
        """)
    @DisplayName("of a QEMU of which no more is known takes any integer of 64 bits, and describes alternates")
    void foreign(String arguments, String expected) {
        SchemaCheck tiny = SchemaCheck.of(JsonText.read(TINY));
        assertEquals(expected == null ? "" : expected, refusal(tiny, "go", arguments));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        "num" | true | Invalid parameter type for 'fdset-id', expected: number or string
        "int" | 0.5 | Invalid parameter type for 'fdset-id', expected: integer
        "str" | 7 | Invalid parameter type for 'fdset-id', expected: string
        """)
    @DisplayName("of another version may have other types where QEMU 7.2 has an integer")
    void otherVersion(String type, String value, String expected) {
        SchemaCheck other = SchemaCheck.of(JsonText.read("""
                [{"meta-type": "command", "name": "add-fd", "arg-type": "0", "ret-type": "0"},
                 {"meta-type": "object", "name": "0", "members": [{"name": "fdset-id", "type": %s}]},
                 {"meta-type": "alternate", "name": "num", "members": [{"type": "int"}, {"type": "str"}]},
                 {"meta-type": "builtin", "name": "str", "json-type": "string"},
                 {"meta-type": "builtin", "name": "int", "json-type": "int"}]
                """.formatted(type)));
        assertEquals(expected, refusal(other, "add-fd", "{\"fdset-id\": " + value + "}"));
    }

    @Test
    @DisplayName("does not change with what it was made of")
    void copies() {
        var json = JsonText.read(TINY);
        SchemaCheck schema = SchemaCheck.of(json);
        ((ObjectNode) json.get(0)).put("name", "other");
        assertEquals("go", schema.json().get(0).path("name").stringValue());
    }

    @Test
    @DisplayName("goes through variants of variants to which there are 2^45 ways")
    void variantsOfVariants() {
        StringBuilder entries = new StringBuilder("""
                [{'name': 'go', 'meta-type': 'command', 'arg-type': 'T0', 'ret-type': 'T45'},
                {'name': 'str', 'meta-type': 'builtin', 'json-type': 'string'},
                {'name': 'T45', 'meta-type': 'object', 'members': []}
                """);
        for (int i = 0; i < 45; i++) {
            entries.append("""
                    ,{'name': 'T%1$d', 'meta-type': 'object', 'members': [{'name': 'd', 'type': 'str'}], 'tag': 'd',
                    'variants': [{'case': 'x', 'type': 'T%2$d'}, {'case': 'y', 'type': 'T%2$d'}]}
                    """.formatted(i, i + 1));
        }
        entries.append("]");
        JsonMapper json = JsonMapper.shared();
        SchemaCheck check = SchemaCheck.of(json.readTree(entries.toString().replace('\'', '"')));
        assertEquals(Optional.empty(), check.problemOfArguments("go", json.createObjectNode()));
    }
}
