package io.github.qmpreactive.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

@DisplayName("Matching events")
class EventMatchingTest {

    private static QmpEvent event(String name, JsonNode data) {
        return new QmpEvent(name, data, Optional.empty(), MissingNode.getInstance());
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a': 1, 'b': 2} | {'a': 1}                     | true",
                "{'a': 1}         | {'a': 1, 'b': 2}             | false",
                "{'a': 1}         | {'a': 2}                     | false",
                "{'a': 1}         | {}                           | true",
                "{'a': {'b': {'c': 'x', 'd': 1}}} | {'a': {'b': {'c': 'x'}}} | true",
                "{'a': {'b': {'c': 'x', 'd': 1}}} | {'a': {'b': {'c': 'y'}}} | false",
                "{'a': {'b': 1}}  | {'a': 1}                     | false",
                "{'a': 1}         | {'a': {'b': 1}}              | false",
                "{'a': 1.0}       | {'a': 1}                     | true",
                "{'a': '1'}       | {'a': 1}                     | false",
                "{'a': 1}         | {'a': '1'}                   | false",
                "{'a': [1, {'b': 2, 'c': 3}]} | {'a': [1, {'b': 2}]} | true",
                "{'a': [1, 2]}    | {'a': [1]}                   | false",
                "{'a': [1, 2]}    | {'a': [2, 1]}                | false",
                "{'a': {'0': 1}}  | {'a': [1]}                   | false",
                "{'a': null}      | {'a': null}                  | true",
                "{}               | {'a': null}                  | false",
                "{'a': true}      | {'a': true}                  | true",
                "{'a': true}      | {'a': false}                 | false",
            },
            quoteCharacter = '~')
    @DisplayName("The data has to hold every member asked for, at any depth, with equal values")
    void subTree(String data, String part, boolean matches) {
        JsonNode asked = json(part.replace('\'', '"'));
        QmpEvent event = event("X", json(data.replace('\'', '"')));
        assertEquals(matches, QmpEvent.matching("X", asked).test(event));
        assertFalse(QmpEvent.matching("Y", asked).test(event));
    }

    @Test
    @DisplayName("What is asked for may be a map or a record, and is copied")
    void sources() {
        record Device(String device) {}
        QmpEvent event = event("DEVICE_DELETED", json("{\"device\": \"usb0\", \"path\": \"/p\"}"));
        assertTrue(QmpEvent.matching("DEVICE_DELETED", Map.of("device", "usb0")).test(event));
        assertTrue(QmpEvent.matching("DEVICE_DELETED", new Device("usb0")).test(event));
        var asked = JsonMapper.shared().createObjectNode().put("device", "usb0");
        var predicate = QmpEvent.matching("DEVICE_DELETED", asked);
        asked.put("device", "usb1");
        assertTrue(predicate.test(event));
    }

    @Test
    @DisplayName("An event without data matches nothing but its name; data that makes no JSON is refused")
    void edges() {
        QmpEvent event = event("STOP", MissingNode.getInstance());
        assertFalse(QmpEvent.matching("STOP", Map.of()).test(event));
        assertTrue(QmpEvent.named("STOP").test(event));
        Map<String, Object> endless = new java.util.HashMap<>();
        endless.put("self", endless);
        assertThrows(IllegalArgumentException.class, () -> QmpEvent.matching("STOP", endless));
    }
}
