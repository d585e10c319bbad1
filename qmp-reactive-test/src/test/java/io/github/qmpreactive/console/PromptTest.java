package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.schema.QmpSchema;
import io.github.qmpreactive.test.schema.SchemaCheck;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Console: the prompt, by the schema of QEMU 7.2")
class PromptTest {

    private static final QmpSchema SCHEMA = QmpSchema.of(SchemaCheck.qemu("7.2").json());

    private static Prompt of(String line) {
        return Prompt.of(line, SCHEMA);
    }

    private static List<String> words(String line) {
        return of(line).suggestions().stream().map(Completion.Suggestion::word).toList();
    }

    private static boolean isJob(String line) {
        return Tasks.isJob(of(line).toCommand());
    }

    private static void assertUnderstood(String arguments, String line) {
        Prompt prompt = of(line);
        assertEquals(List.of(), prompt.problems(), line);
        assertEquals(arguments, prompt.arguments().toString());
    }

    @Test
    @DisplayName("Words are completed: names of commands, of arguments, of members by the tag, and values")
    void completes() {
        assertEquals("query-status", words("query-statu").get(0));
        assertTrue(words("status").contains("query-status"));
        assertEquals(List.of(), words("query-status "));
        assertTrue(words("blockdev-add ").contains("driver="));
        assertTrue(
                words("blockdev-add driver=qcow2 ").contains("file="), words("blockdev-add driver=qcow2 ")::toString);
        assertEquals(List.of("file.driver="), words("blockdev-add driver=qcow2 file.dri"));
        assertEquals(
                List.of("file.driver=null-aio", "file.driver=null-co"),
                words("blockdev-add driver=qcow2 file.driver=null"));
        assertEquals(List.of("read-only=true"), words("blockdev-add read-only=t"));
        assertFalse(words("device_del id=x ").contains("id="));
        assertEquals(List.of(), words("nothing x"));
    }

    @Test
    @DisplayName("Values have the type of the schema; deeper ones are given by dots, all of them as JSON")
    void understands() {
        assertUnderstood("{}", "query-status");
        assertUnderstood("{\"id\":\"7\"}", "device_del id=7");
        assertUnderstood(
                "{\"driver\":\"qcow2\",\"read-only\":true,\"file\":{\"driver\":\"file\",\"filename\":\"/a b\"}}",
                "blockdev-add driver=qcow2 read-only=on file.driver=file file.filename=\"/a b\"");
        assertUnderstood("{\"driver\":\"qcow2\",\"file\":\"node\"}", "blockdev-add driver=qcow2 file=node");
        assertUnderstood("{\"id\":\"x\"}", "device_del {\"id\": \"x\"}");
        assertUnderstood(
                "{\"driver\":\"e1000\",\"mac\":\"52:54:00:12:34:56\"}",
                "device_add driver=e1000 mac=52:54:00:12:34:56");
        assertTrue(isJob("blockdev-backup device=a target=b sync=full"));
        assertFalse(isJob("query-jobs"));
        assertFalse(isJob("transaction {\"actions\": [{\"type\": \"blockdev-backup\","
                + " \"data\": {\"device\": \"a\", \"target\": \"b\", \"sync\": \"full\"}}]}"));
        assertUnderstood("{\"id\":\"a \\\" b\"}", "device_del id=\"a \\\" b\"");
        assertUnderstood(
                "{\"id\":\"" + "\\\"".repeat(100_000) + "\"}", "device_del id=\"" + "\\\"".repeat(100_000) + "\"");
    }

    @Test
    @DisplayName("What QEMU would refuse is said before anything is sent")
    void refuses() {
        assertEquals(List.of("Type a command"), of("").problems());
        assertEquals(
                List.of("QEMU has no command frobnicate"), of("frobnicate x=1").problems());
        assertEquals(List.of("id is missing"), of("device_del").problems());
        assertEquals(
                List.of("id has no value: id=…", "id is missing"),
                of("device_del id").problems());
        assertEquals(List.of("x is unknown"), of("query-status x=1").problems());
        assertEquals(
                List.of("size has to be of the type int"),
                of("blockdev-add driver=null-co size=many").problems());
        assertEquals(
                List.of("file has none of the forms that it may have"),
                of("blockdev-add driver=qcow2 file.driver=nothing").problems());
        assertEquals(List.of("driver is missing"), of("device_add x=1").problems());
        assertEquals(
                List.of("The arguments are no JSON object yet", "id is missing"),
                of("device_del {\"id\"").problems());
        assertTrue(of("block-commit device=a on-error=perhaps")
                .problems()
                .get(0)
                .startsWith("on-error has to be one of "));
    }
}
