package io.github.qmpreactive.declare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.schema.QmpSchema;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("QmpCommands.check, with a schema that is made to have no end,")
class HostileCheckTest {

    record Nested(@Nullable Nested m) {}

    interface Commands {
        @Execute("go")
        Mono<Nested> go();
    }

    record Flat(String driver) {}

    interface FlatCommands {
        @Execute("go")
        Mono<Flat> go();
    }

    /** Each entry has the number of its level as %1$d, and the next as %2$d. */
    private static QmpSchema schema(int levels, String level, String last) {
        String entries = IntStream.range(0, levels)
                .mapToObj(i -> "," + level.formatted(i, i + 1))
                .collect(Collectors.joining());
        String all = """
                [{'name': 'str', 'meta-type': 'builtin', 'json-type': 'string'},
                {'name': 'none', 'meta-type': 'object', 'members': []},
                {'name': 'go', 'meta-type': 'command', 'arg-type': 'none', 'ret-type': 'T0'}
                """ + entries + "," + last.formatted(levels) + "]";
        return QmpSchema.of(JsonMapper.shared().readTree(all.replace('\'', '"')));
    }

    private static void assertTooLarge(QmpSchema schema) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> QmpCommands.check(schema, Commands.class));
        assertEquals("The schema is too large or too deep to be checked: no QEMU has so much", e.getMessage());
    }

    @Test
    @DisplayName("gives up where each of 40 levels fits two types, which makes 2^40 attempts")
    void attempts() {
        assertTooLarge(schema(40, """
                {'name': 'T%1$d', 'meta-type': 'object', 'members': [{'name': 'd', 'type': 'str'}], 'tag': 'd',
                 'variants': [{'case': 'x', 'type': 'X%1$d'}, {'case': 'y', 'type': 'Y%1$d'}]},
                {'name': 'S%1$d', 'meta-type': 'object', 'members': [{'name': 'd', 'type': 'str'}], 'tag': 'd',
                 'variants': [{'case': 'x', 'type': 'X%1$d'}, {'case': 'y', 'type': 'Y%1$d'}]},
                {'name': 'X%1$d', 'meta-type': 'object', 'members': [{'name': 'm', 'type': 'T%2$d'}]},
                {'name': 'Y%1$d', 'meta-type': 'object', 'members': [{'name': 'm', 'type': 'S%2$d'}]}""", """
                {'name': 'T%1$d', 'meta-type': 'object', 'members': [{'name': 'm', 'type': 'str'}]},
                {'name': 'S%1$d', 'meta-type': 'object', 'members': [{'name': 'm', 'type': 'str'}]}"""));
    }

    @Test
    @DisplayName("gives up where 15,000 objects are within each other")
    void depth() {
        assertTooLarge(schema(
                15_000,
                "{'name': 'T%1$d', 'meta-type': 'object', 'members': [{'name': 'm', 'type': 'T%2$d'}]}",
                "{'name': 'T%1$d', 'meta-type': 'object', 'members': []}"));
    }

    @Test
    @DisplayName("finds its way through variants of variants to which there are 2^45 ways")
    void variants() {
        QmpSchema schema = schema(45, """
                {'name': 'T%1$d', 'meta-type': 'object', 'members': [{'name': 'd', 'type': 'str'}], 'tag': 'd',
                 'variants': [{'case': 'x', 'type': 'T%2$d'}, {'case': 'y', 'type': 'T%2$d'}]}""", "{'name': 'T%1$d', 'meta-type': 'object', 'members': []}");
        assertEquals(
                List.of("go (go): the member driver of the result is not in the schema"),
                QmpCommands.check(schema, FlatCommands.class).stream()
                        .map(CommandFinding::toString)
                        .toList());
    }

    @Test
    @DisplayName("finds its way through alternates of alternates to which there are 2^45 ways")
    void alternates() {
        QmpSchema schema = schema(
                45,
                "{'name': 'T%1$d', 'meta-type': 'alternate', 'members': [{'type': 'T%2$d'}, {'type': 'T%2$d'}]}",
                "{'name': 'T%1$d', 'meta-type': 'enum', 'values': []}");
        assertEquals(
                List.of("go (go): the result is a string, the method declares " + Flat.class.getName()),
                QmpCommands.check(schema, FlatCommands.class).stream()
                        .map(CommandFinding::toString)
                        .toList());
    }
}
