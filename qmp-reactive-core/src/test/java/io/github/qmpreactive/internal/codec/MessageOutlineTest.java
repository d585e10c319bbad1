package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

@DisplayName("What is known of a message that is not kept")
class MessageOutlineTest {

    private static MessageOutline in(String text, int piece) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        MessageOutline outline = new MessageOutline(false);
        for (int from = 0; from < bytes.length; from += piece) {
            int to = Math.min(from + piece, bytes.length);
            assertEquals(to, outline.feed(bytes, from, to));
        }
        return outline;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                "{'return':[{'id':'x','event':'y'}],'id':'#1'} | '#1' | -",
                "{ 'id' : 7 , 'error' : { 'class':'A' } } | 7 | -",
                "{'id':{'a':[1,{'b':2}]},'return':1} | {'a':[1,{'b':2}]} | -",
                "{'return':'a \\' } ,\\\\','id':null} | null | -",
                "{'event':'STOP','data':{'id':'x'}} | - | STOP",
                "{'timestamp':{'seconds':1},'event':'A\\u0042','data':[]} | - | AB",
                "{'event':'STOP','id':1,'return':{}} | 1 | -",
                "{'event':'STOP','id':1} | 1 | STOP",
                "{'event':5} | - | -",
                "{'id':inf,'return':1} | - | -",
                "{'identity':1,'return':{'mbps':inf},'id':'#2'} | '#2' | -",
                "{} | - | -"
            })
    @DisplayName("is its id and the name of its event, wherever they are and however it is cut")
    void known(String text, String id, String event) {
        String json = text.replace('\'', '"');
        for (int piece = 1; piece <= json.length(); piece++) {
            MessageOutline outline = in(json, piece);
            assertTrue(outline.isComplete());
            assertEquals(id == null ? "null" : id.replace('\'', '"'), String.valueOf(outline.id()), json);
            assertEquals(id == null, outline.id() == null, json);
            assertEquals(event, outline.event(), json);
        }
    }

    @Test
    @DisplayName("is that of the parser, for 20,000 random messages")
    void random() {
        long seed = Long.getLong("qmp.fuzz.seed", new Random().nextLong());
        RandomTrees trees = new RandomTrees(seed);
        for (int i = 0; i < 20_000; i++) {
            ObjectNode tree = trees.object();
            if (trees.chance(3)) {
                tree.set("id", trees.object());
            }
            String json = tree.toString();
            MessageOutline outline = in(json, 1 + i % 50);
            assertTrue(outline.isComplete());
            assertEquals(json.getBytes(StandardCharsets.UTF_8).length, outline.length());
            assertEquals(
                    String.valueOf(WireJson.MAPPER.readTree(json).get("id")),
                    String.valueOf(outline.id()),
                    () -> "-Dqmp.fuzz.seed=" + seed + ": " + json);
        }
    }

    @Test
    @DisplayName("is nothing of what is too long, and of what a sentinel cuts off")
    void limits() {
        MessageOutline large =
                in("{\"id\":\"" + "x".repeat(100_000) + "\",\"event\":\"" + "y".repeat(100_000) + "\"}", 999);
        assertEquals(null, large.id());
        assertEquals(null, large.event());
        MessageOutline cut = new MessageOutline(true);
        assertEquals(3, cut.feed(new byte[] {'{', '"', (byte) 0xFF, '{', '}'}, 0, 5));
        assertTrue(cut.isDropped());
        assertFalse(cut.isComplete());
    }
}
