package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@DisplayName("Secrets inside of text")
class CredentialsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://user:HUNTER2@host/image.qcow2",
                "https://HUNTER2@host/image.qcow2",
                "Could not open 'ftp://u:HUNTER2@h:21/x': refused",
                "iscsi://user%HUNTER2@host/iqn/0",
                "iscsi://user%HUNTER2:HUNTER2@host:3260/iqn/0",
                "http://h/x?a=1&token=HUNTER2",
                "rbd:pool/image:id=admin:key=HUNTER2==:mon_host=a",
                "driver=x,password=HUNTER2,y=1",
                "rbd:pool/image:password=HUNTER2:mon_host=a",
                "--password=HUNTER2",
                "tool --db-password=HUNTER2 x",
                "DB_PASSWORD=HUNTER2",
                "PGPASSWORD=HUNTER2",
                "sh -c \"MYSQL_PWD=HUNTER2 mysql\"",
                "http://h/x?password=HUNTER2:HUNTER2&a=1",
                "json:{\"driver\":\"https\",\"password\":\"HUNTER2\"}",
                "json:{\"file\": {\"file.cookie\" : \"a \\\" HUNTER2\"}}",
                "json:{\"f\":\"json:{\\\"password\\\":\\\"HUNTER2\\\"}\"}",
                "json:{'secret':'HUNTER2'}"
            })
    @DisplayName("are hidden")
    void hidden(String text) {
        String masked = Credentials.mask(text);
        assertTrue(masked.contains("***"), masked);
        assertFalse(masked.contains("HUNTER2"), masked);
        assertTrue(Credentials.isIn(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://host/image.qcow2",
                "ssh://root@host/x",
                "nbd://localhost:10809/disk",
                "nbd+unix:///disk?socket=/run/x",
                "driver=x,password-secret=sec0",
                "driver=luks,key-secret=sec0",
                "json:{\"driver\":\"https\",\"password-secret\":\"sec0\"}",
                "Password is wrong",
                "aGVsbG8=",
                "tcp:127.0.0.1:4444",
                ""
            })
    @DisplayName("are not seen where there are none")
    void left(String text) {
        assertEquals(text, Credentials.mask(text));
        assertFalse(Credentials.isIn(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"json:{\"driver\":\"http\",\"password\":\"\"}", "http://u:p@host/x"})
    @DisplayName("that are empty or very short do not hide the letters of what the server says")
    void tooShort(String file) {
        ObjectNode command = JsonNodeFactory.instance.objectNode().put("execute", "blockdev-add");
        command.putObject("arguments").put("filename", file);
        assertEquals("Could not open image", Secrets.ofWords("Could not open image", command));
    }

    @Test
    @DisplayName("are hidden to their ends where one is the beginning of another")
    void prefix() {
        ObjectNode command = JsonNodeFactory.instance.objectNode().put("execute", "blockdev-add");
        command.putObject("arguments").put("a", "x,password=secr,y=1").put("b", "x,password=secretive,y=1");
        assertEquals("not *** nor ***", Secrets.ofWords("not secretive nor secr", command));
    }

    @Test
    @DisplayName("of which there are very many in one command: nothing of what the server says about it is shown")
    void many() {
        ObjectNode command = JsonNodeFactory.instance.objectNode().put("execute", "blockdev-add");
        StringBuilder text = new StringBuilder();
        for (int n = 0; n < Secrets.MAX_VALUES; n++) {
            assertEquals("Refused", Secrets.ofWords("Refused", command));
            text.append(",password=hunter").append(n);
            command.putObject("arguments").put("filename", text.toString());
        }
        assertEquals("***", Secrets.ofWords("Refused", command));
        ObjectNode reply = JsonNodeFactory.instance
                .objectNode()
                .put("return", "hunter" + (Secrets.MAX_VALUES + 1))
                .put("id", "#1");
        reply.putObject("error").put("class", "GenericError").put("desc", "Refused");
        assertEquals(
                List.of("/return", "/error/desc"),
                Secrets.ofReplyTo(command).hideIn(reply),
                "nothing it is matched by");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"https://user:, @host", "json:{\"password\":\", \"}", "x;password=, ;y"})
    @DisplayName("that are longer than what is printed are not printed in part")
    void longSecret(String before, String after) {
        String secret = "HUNTER2-".repeat(1500);
        String text = before + secret + after;
        ObjectNode command = JsonNodeFactory.instance.objectNode().put("execute", "blockdev-add");
        command.putObject("arguments").put("filename", text);
        assertFalse(WireText.of(command).contains("HUNTER2"), () -> WireText.of(command));
        assertFalse(Secrets.ofWords("Cannot open " + secret, command).contains("HUNTER2"));
        assertFalse(WireText.ofWords(text).contains("HUNTER2"));
        assertEquals(List.of("/arguments/filename"), Secrets.hide(command));
    }

    @ParameterizedTest
    @ValueSource(strings = {" https://user:HUNTER2@host/x", ",password=HUNTER2", "\"password\":\"HUNTER2\""})
    @DisplayName("are found at every place of a long text")
    void longText(String secret) {
        ObjectNode command = JsonNodeFactory.instance.objectNode().put("execute", "blockdev-add");
        for (int before = 0; before < 20_000; before += 499) {
            String text = "json:" + ".".repeat(before) + secret + " ".repeat(20_000 - before);
            assertTrue(Credentials.isIn(text), () -> "in " + text.indexOf("HUNTER2"));
            command.putObject("arguments").put("filename", text);
            assertEquals("not ***", Secrets.ofWords("not HUNTER2", command));
        }
    }
}
