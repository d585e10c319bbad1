package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("Console: which commands may be sent")
class RulesTest {

    private static final Rules RULES = new Rules(false);

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private static HttpStatus refusal(String command, String arguments) {
        ResponseStatusException refusal = assertThrows(
                ResponseStatusException.class,
                () -> RULES.check(command, json(arguments), null, false),
                command + arguments);
        return HttpStatus.valueOf(refusal.getStatusCode().value());
    }

    @Test
    @DisplayName(
            "A command is asked about, also one that the console does not know, unless it adds something or can be undone")
    void asks() {
        for (String command : List.of(
                "quit",
                "migrate-incoming",
                "dump-guest-memory",
                "pmemsave",
                "memsave",
                "screendump",
                "drive-backup",
                "blockdev-backup",
                "drive-mirror",
                "blockdev-mirror",
                "blockdev-snapshot-sync",
                "block-commit",
                "block-dirty-bitmap-clear",
                "block-dirty-bitmap-remove",
                "blockdev-change-medium",
                "remove-fd",
                "job-cancel",
                "job-complete",
                "netdev_del",
                "object-del",
                "chardev-add",
                "migrate_cancel",
                "migrate-pause",
                "qom-set",
                "send-key",
                "input-send-event",
                "x-of-a-later-version")) {
            assertEquals(HttpStatus.PRECONDITION_REQUIRED, refusal(command, "{}"), command);
            assertDoesNotThrow(() -> RULES.check(command, json("{}"), null, true));
        }
        for (String command : List.of("stop", "blockdev-add", "device_add", "query-block", "block-stream")) {
            assertDoesNotThrow(() -> RULES.check(command, json("{}"), null, false), command);
        }
    }

    @Test
    @DisplayName(
            "A machine whose guest has moved, or may have, is asked about before it runs: the guest may run elsewhere")
    void moved() {
        assertTrue(Rules.asksFirst("cont", json("{}"), "postmigrate"));
        assertFalse(Rules.asksFirst("cont", json("{}"), "paused"));
        assertTrue(Rules.asksFirst("cont", json("{}"), "finish-migrate"));
        assertTrue(Rules.asksFirst("cont", json("{}"), null));
        assertFalse(Rules.asksFirst("stop", json("{}"), "postmigrate"));
    }

    @Test
    @DisplayName("A transaction is asked about if one of its actions is")
    void transactions() {
        String harmless = "{\"type\": \"block-dirty-bitmap-add\", \"data\": {\"node\": \"a\", \"name\": \"b\"}}";
        String clears = "{\"type\": \"block-dirty-bitmap-clear\", \"data\": {\"node\": \"a\", \"name\": \"b\"}}";
        String actions = "{\"actions\": [%s, %s]}";
        assertDoesNotThrow(() -> RULES.check("transaction", json(actions.formatted(harmless, harmless)), null, false));
        assertEquals(HttpStatus.PRECONDITION_REQUIRED, refusal("transaction", actions.formatted(harmless, clears)));
        assertFalse(Rules.asksFirst("transaction", json("{\"actions\": 7}"), null));
    }

    @Test
    @DisplayName("A query that may show a secret is refused, however its path is written")
    void secrets() {
        for (String path : List.of("/objects/sec0", "/objects", "//objects///sec0", "sec0", "objects/sec0", "")) {
            String json = "{\"path\": \"" + path + "\", \"property\": \"type\"}";
            assertEquals(HttpStatus.FORBIDDEN, refusal("qom-get", json), path);
        }
        for (String property : List.of("data", "password", "secret", "password-secret", "passphrase")) {
            String json = "{\"path\": \"/machine/peripheral/x\", \"property\": \"" + property + "\"}";
            assertEquals(HttpStatus.FORBIDDEN, refusal("qom-get", json), property);
        }
        assertEquals(HttpStatus.FORBIDDEN, refusal("qom-list-get", "{\"paths\": [\"/machine\"]}"));
        assertDoesNotThrow(() -> RULES.check(
                "qom-get", json("{\"path\": \"/machine/peripheral/x\", \"property\": \"drive\"}"), null, false));
        assertDoesNotThrow(() -> RULES.check("qom-list", json("{\"path\": \"/objects\"}"), null, false));
    }

    @Test
    @DisplayName("One that is read-only permits queries alone")
    void readOnly() {
        Rules readOnly = new Rules(true);
        assertTrue(readOnly.readOnly());
        assertDoesNotThrow(() -> readOnly.check("query-block", false));
        assertThrows(ResponseStatusException.class, () -> readOnly.check("cont", true));
        assertThrows(ResponseStatusException.class, readOnly::checkChange);
        assertDoesNotThrow(RULES::checkChange);
    }
}
