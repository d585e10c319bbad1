package io.github.qmpreactive.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

@DisplayName("Matching numbers of events that are beyond those of Java")
class EventNumbersTest {

    @ParameterizedTest
    @CsvSource({
        "1e999, 1e999, true",
        "1e999, -1e999, false",
        "1e999, 1, false",
        "1, 1e999, false",
        "1e300, 1e300, true",
        "0.5, 0.5, true"
    })
    @DisplayName("They are compared, and nothing is thrown")
    void matched(String there, String wanted, boolean matches) {
        JsonNode data = JsonMapper.shared().readTree("{\"a\": " + there + "}");
        QmpEvent event = new QmpEvent("X", data, Optional.empty(), MissingNode.getInstance());
        JsonNode part = JsonMapper.shared().readTree("{\"a\": " + wanted + "}");
        assertEquals(matches, QmpEvent.matching("X", part).test(event));
    }
}
