package io.github.qmpreactive.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The difference of two schemas")
class SchemaDifferenceTest {

    /** Each adds something to the small schema; the paths of it are separated by blanks. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        {"meta-type": "event" | {"meta-type": "event", "name": "NEW", "arg-type": "0"}, {"meta-type": "event" | NEW
        {"meta-type": "event" | {"meta-type": "command", "name": "new", "arg-type": "0", "ret-type": "0"}, {"meta-type": "event" | new
        "name": "id", "type": "str" | "name": "id", "type": "str"}, {"name": "new", "type": "0" | GONE/arg-type/new
        "name": "id", "type": "str" | "name": "id", "type": "str"}, {"name": "new", "type": "0", "default": null | GONE/arg-type/*new
        "name": "id", "type": "str" | "name": "id", "type": "str", "default": null | GONE/arg-type/*id
        "name": "id", "type": "str" | "name": "id", "type": "str", "features": ["new"] | GONE/arg-type/id/$new
        "values": ["old"] | "values": ["old", "new"] | del/ret-type/^new
        {"name": "raw"} | {"name": "raw", "features": ["new"]} | add/arg-type/kind/^raw/$new
        {"name": "raw"} | {"name": "raw"}, {"name": "new"} | add/arg-type/kind/^new
        {"case": "raw", "type": "4"} | {"case": "raw", "type": "4"}, {"case": "new", "type": "5"} | add/arg-type/+new
        {"type": "null"} | {"type": "null"}, {"type": "int"} | add/arg-type/backing/!int
        ["json-cli"] | ["json-cli", "new"] | add/$new
        ["unstable"]} | ["unstable", "new"]} | GONE/$new add/arg-type/kind/^null/$new
        ["fdset"] | ["fdset", "new"] | add/arg-type/$new
        "name": "files", "type": "[0]" | "name": "files", "type": "[0]", "default": null | add/arg-type/+raw/*files
        """)
    @DisplayName("names what is new by its path, which only the newer schema supports, and the other way round")
    void added(String before, String now, String paths) {
        QmpSchema older = Schemas.small();
        QmpSchema newer = Schemas.changed(before, now);
        SchemaDifference difference = older.differenceTo(newer);
        assertEquals(new SchemaDifference(List.of(paths.split(" ")), List.of(), List.of()), difference);
        assertEquals(new SchemaDifference(List.of(), difference.added(), List.of()), newer.differenceTo(older));
        for (String path : difference.added()) {
            assertTrue(newer.supports(path) && !older.supports(path), path);
        }
    }

    @Test
    @DisplayName("puts a space before a name that begins with a sign, and takes an empty name for one")
    void oddNames() {
        QmpSchema newer = Schemas.changed(
                "\"name\": \"id\", \"type\": \"str\"",
                "\"name\": \"id\", \"type\": \"str\"}, {\"name\": \"+x\", \"type\": \"0\"}, {\"name\": \"\", \"type\": \"0\"");
        List<String> added = Schemas.small().differenceTo(newer).added();
        assertEquals(List.of("GONE/arg-type/", "GONE/arg-type/ +x"), added);
        assertTrue(newer.supports(added.get(1)));
    }

    @Test
    @DisplayName("has a new case of an object for the new value of its tag, too")
    void impliedValue() {
        QmpSchema newer = Schemas.of(Schemas.SMALL
                .replace("{\"name\": \"raw\"}", "{\"name\": \"raw\"}, {\"name\": \"new\"}")
                .replace("{\"case\": \"raw\",", "{\"case\": \"new\", \"type\": \"5\"}, {\"case\": \"raw\","));
        assertEquals(
                "+ add/arg-type/+new\n", Schemas.small().differenceTo(newer).toString());
    }

    @Test
    @DisplayName("says in words what no path tells: out of band, and a list in place of one value")
    void inWords() {
        QmpSchema newer = Schemas.of(Schemas.SMALL
                .replace(", \"allow-oob\": true", "")
                .replace("\"name\": \"id\", \"type\": \"str\"", "\"name\": \"id\", \"type\": \"[str]\"")
                .concat(", {\"meta-type\": \"array\", \"name\": \"[str]\", \"element-type\": \"str\"}"));
        assertEquals(
                "~ GONE/arg-type/id may be a list\n~ del may not be executed out of band\n",
                Schemas.small().differenceTo(newer).toString());
        assertEquals(
                List.of("GONE/arg-type/id may not be a list", "del may be executed out of band"),
                newer.differenceTo(Schemas.small()).changed());
    }

    private static QmpSchema withMember(String type, String types) {
        return Schemas.of("""
                {"meta-type": "command", "name": "go", "arg-type": "0", "ret-type": "1"},
                {"meta-type": "object", "name": "0", "members": [{"name": "a", "type": "str"}, {"name": "z", "type": "%s"}]},
                {"meta-type": "object", "name": "1", "members": []},
                {"meta-type": "builtin", "name": "str", "json-type": "string"},
                {"meta-type": "array", "name": "[str]", "element-type": "str"},
                %s
                """.formatted(type, types));
    }

    private static QmpSchema withAlternate(String more) {
        return withMember(
                "alt",
                "{\"meta-type\": \"alternate\", \"name\": \"alt\", \"members\": [{\"type\": \"str\"}, {\"type\": \"[str]\"}]"
                        + more + "}");
    }

    @Test
    @DisplayName("has a feature of an alternate, behind a member without objects as well")
    void featureOfAlternate() {
        assertEquals(
                "+ go/arg-type/z/$new\n",
                withAlternate("")
                        .differenceTo(withAlternate(", \"features\": [\"new\"]"))
                        .toString());
    }

    @Test
    @DisplayName("says in words where a single value is no longer possible beside a list")
    void listAlone() {
        QmpSchema alone = withMember("[str]", "{\"meta-type\": \"enum\", \"name\": \"unused\", \"values\": []}");
        assertEquals(
                "~ go/arg-type/z has to be a list\n",
                withAlternate("").differenceTo(alone).toString());
        assertEquals(
                "~ go/arg-type/z need not be a list\n",
                alone.differenceTo(withAlternate("")).toString());
    }

    @Test
    @DisplayName("of commands with alternates of thousands of types has an end")
    void wideAlternates() {
        String branches = IntStream.range(0, 5_000)
                .mapToObj("{\"type\": \"e%d\"}"::formatted)
                .collect(Collectors.joining(","));
        String types = IntStream.range(0, 5_000)
                .mapToObj("{\"meta-type\": \"enum\", \"name\": \"e%d\", \"values\": []},"::formatted)
                .collect(Collectors.joining());
        String members = IntStream.range(0, 1_000)
                .mapToObj("{\"name\": \"%d\", \"type\": \"alt\"}"::formatted)
                .collect(Collectors.joining(","));
        String commands = IntStream.range(0, 500)
                .mapToObj(
                        "{\"meta-type\": \"command\", \"name\": \"c%d\", \"arg-type\": \"o\", \"ret-type\": \"o\"},"
                                ::formatted)
                .collect(Collectors.joining());
        QmpSchema schema = Schemas.of(commands + types
                + "{\"meta-type\": \"object\", \"name\": \"o\", \"members\": [" + members + "]},"
                + "{\"meta-type\": \"alternate\", \"name\": \"alt\", \"members\": [" + branches + "]}");
        assertThrows(IllegalArgumentException.class, () -> schema.differenceTo(schema));
    }

    @Test
    @DisplayName("has what is removed first")
    void order() {
        QmpSchema newer = Schemas.changed("\"name\": \"id\", \"type\": \"str\"", "\"name\": \"it\", \"type\": \"int\"");
        assertEquals(
                "- GONE/arg-type/id\n+ GONE/arg-type/it\n",
                Schemas.small().differenceTo(newer).toString());
    }

    @Test
    @DisplayName("is empty for schemas that name the same types differently")
    void otherNumbers() {
        String renumbered = Schemas.SMALL.replaceAll("\"(\\[?)([0-9])(\\]?)\"", "\"$1t$2$3\"");
        assertFalse(renumbered.equals(Schemas.SMALL));
        SchemaDifference difference = Schemas.small().differenceTo(Schemas.of(renumbered));
        assertTrue(difference.isEmpty(), difference::toString);
        assertFalse(new SchemaDifference(List.of(), List.of(), List.of("x")).isEmpty());
    }

    @Test
    @DisplayName("of schemas that are made to have no end of paths has an end")
    void hostile() {
        String chain = IntStream.range(0, 9_000)
                .mapToObj(i ->
                        ", {\"meta-type\": \"object\", \"name\": \"%d\", \"members\": [{\"name\": \"m\", \"type\": \"%d\"}]}"
                                .formatted(i, (i + 1) % 9_000))
                .collect(Collectors.joining());
        String commands = IntStream.range(0, 9_000)
                .mapToObj(
                        i -> "{\"meta-type\": \"command\", \"name\": \"c%d\", \"arg-type\": \"0\", \"ret-type\": \"0\"}"
                                .formatted(i))
                .collect(Collectors.joining(","));
        QmpSchema schema = Schemas.of(commands + chain);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> schema.differenceTo(schema));
        assertEquals("The schemas are too large to be compared: no QEMU has so much", e.getMessage());
    }
}
