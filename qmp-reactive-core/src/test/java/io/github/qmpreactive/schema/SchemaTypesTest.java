package io.github.qmpreactive.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@DisplayName("QmpSchema")
class SchemaTypesTest {

    private final QmpSchema schema = Schemas.small();
    private final SchemaCommand add = schema.command("add").orElseThrow();
    private final SchemaCommand del = schema.command("del").orElseThrow();

    @Test
    @DisplayName("lists commands and events in the schema's order")
    void names() {
        assertEquals(List.of("add", "del"), List.copyOf(schema.commands()));
        assertEquals(Set.of("GONE"), schema.events());
        assertEquals(Optional.empty(), schema.command("GONE"));
        assertEquals(Optional.empty(), schema.event("add"));
        assertEquals("QMP schema of 2 commands and 1 events", schema.toString());
    }

    @Test
    @DisplayName("has of a command its arguments, its result, its features and whether it may go out of band")
    void command() {
        assertEquals("add", add.name());
        assertEquals(Set.of("json-cli"), add.features());
        assertFalse(add.allowsOob());
        assertTrue(del.allowsOob());
        assertTrue(del.arguments().members().isEmpty());
        EnumType element = assertInstanceOf(
                EnumType.class, assertInstanceOf(ArrayType.class, del.result()).element());
        assertEquals(Set.of("old"), element.values());
    }

    @Test
    @DisplayName("has of an event its data and its features")
    void event() {
        SchemaEvent gone = schema.event("GONE").orElseThrow();
        assertEquals("GONE", gone.name());
        assertEquals(Set.of("id"), gone.data().members().keySet());
        assertEquals(Set.of("unstable"), gone.features());
    }

    @Test
    @DisplayName("has of an object its members, in QEMU's order, and what it has in addition by its tag")
    void object() {
        ObjectType type = add.arguments();
        assertEquals(
                List.of("kind", "size", "backing", "*odd"),
                List.copyOf(type.members().keySet()));
        SchemaMember size = type.members().get("size");
        assertTrue(size.isOptional());
        assertEquals(Set.of("deprecated"), size.features());
        assertTrue(assertInstanceOf(BuiltinType.class, size.type()).isInteger());
        assertFalse(type.members().get("kind").isOptional());
        assertEquals(Optional.of("kind"), type.tag());
        assertEquals(List.of("raw", "null"), List.copyOf(type.variants().keySet()));
        assertEquals(Set.of("files"), type.variants().get("raw").members().keySet());
        assertEquals(Set.of("fdset"), type.features());
        assertEquals(Optional.empty(), del.arguments().tag());
    }

    @Test
    @DisplayName("has each type once, also one that contains itself")
    void recursion() {
        ObjectType type = add.arguments();
        AlternateType backing = assertInstanceOf(
                AlternateType.class, type.members().get("backing").type());
        assertSame(type, backing.branches().get(2));
    }

    @Test
    @DisplayName("has the features of an enum's values, which QEMU before 6.2 does not tell")
    void values() {
        EnumType kind = assertInstanceOf(
                EnumType.class, add.arguments().members().get("kind").type());
        assertEquals(Set.of("unstable"), kind.features("null"));
        assertEquals(Set.of(), kind.features("raw"));
        assertEquals(Set.of(), kind.features("nope"));
    }

    @Test
    @DisplayName("takes a type of a kind that does not exist yet for one that may be anything")
    void unknownKind() {
        QmpSchema newer = Schemas.changed("\"builtin\", \"name\": \"int\"", "\"map\", \"name\": \"int\"");
        assertTrue(newer.supports("add/arg-type/size/!value"));
        assertTrue(newer.supports("add/arg-type/kind/^raw"));
    }

    @Test
    @DisplayName("does not change, neither with what it was made of nor by its users")
    void immutable() {
        ArrayNode reply = (ArrayNode) JsonMapper.shared().readTree("[" + Schemas.SMALL + "]");
        QmpSchema made = QmpSchema.of(reply);
        ((ObjectNode) reply.get(0)).put("name", "other");
        reply.removeAll();
        assertTrue(made.supports("add/arg-type/+raw/files/kind/^raw"));
        ObjectType type = made.command("add").orElseThrow().arguments();
        for (Set<?> set : List.of(
                made.commands(),
                made.events(),
                type.members().keySet(),
                type.variants().keySet(),
                type.features(),
                type.members().get("size").features())) {
            assertThrows(UnsupportedOperationException.class, set::clear);
        }
    }
}
