package io.github.qmpreactive.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class QmpCommandTest {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    record Device(
            String driver, @JsonProperty("iothread-id") String iothread, Integer port, List<String> extra) {}

    static final class Bean {
        public String getId() {
            return "usb0";
        }

        public String getBus() {
            return null;
        }
    }

    static final class Failing {
        public String getId() {
            throw new IllegalStateException("no id");
        }
    }

    static final class Chain {
        public Chain getNext() {
            return new Chain();
        }
    }

    private static String arguments(Object arguments) {
        return QmpCommand.of("x").arguments(arguments).arguments().toString();
    }

    @Test
    @DisplayName("C19 a command is execute and its name, without arguments where there are none")
    void plain() {
        QmpCommand command = QmpCommand.of("query-status");
        assertEquals("query-status", command.name());
        assertEquals("{}", command.arguments().toString());
        assertFalse(command.isOob());
        assertEquals("{\"execute\":\"query-status\"}", command.json().toString());
        assertEquals("query-status", command.toString());
    }

    @Test
    @DisplayName("C19 a command out of band is exec-oob and its name, and keeps its arguments")
    void oob() {
        QmpCommand command = QmpCommand.of("yank").arguments(Map.of("a", 1)).oob();
        assertTrue(command.isOob());
        assertEquals(
                "{\"exec-oob\":\"yank\",\"arguments\":{\"a\":1}}",
                command.json().toString());
        assertEquals("yank (out of band)", command.toString());
        assertSame(command, command.oob());
        assertTrue(command.arguments(Map.of()).isOob(), "other arguments leave it out of band");
    }

    @Test
    @DisplayName("C20 empty arguments are left out")
    void emptyArguments() {
        assertEquals(
                "{\"execute\":\"stop\"}",
                QmpCommand.of("stop").arguments(Map.of()).json().toString());
    }

    @Test
    @DisplayName("C20 arguments are made of a map, a record, a bean or JSON")
    void kinds() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a", List.of(1, true));
        map.put("b", Map.of("c", "d"));
        assertEquals("{\"a\":[1,true],\"b\":{\"c\":\"d\"}}", arguments(map));
        assertEquals(
                "{\"driver\":\"usb\",\"port\":1,\"extra\":[],\"iothread-id\":\"t\"}",
                sorted(new Device("usb", "t", 1, List.of()), "driver", "port", "extra", "iothread-id"));
        assertEquals("{\"id\":\"usb0\"}", arguments(new Bean()));
        assertEquals(
                "{\"a\":{\"b\":1}}",
                arguments(NODES.objectNode().set("a", NODES.objectNode().put("b", 1))));
    }

    private static String sorted(Object arguments, String... names) {
        ObjectNode all = QmpCommand.of("x").arguments(arguments).arguments();
        ObjectNode sorted = NODES.objectNode();
        for (String name : names) {
            sorted.set(name, all.remove(name));
        }
        assertTrue(all.isEmpty());
        return sorted.toString();
    }

    @Test
    @DisplayName("Nulls are left out of a record and a bean, but kept in a map, a list and JSON")
    void nulls() {
        assertEquals("{\"driver\":\"usb\"}", arguments(new Device("usb", null, null, null)));
        Map<String, Object> map = new HashMap<>();
        map.put("iothread", null);
        assertEquals("{\"iothread\":null}", arguments(map));
        assertEquals("{\"iothread\":null}", arguments(NODES.objectNode().putNull("iothread")));
        List<String> list = new ArrayList<>();
        list.add(null);
        assertEquals("{\"extra\":[null]}", arguments(new Device(null, null, null, list)));
        assertEquals("{\"a\":{\"driver\":\"usb\"}}", arguments(Map.of("a", new Device("usb", null, null, null))));
    }

    @Test
    @DisplayName("A mapper of the user's own makes the arguments")
    void ownMapper() {
        JsonMapper mapper = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .build();
        QmpCommand command = QmpCommand.of("x").oob().arguments(new Bean(), mapper);
        assertEquals(NODES.objectNode().put("Id", "usb0").putNull("Bus"), command.arguments());
        assertTrue(command.isOob());
    }

    @Test
    @DisplayName("What happens later to what was given changes nothing")
    void copiesWhatIsTakenIn() {
        ObjectNode inner = NODES.objectNode().put("b", 1);
        ObjectNode json = NODES.objectNode().set("a", inner);
        Map<String, Object> map = new HashMap<>(Map.of("a", inner));
        QmpCommand ofJson = QmpCommand.of("x").arguments(json);
        QmpCommand ofMap = QmpCommand.of("x").arguments(map);
        inner.put("b", 2);
        json.put("c", 3);
        map.put("c", 3);
        assertEquals("{\"a\":{\"b\":1}}", ofJson.arguments().toString());
        assertEquals("{\"a\":{\"b\":1}}", ofMap.arguments().toString());
    }

    @Test
    @DisplayName("What happens to what was handed out changes nothing")
    void copiesWhatIsHandedOut() {
        QmpCommand command = QmpCommand.of("x").arguments(Map.of("a", Map.of("b", 1)));
        ((ObjectNode) command.arguments().get("a")).put("b", 2);
        command.arguments().put("c", 3);
        ((ObjectNode) command.json().get("arguments").get("a")).put("b", 2);
        command.json().put("id", 1);
        assertEquals(
                "{\"execute\":\"x\",\"arguments\":{\"a\":{\"b\":1}}}",
                command.json().toString());
        QmpCommand plain = QmpCommand.of("y");
        plain.arguments().put("a", 1);
        assertEquals("{\"execute\":\"y\"}", plain.json().toString());
    }

    @Test
    @DisplayName("A setter leaves the command alone and makes a new one")
    void immutable() {
        QmpCommand command = QmpCommand.of("x").arguments(Map.of("a", 1));
        QmpCommand other = command.arguments(Map.of("b", 2)).oob();
        assertEquals(
                "{\"execute\":\"x\",\"arguments\":{\"a\":1}}", command.json().toString());
        assertEquals(
                "{\"exec-oob\":\"x\",\"arguments\":{\"b\":2}}", other.json().toString());
    }

    static Stream<Object> noObjects() {
        return Stream.of(
                List.of(1), "text", 5, true, new int[] {1}, NODES.arrayNode(), NODES.nullNode(), NODES.stringNode("a"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noObjects")
    @DisplayName("C20 arguments that make no JSON object are refused; the error says what they make")
    void noObject(Object arguments) {
        IllegalArgumentException error = assertThrows(
                IllegalArgumentException.class, () -> QmpCommand.of("stop").arguments(arguments));
        String type = JsonMapper.shared().valueToTree(arguments).getNodeType().toString();
        assertEquals(
                "The arguments of stop must make a JSON object, but "
                        + arguments.getClass().getName() + " makes " + type,
                error.getMessage());
    }

    @Test
    @DisplayName("Arguments that fail while they are turned into JSON are refused, with the cause")
    void failing() {
        IllegalArgumentException error = assertThrows(
                IllegalArgumentException.class, () -> QmpCommand.of("stop").arguments(new Failing()));
        JacksonException cause = assertInstanceOf(JacksonException.class, error.getCause());
        assertEquals(
                "The arguments of stop cannot be turned into JSON: " + Failing.class.getName() + ", "
                        + cause.getOriginalMessage(),
                error.getMessage());
    }

    @ParameterizedTest
    @MethodSource("thrown")
    @DisplayName("Arguments whose class throws anything but what is wrong with the JVM are refused, with that as cause")
    void throwing(Throwable thrown) {
        QmpCommand stop = QmpCommand.of("stop");
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> stop.arguments(new Throwing(thrown)));
        assertEquals(
                "The arguments of stop cannot be turned into JSON: " + Throwing.class.getName() + ", " + thrown,
                error.getMessage());
        assertSame(thrown, error.getCause());
        OutOfMemoryError memory = new OutOfMemoryError("made up");
        assertSame(memory, assertThrows(OutOfMemoryError.class, () -> stop.arguments(new Throwing(memory))));
    }

    static Stream<Throwable> thrown() {
        return Stream.of(new NoClassDefFoundError("x"), new AssertionError("x"), new IllegalStateException("x"));
    }

    @JsonSerialize(using = ThrowingSerializer.class)
    record Throwing(Throwable thrown) {}

    static final class ThrowingSerializer extends ValueSerializer<Throwing> {
        @Override
        public void serialize(Throwing value, JsonGenerator generator, SerializationContext context) {
            throw QmpCommandTest.<RuntimeException>sneak(value.thrown);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E sneak(Throwable error) throws E {
        throw (E) error;
    }

    @Test
    @DisplayName("Arguments that hold themselves, or never end, are refused")
    void endless() {
        Map<String, Object> self = new HashMap<>();
        self.put("self", self);
        assertThrows(IllegalArgumentException.class, () -> QmpCommand.of("x").arguments(self));
        assertThrows(IllegalArgumentException.class, () -> QmpCommand.of("x").arguments(new Chain()));

        ObjectNode json = NODES.objectNode();
        json.set("self", json);
        IllegalArgumentException error = assertThrows(
                IllegalArgumentException.class, () -> QmpCommand.of("x").arguments(json));
        assertEquals(
                "The arguments of x cannot be turned into JSON: " + ObjectNode.class.getName() + ", nested too deeply",
                error.getMessage());
        assertInstanceOf(StackOverflowError.class, error.getCause());
    }

    @Test
    @DisplayName("Arguments that are null are refused")
    void nullArguments() {
        assertEquals(
                "arguments",
                assertThrows(NullPointerException.class, () -> QmpCommand.of("x")
                                .arguments(null))
                        .getMessage());
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", " ", "\t\n"})
    @DisplayName("A blank name is refused")
    void blankName(String name) {
        assertEquals(
                "The name of a command must not be blank",
                assertThrows(IllegalArgumentException.class, () -> QmpCommand.of(name))
                        .getMessage());
    }

    @Test
    @DisplayName("Commands are equal if name, arguments and band are; toString keeps the arguments to itself")
    void equality() {
        QmpCommand command = QmpCommand.of("x").arguments(Map.of("password", "s"));
        QmpCommand same = QmpCommand.of("x").arguments(NODES.objectNode().put("password", "s"));
        assertEquals(command, same);
        assertEquals(command.hashCode(), same.hashCode());
        assertNotEquals(command, QmpCommand.of("y").arguments(Map.of("password", "s")));
        assertNotEquals(command, QmpCommand.of("x").arguments(Map.of("password", "t")));
        assertNotEquals(command, command.oob());
        assertNotEquals(command, (Object) "x");
        assertNotEquals(command.hashCode(), command.oob().hashCode());
        assertNotEquals(command.hashCode(), QmpCommand.of("x").hashCode());
        assertEquals("x", command.toString());
    }
}
