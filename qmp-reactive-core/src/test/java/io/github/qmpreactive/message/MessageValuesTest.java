package io.github.qmpreactive.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

class MessageValuesTest {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static QmpEvent event(String name) {
        return new QmpEvent(name, NODES.missingNode(), Optional.empty(), NODES.objectNode());
    }

    @Test
    @DisplayName("C12 a greeting tells which capabilities are offered, by their exact names")
    void offers() {
        Greeting greeting = new Greeting(new QemuVersion(7, 2, 0, ""), List.of("oob", "new"), NODES.objectNode());
        assertTrue(greeting.offers("oob"));
        assertTrue(greeting.offers("new"));
        assertFalse(greeting.offers("OOB"));
        assertFalse(greeting.offers(""));
    }

    @Test
    @DisplayName("A greeting copies its capabilities and hands out a list that cannot be changed")
    void greetingIsImmutable() {
        List<String> capabilities = new ArrayList<>(List.of("oob"));
        Greeting greeting = new Greeting(new QemuVersion(7, 2, 0, ""), capabilities, NODES.objectNode());
        capabilities.add("other");
        assertEquals(List.of("oob"), greeting.capabilities());
        assertThrows(UnsupportedOperationException.class, () -> greeting.capabilities()
                .add("other"));
    }

    @Test
    @DisplayName("Events are picked by their exact names, any of those given")
    void named() {
        Predicate<QmpEvent> predicate = QmpEvent.named("STOP", "RESUME", "STOP");
        assertTrue(predicate.test(event("STOP")));
        assertTrue(predicate.test(event("RESUME")));
        assertFalse(predicate.test(event("RESET")));
        assertFalse(predicate.test(event("stop")));
        assertFalse(QmpEvent.named().test(event("STOP")));
    }

    @Test
    @DisplayName("Changing the array of names afterwards changes nothing")
    void namedCopies() {
        String[] names = {"STOP"};
        Predicate<QmpEvent> predicate = QmpEvent.named(names);
        names[0] = "RESUME";
        assertTrue(predicate.test(event("STOP")));
        assertFalse(predicate.test(event("RESUME")));
    }
}
