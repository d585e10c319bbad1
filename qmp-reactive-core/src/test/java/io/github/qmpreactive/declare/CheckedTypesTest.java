package io.github.qmpreactive.declare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.github.qmpreactive.schema.QmpSchema;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.ser.std.ToStringSerializer;
import tools.jackson.databind.util.StdConverter;

@DisplayName("QmpCommands.check finds no fault with")
class CheckedTypesTest {

    private static final String SCHEMA = """
            [{'name': 'go', 'meta-type': 'command', 'arg-type': 'args', 'ret-type': 'res'},
            {'name': 'args', 'meta-type': 'object', 'members': [{'name': 'name', 'type': 'str'},
                {'name': 'size', 'type': 'str', 'default': null}, {'name': 'on', 'type': 'on', 'default': null}]},
            {'name': 'res', 'meta-type': 'object', 'members': [{'name': 'name', 'type': 'str'},
                {'name': 'image', 'type': 'image'}]},
            {'name': 'image', 'meta-type': 'object', 'members': [{'name': 'kind', 'type': 'on'}], 'tag': 'kind',
                'variants': [{'case': 'a', 'type': 'none'}]},
            {'name': 'none', 'meta-type': 'object', 'members': []},
            {'name': 'on', 'meta-type': 'enum', 'values': ['a']},
            {'name': 'str', 'meta-type': 'builtin', 'json-type': 'string'}]
            """;

    private static List<String> check(Class<?> type) {
        QmpSchema schema = QmpSchema.of(JsonMapper.shared().readTree(SCHEMA.replace('\'', '"')));
        return QmpCommands.check(schema, type).stream()
                .map(CommandFinding::toString)
                .toList();
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({@JsonSubTypes.Type(Old.class), @JsonSubTypes.Type(Newer.class)})
    sealed interface Image {}

    @JsonTypeName("a")
    record Old() implements Image {}

    @JsonTypeName("newer")
    record Newer() implements Image {}

    record HasImage(Image image) {}

    interface ReadUnion {
        @Execute("go")
        Mono<HasImage> go(String name);
    }

    @Test
    @DisplayName("a branch that the schema does not have, of a union that is only read")
    void readUnion() {
        assertEquals(List.of(), check(ReadUnion.class));
    }

    static final class Delegating {

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Delegating of(String name) {
            return name.isEmpty() ? new Delegating() : new Delegating();
        }
    }

    record HasDelegating(Delegating name) {}

    interface ReadDelegating {
        @Execute("go")
        Mono<HasDelegating> go(String name);
    }

    @JsonDeserialize(converter = OfText.class)
    record Converted(int value) {}

    static final class OfText extends StdConverter<String, Converted> {
        @Override
        public Converted convert(String text) {
            return new Converted(text.length());
        }
    }

    record HasConverted(Converted name) {}

    interface ReadConverted {
        @Execute("go")
        Mono<HasConverted> go(String name);
    }

    @JsonSerialize(using = ToStringSerializer.class)
    record Text(int value) {}

    record Sent(
            Text name,
            @JsonSerialize(using = ToStringSerializer.class) int size) {}

    interface Send {
        @Execute("go")
        Mono<Void> go(@Arguments Sent sent);
    }

    @Test
    @DisplayName("classes and properties that say how they are converted")
    void converted() {
        assertEquals(List.of(), check(ReadDelegating.class));
        assertEquals(List.of(), check(ReadConverted.class));
        assertEquals(List.of(), check(Send.class));
    }

    record Part(String name) {}

    record Whole(@JsonUnwrapped Part part) {}

    interface Unwrapped {
        @Execute("go")
        Mono<Whole> go(@Arguments Whole whole);
    }

    @Test
    @DisplayName("properties that are unwrapped")
    void unwrapped() {
        assertEquals(List.of(), check(Unwrapped.class));
    }

    enum Marked {
        A,
        @JsonEnumDefaultValue
        OTHER
    }

    interface Enums {
        @Execute("go")
        Mono<Void> go(char name, Character size, Marked on);
    }

    @Test
    @DisplayName("a character as a string, and the constant that stands for unknown values")
    void scalars() {
        assertEquals(List.of(), check(Enums.class));
    }

    record Plain(int name) {}

    interface Wrong {
        @Execute("go")
        Mono<Plain> go(@Arguments Plain plain);
    }

    @Test
    @DisplayName("nothing else: a record is held against the schema")
    void plain() {
        assertEquals(
                List.of(
                        "go (go): the argument name is a string, the method declares int",
                        "go (go): the member name of the result is a string, the method declares int"),
                check(Wrong.class));
    }
}
