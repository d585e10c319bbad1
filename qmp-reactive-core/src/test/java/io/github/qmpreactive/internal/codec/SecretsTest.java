package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

@DisplayName("Secrets of messages")
class SecretsTest {

    private static ObjectNode json(String text) {
        return (ObjectNode) WireJson.MAPPER.readTree(text);
    }

    @Test
    @DisplayName("are replaced at any depth, whatever they are, and their places are told")
    void everywhere() {
        ObjectNode message = json("{\"a\": [{\"Password\": [1], \"b\": 1}, {\"x/y~\": {\"cookie\": null}}], \"c\": 2}");
        assertEquals(List.of("/a/0/Password", "/a/1/x~1y~0/cookie"), Secrets.hide(message));
        assertEquals(
                "{\"a\":[{\"Password\":\"***\",\"b\":1},{\"x/y~\":{\"cookie\":\"***\"}}],\"c\":2}", message.toString());
    }

    @ParameterizedTest
    @CsvSource({"secret, true", "secret_keyring, true", "rng-random, false"})
    @DisplayName("are the data of an object-add of a secret, and not of another object")
    void objects(String type, boolean isSecret) {
        ObjectNode message =
                json("{\"execute\":\"object-add\",\"arguments\":{\"qom-type\":\"%s\",\"data\":\"x\"}}".formatted(type));
        assertEquals(isSecret ? List.of("/arguments/data") : List.of(), Secrets.hide(message));
        assertEquals(isSecret ? "***" : "x", message.at("/arguments/data").stringValue());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'exec-oob':'object-add','arguments':{'qom-type':'secret','data':'x'}} | /arguments/data",
                "{'execute':'qom-set','arguments':{'path':'/objects/s','property':'data','value':'x'}} | /arguments/value",
                "{'execute':'qom-set','arguments':{'path':'/o','property':'Password','value':'x'}} | /arguments/value",
                "{'execute':'qom-set','arguments':{'path':'/o','property':'size','value':'x'}} | ``",
                "{'execute':'human-monitor-command','arguments':{'command-line':'object_add SECRET,data=x'}}"
                        + " | /arguments/command-line",
                "{'execute':'human-monitor-command','arguments':{'command-line':'change vnc password x'}}"
                        + " | /arguments/command-line",
                "{'execute':'human-monitor-command','arguments':{'command-line':'info block'}} | ``",
                "{'execute':'guest-exec','arguments':{'path':'p','input-data':'x'}} | /arguments/input-data",
                "{'execute':'guest-file-write','arguments':{'handle':1,'buf-b64':'x'}} | /arguments/buf-b64",
                "{'execute':5,'arguments':[]} | ``"
            })
    @DisplayName("may be sent by other roads: out of band, by qom-set, in a line of the monitor, to a guest")
    void otherRoads(String message, String hidden) {
        assertEquals(hidden.isEmpty() ? List.of() : List.of(hidden), Secrets.hide(json(message.replace('\'', '"'))));
    }

    @Test
    @DisplayName("are what the log of the wire hides")
    void asLogged() {
        ObjectNode message = json("{\"execute\":\"set_password\",\"arguments\":{\"password\":\"x\",\"secret\":{}}}");
        String logged = WireText.of(message);
        Secrets.hide(message);
        assertEquals(message.toString(), logged);
    }
}
