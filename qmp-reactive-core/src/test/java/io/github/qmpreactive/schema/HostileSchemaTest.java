package io.github.qmpreactive.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("QmpSchema.of refuses")
class HostileSchemaTest {

    private static final String COMMAND = """
            {"meta-type": "command", "name": "go", "arg-type": "0", "ret-type": "0"},
            {"meta-type": "object", "name": "0", "members": []}
            """;

    private static String refusal(String json) {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> QmpSchema.of(JsonMapper.shared().readTree(json)));
        String begin = "Not what query-qmp-schema returns: ";
        assertTrue(e.getMessage().startsWith(begin), e::getMessage);
        return e.getMessage().substring(begin.length());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        {} | it is no list
        null | it is no list
        [] | it has no command
        [{"meta-type": "object", "name": "0", "members": []}] | it has no command
        """)
    @DisplayName("what is no list of entries, or has no command")
    void noSchema(String json, String message) {
        assertEquals(message, refusal(json));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        7 | entry 2 has no text as name
        {} | entry 2 has no text as name
        {"name": 7} | 7 (entry 2) has no text as name
        {"name": "x"} | x (entry 2) has no text as meta-type
        {"name": "x", "meta-type": []} | x (entry 2) has no text as meta-type
        {"name": "x", "meta-type": "command", "arg-type": "0"} | x (entry 2) has no text as ret-type
        {"name": "x", "meta-type": "command", "ret-type": "0"} | x (entry 2) has no text as arg-type
        {"name": "x", "meta-type": "command", "arg-type": 0, "ret-type": "0"} | x (entry 2) has no text as arg-type
        {"name": "x", "meta-type": "command", "arg-type": "9", "ret-type": "0"} | x names a type that is not there: 9
        {"name": "x", "meta-type": "command", "arg-type": "0", "ret-type": "9"} | x names a type that is not there: 9
        {"name": "x", "meta-type": "command", "arg-type": "0", "ret-type": "0", "features": "y"} | x (entry 2) has no list of features
        {"name": "x", "meta-type": "command", "arg-type": "0", "ret-type": "0", "features": [{}]} | x (entry 2) has no text as features
        {"name": "go", "meta-type": "command", "arg-type": "0", "ret-type": "0"} | go (entry 2) has the name of another entry
        {"name": "x", "meta-type": "event"} | x (entry 2) has no text as arg-type
        {"name": "x", "meta-type": "object"} | x (entry 2) has no list of members
        {"name": "x", "meta-type": "object", "members": {}} | x (entry 2) has no list of members
        {"name": "x", "meta-type": "object", "members": [7]} | x (entry 2) has no text as name
        {"name": "x", "meta-type": "object", "members": [{"name": "m"}]} | x (entry 2) has no text as type
        {"name": "x", "meta-type": "object", "members": [{"name": "m", "type": "9"}]} | x names a type that is not there: 9
        {"name": "x", "meta-type": "object", "members": [], "tag": {}} | x (entry 2) has no text as tag
        {"name": "x", "meta-type": "object", "members": [], "tag": "t"} | x (entry 2) has no member t, which it names as tag
        {"name": "x", "meta-type": "object", "members": [], "variants": [{"case": "c", "type": "0"}]} | x (entry 2) has variants without a tag
        {"name": "x", "meta-type": "enum"} | x (entry 2) has no list of values
        {"name": "x", "meta-type": "enum", "values": [1]} | x (entry 2) has no text as values
        {"name": "x", "meta-type": "enum", "members": [{}], "values": []} | x (entry 2) has no text as name
        {"name": "x", "meta-type": "array"} | x (entry 2) has no text as element-type
        {"name": "x", "meta-type": "alternate"} | x (entry 2) has no list of members
        {"name": "x", "meta-type": "builtin"} | x (entry 2) has no text as json-type
        """)
    @DisplayName("an entry of a wrong shape, and names it")
    void entries(String entry, String message) {
        assertEquals(message, refusal("[" + COMMAND + "," + entry + "]"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        {"name": "x", "meta-type": "event", "arg-type": "e"}
        {"name": "x", "meta-type": "command", "arg-type": "e", "ret-type": "0"}
        {"name": "x", "meta-type": "object", "members": [{"name": "t", "type": "e"}], "tag": "t", "variants": [{"case": "c", "type": "e"}]}
        """)
    @DisplayName("arguments, data and variants that are no objects")
    void noObject(String entry) {
        String e = "{\"name\": \"e\", \"meta-type\": \"enum\", \"values\": []}";
        assertEquals("x names a type that is no object: e", refusal("[" + COMMAND + "," + e + "," + entry + "]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'name': 'x', 'meta-type': 'array', 'element-type': 'x'}",
                "{'name': 'x', 'meta-type': 'alternate', 'members': [{'type': '0'}, {'type': 'x'}]}",
                "{'name': 'x', 'meta-type': 'object', 'members': [{'name': 't', 'type': '0'}], 'tag': 't',"
                        + " 'variants': [{'case': 'c', 'type': 'x'}]}",
                "{'name': 'x', 'meta-type': 'array', 'element-type': 'y'},"
                        + "{'name': 'y', 'meta-type': 'alternate', 'members': [{'type': 'x'}, {'type': 'y'}]}"
            })
    @DisplayName("a type that contains itself without a member between")
    void endless(String entries) {
        String message = refusal("[" + COMMAND + "," + entries.replace('\'', '"') + "]");
        assertTrue(
                message.matches("the type [xy] contains itself without a member between, or more than 50 lists,"
                        + " alternates and variants within each other"),
                message);
    }

    @Test
    @DisplayName("more than 50 lists within each other, wherever it begins")
    void deep() {
        Schemas.of(COMMAND + lists(50));
        assertTrue(refusal("[" + COMMAND + lists(51) + "]").contains("more than 50 lists"));
        assertTrue(refusal("[" + COMMAND + lists(10_000) + "]").contains("more than 50 lists"));
    }

    @Test
    @DisplayName("not 50 alternates of twice the same: a path through them is found though there are 2^50 ways")
    void wide() {
        String alternates = IntStream.rangeClosed(1, 50)
                .mapToObj(i ->
                        ", {\"name\": \"%1$d\", \"meta-type\": \"alternate\", \"members\": [{\"type\": \"%2$d\"}, {\"type\": \"%2$d\"}]}"
                                .formatted(i, i - 1))
                .collect(Collectors.joining());
        QmpSchema schema = Schemas.of(COMMAND.replace("\"ret-type\": \"0\"", "\"ret-type\": \"50\"") + alternates);
        assertTrue(schema.supports("go/ret-type"));
        assertFalse(schema.supports("go/ret-type/nope"));
        assertTrue(schema.differenceTo(schema).isEmpty());
    }

    /** The innermost first. */
    private static String lists(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i ->
                        ", {\"name\": \"%d\", \"meta-type\": \"array\", \"element-type\": \"%d\"}".formatted(i, i - 1))
                .collect(Collectors.joining());
    }

    @Test
    @DisplayName("more than 20,000 entries")
    void many() {
        String events = IntStream.range(0, 20_000)
                .mapToObj(i -> ", {\"name\": \"E%d\", \"meta-type\": \"event\", \"arg-type\": \"0\"}".formatted(i))
                .collect(Collectors.joining());
        assertEquals("it has 20002 entries, the limit is 20000", refusal("[" + COMMAND + events + "]"));
    }

    @Test
    @DisplayName("long names, but does not repeat them in full")
    void longNames() {
        String message = refusal("[{\"name\": \"%s\"}]".formatted("x".repeat(100_000)));
        assertEquals("x".repeat(100) + "… (entry 0) has no text as meta-type", message);
    }
}
