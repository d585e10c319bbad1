package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

@DisplayName("Messages in logs")
class WireTextTest {

    private static JsonNode json(String text) {
        return WireJson.MAPPER.readTree(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{\"a\":[]}",
                "{\"a\":{},\"b\":[1,\"x\\n\",true,null,2.5]}",
                "[[1],[{\"b\":[0]}]]",
                "5",
                "\"\u00e4\\\"\""
            })
    @DisplayName("A message is printed as compact JSON")
    void compact(String text) {
        assertEquals(text, WireText.of(json(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"password", "Password", "passphrase", "secret", "cookie"})
    @DisplayName("What is named as a secret is hidden, at any depth, whatever it is")
    void secretNames(String name) {
        assertEquals(
                "{\"execute\":\"x\",\"arguments\":{\"a\":[{\"" + name + "\":\"***\",\"b\":1}]}}",
                WireText.of(json("{\"execute\": \"x\", \"arguments\": {\"a\": [{\"" + name + "\": [1], \"b\": 1}]}}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"set_password", "change-vnc-password", "guest-set-user-password"})
    @DisplayName("The commands that set passwords are printed without them")
    void passwordCommands(String command) {
        String text = WireText.of(
                json("{\"execute\": \"" + command + "\", \"arguments\": {\"password\": \"hunter2\", \"u\": \"v\"}}"));
        assertTrue(text.contains("\"u\":\"v\""), text);
        assertTrue(!text.contains("hunter2"), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "secret_keyring"})
    @DisplayName("object-add of a secret is printed without its data; other objects keep theirs")
    void secretObjects(String type) {
        String message = "{\"execute\":\"object-add\",\"arguments\":{\"qom-type\":\"%s\",\"data\":\"%s\"}}";
        assertEquals(message.formatted(type, "***"), WireText.of(json(message.formatted(type, "hunter2"))));
        assertEquals(message.formatted("rng", "x"), WireText.of(json(message.formatted("rng", "x"))));
        String other = message.formatted(type, "x").replace("object-add", "other");
        assertEquals(other, WireText.of(json(other)));
    }

    @Test
    @DisplayName("What a peer says in words is cut at 1,000 characters, too")
    void words() {
        assertEquals("x".repeat(1000), WireText.ofWords("x".repeat(1000)));
        assertEquals("x".repeat(1000) + "...", WireText.ofWords("x".repeat(1001)));
    }

    @Test
    @DisplayName("A line is cut at 1,000 characters, however the message is made, and one of 1,000 is not")
    void bounded() {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        JsonNode fits = nodes.stringNode("x".repeat(998));
        assertEquals(fits.toString(), WireText.of(fits));
        for (JsonNode large : new JsonNode[] {
            nodes.stringNode("x".repeat(999)),
            nodes.stringNode("\u0001".repeat(5_000_000)),
            nodes.objectNode().put("x".repeat(2000), 1),
            json("[" + "1,".repeat(5000) + "1]"),
            json("{\"a\":1" + ",\"b\":[]".repeat(1) + ",\"c\":[" + "{\"d\":1},".repeat(500) + "0]}"),
            json("[".repeat(600) + "{\"a\":" + "[".repeat(380) + "]".repeat(380) + "}" + "]".repeat(600)),
        }) {
            String text = WireText.of(large);
            assertEquals(1003, text.length());
            assertTrue(text.endsWith("..."), text);
        }
    }
}
