package io.github.qmpreactive.declare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("The mapper of declared commands")
class MapperTest {

    private static final JsonMapper MAPPER = QmpCommands.mapper().build();

    record Stats(
            Long rdBytes,
            Optional<String> nodeName,
            @JsonProperty("wr_ops") Long writes,
            OptionalInt depth) {}

    enum Action {
        REPORT,
        IO_ERROR,
        @JsonProperty("1")
        ONE,
        UNKNOWN
    }

    enum Closed {
        A
    }

    enum Marked {
        @JsonEnumDefaultValue
        OTHER,
        A
    }

    record Enums(Action action, Closed closed, Optional<Closed> maybe, Marked marked) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "driver")
    @JsonSubTypes({@JsonSubTypes.Type(File.class), @JsonSubTypes.Type(Null.class)})
    sealed interface Image {}

    @JsonTypeName("file")
    record File(String filename) implements Image {}

    @JsonTypeName("null-co")
    record Null(Long size) implements Image {}

    static final class Bean {
        public Long rdBytes;
    }

    private static <T> T read(String json, Class<T> type) {
        return MAPPER.readValue(json, type);
    }

    @ParameterizedTest
    @CsvSource({"rd-bytes", "rd_bytes"})
    @DisplayName("A component in camel case reads a member in kebab-case or snake case")
    void members(String name) {
        assertEquals(5L, read("{\"" + name + "\": 5}", Stats.class).rdBytes());
        assertEquals(5L, read("{\"" + name + "\": 5}", Bean.class).rdBytes);
    }

    @Test
    @DisplayName("An annotation names the member, and no other is read")
    void annotated() {
        assertEquals(5L, read("{\"wr_ops\": 5}", Stats.class).writes());
        assertNull(read("{\"writes\": 5, \"wr-ops\": 6}", Stats.class).writes());
    }

    @Test
    @DisplayName("Members that are absent or null are null or empty, and unknown ones are ignored")
    void optional() {
        Stats empty = new Stats(null, Optional.empty(), null, OptionalInt.empty());
        assertEquals(empty, read("{\"other\": {\"a\": []}}", Stats.class));
        assertEquals(empty, read("{\"rd-bytes\": null, \"node-name\": null, \"depth\": null}", Stats.class));
        assertEquals(
                Optional.of("d"), read("{\"node-name\": \"d\"}", Stats.class).nodeName());
    }

    @Test
    @DisplayName("What is sent is in kebab-case, without what is null or empty")
    void sent() {
        Stats stats = new Stats(1L, Optional.empty(), 2L, OptionalInt.of(3));
        assertEquals("{\"depth\":3,\"rd-bytes\":1,\"wr_ops\":2}", sorted(stats));
        assertEquals("{\"action\":\"io-error\"}", sorted(new Enums(Action.IO_ERROR, null, Optional.empty(), null)));
        assertEquals("[\"1\"]", MAPPER.writeValueAsString(List.of(Action.ONE)));
    }

    private static String sorted(Object value) {
        return new java.util.TreeMap<>(MAPPER.convertValue(value, new TypeReference<Map<String, Object>>() {}))
                .entrySet().stream()
                        .map(e -> "\"" + e.getKey() + "\":" + MAPPER.writeValueAsString(e.getValue()))
                        .collect(java.util.stream.Collectors.joining(",", "{", "}"));
    }

    @ParameterizedTest
    @CsvSource({"io-error, IO_ERROR", "io_error, IO_ERROR", "report, REPORT", "1, ONE", "new-in-12, UNKNOWN"})
    @DisplayName("A constant stands for a value in kebab-case or snake case, and UNKNOWN for all others")
    void enums(String value, Action action) {
        assertEquals(
                action, read("{\"action\": \"" + value + "\"}", Enums.class).action());
    }

    @Test
    @DisplayName(
            "An unknown value of an enum without UNKNOWN is null, an empty Optional, or the constant that is marked")
    void openEnums() {
        Enums enums = read("{\"closed\": \"b\", \"maybe\": \"b\", \"marked\": \"b\"}", Enums.class);
        assertEquals(new Enums(null, null, Optional.empty(), Marked.OTHER), enums);
        assertEquals(
                Arrays.asList(Closed.A, null),
                MAPPER.readValue("[\"a\", \"b\"]", new TypeReference<List<Closed>>() {}));
        assertEquals(
                Map.of(Closed.A, 1),
                MAPPER.readValue("{\"a\": 1, \"b\": 2}", new TypeReference<Map<Closed, Integer>>() {}));
    }

    record Sets(Set<Closed> closed, EnumSet<Closed> more) {}

    @Test
    @DisplayName("A set that is a component leaves out the values that its enum does not have")
    void openSets() {
        Sets sets = read("{\"closed\": [\"a\", \"b\"], \"more\": [\"b\", \"a\"]}", Sets.class);
        assertEquals(new Sets(Set.of(Closed.A), EnumSet.of(Closed.A)), sets);
    }

    record Swapped(long rdBytes, long wrBytes) {

        @JsonCreator
        static Swapped of(long wrBytes, long rdBytes) {
            return new Swapped(rdBytes, wrBytes);
        }
    }

    @ParameterizedTest
    @CsvSource({"rd-bytes, wr-bytes", "rd_bytes, wr_bytes"})
    @DisplayName("A creator with parameters in another order than the components reads each member by its own name")
    void creators(String read, String written) {
        assertEquals(new Swapped(1, 2), read("{\"" + read + "\": 1, \"" + written + "\": 2}", Swapped.class));
    }

    @Test
    @DisplayName("A number is no value of an enum")
    void ordinal() {
        assertThrows(JacksonException.class, () -> read("{\"action\": 0}", Enums.class));
    }

    @Test
    @DisplayName("An integer beyond a long is a BigInteger, and fits no Long")
    void bigIntegers() {
        String most = "18446744073709551615";
        assertEquals(new BigInteger(most), MAPPER.readValue(most, BigInteger.class));
        assertThrows(JacksonException.class, () -> read("{\"rd-bytes\": " + most + "}", Stats.class));
    }

    @Test
    @DisplayName("A sealed union is read and sent by Jackson's annotations; a branch that is not declared is null")
    void unions() {
        assertEquals(new File("a"), read("{\"driver\": \"file\", \"filename\": \"a\", \"x\": 1}", Image.class));
        assertNull(read("{\"driver\": \"nbd\", \"server\": {}}", Image.class));
        assertTrue(MAPPER.writeValueAsString(new Null(1L)).contains("\"driver\":\"null-co\""));
    }
}
