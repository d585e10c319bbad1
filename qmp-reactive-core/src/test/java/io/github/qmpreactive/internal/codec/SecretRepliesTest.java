package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

@DisplayName("P31 Secrets by context")
class SecretRepliesTest {

    private static ObjectNode json(String text) {
        return (ObjectNode) WireJson.MAPPER.readTree(text.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'execute':'qom-get','arguments':{'path':'/objects/s','property':'data'}} | true",
                "{'exec-oob':'qom-get','arguments':{'path':'/objects/s','property':'Password'}} | true",
                "{'execute':'qom-get','arguments':{'path':'/machine','property':'type'}} | false",
                "{'execute':'human-monitor-command','arguments':{'command-line':'qom-get /objects/s data'}} | true",
                "{'execute':'human-monitor-command','arguments':{'command-line':'info status'}} | false",
                "{'execute':'query-status'} | false"
            })
    @DisplayName("What a command returns is hidden if a secret was asked for")
    void replies(String command, boolean isSecret) {
        ObjectNode reply = json("{'return':'hunter2','id':1}");
        String printed = WireText.ofReply(reply, json(command));
        assertEquals(isSecret ? "{\"return\":\"***\",\"id\":1}" : "{\"return\":\"hunter2\",\"id\":1}", printed);
        assertEquals(
                isSecret ? List.of("/return") : List.of(),
                Secrets.ofReplyTo(json(command)).hideIn(reply));
    }

    @Test
    @DisplayName("Of a reply to an unknown command everything is hidden that may hold text")
    void unknown() {
        assertEquals("{\"return\":\"***\"}", WireText.ofReply(json("{'return':'hunter2'}"), null));
        assertEquals(
                "{\"return\":\"***\"}", WireText.ofReply(json("{'return':[{'name':'data','value':'hunter2'}]}"), null));
        assertEquals("{\"return\":{},\"id\":1}", WireText.ofReply(json("{'return':{},'id':1}"), null));
        assertEquals("{\"return\":7}", WireText.ofReply(json("{'return':7}"), null));
    }

    @Test
    @DisplayName("Of a list of properties the values of those are hidden whose names are those of secrets")
    void properties() {
        ObjectNode reply = json("{'return':[{'properties':[{'name':'data','type':'string','value':'hunter2'},"
                + "{'name':'size','value':1}]}]}");
        Secrets secrets = Secrets.ofReplyTo(json("{'execute':'qom-list-get','arguments':{'paths':['/objects/s']}}"));
        assertEquals(List.of("/return/0/properties/0/value"), secrets.hideIn(reply));
    }

    @Test
    @DisplayName("change of a VNC password is hidden, change of a medium is not; an empty name is no secret")
    void change() {
        assertEquals(
                List.of("/arguments/arg"),
                Secrets.hide(
                        json("{'execute':'change','arguments':{'device':'vnc','target':'password','arg':'hunter2'}}")));
        assertEquals(
                List.of(),
                Secrets.hide(json("{'execute':'change','arguments':{'device':'ide1-cd0','target':'/x.iso'},'':1}")));
    }

    @Test
    @DisplayName("Words of the server that repeat a secret are told without it")
    void words() {
        ObjectNode command = json("{'execute':'set_password','arguments':{'protocol':'vnc','password':'hunter2'}}");
        assertEquals(
                "Cannot use '***' at https://u:***@h/",
                Secrets.ofWords("Cannot use 'hunter2' at https://u:x@h/", command));
    }
}
