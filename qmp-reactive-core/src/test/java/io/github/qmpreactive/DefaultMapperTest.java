package io.github.qmpreactive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.error.ResultTypeError;
import io.github.qmpreactive.message.QmpCommand;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Jackson's own defaults differ from version to version; what is promised does not. */
@DisplayName("The mapper that converts results where no other is set")
class DefaultMapperTest {

    record Status(String status, boolean running, int count, double rate) {}

    private static <T> T convert(String json, Class<T> type) {
        JsonNode returned = JsonMapper.shared().readTree(json);
        return Objects.requireNonNull(new Conversions(() -> "vm", null)
                .convert(QmpCommand.of("query-status"), Mono.just(returned), type)
                .<T>map(type::cast)
                .block());
    }

    @Test
    @DisplayName("A component of a primitive type that is missing becomes 0")
    void missingPrimitive() {
        assertEquals(new Status("running", false, 0, 0.0), convert("{\"status\": \"running\"}", Status.class));
    }

    @Test
    @DisplayName("One that is null becomes 0, too")
    void nullPrimitive() {
        assertEquals(
                new Status("running", false, 0, 0.0),
                convert("{\"status\": \"running\", \"running\": null, \"count\": null}", Status.class));
    }

    @Test
    @DisplayName("C42 Members that the class does not know are ignored")
    void unknownMember() {
        assertEquals(
                new Status("running", true, 1, 0.5),
                convert(
                        "{\"new\": 1, \"status\": \"running\", \"running\": true, \"count\": 1, \"rate\": 0.5}",
                        Status.class));
    }

    @Test
    @DisplayName("What does not fit is a ResultTypeError")
    void misfit() {
        assertThrows(ResultTypeError.class, () -> convert("{\"count\": \"many\"}", Status.class));
        assertThrows(ResultTypeError.class, () -> convert("[]", Status.class));
        assertEquals(List.of(1), convert("[1]", List.class));
    }
}
