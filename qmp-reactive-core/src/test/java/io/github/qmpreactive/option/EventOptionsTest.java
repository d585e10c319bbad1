package io.github.qmpreactive.option;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.message.QmpEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;

class EventOptionsTest {

    private static QmpEvent event(String name) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return new QmpEvent(name, nodes.missingNode(), Optional.empty(), nodes.objectNode());
    }

    @Test
    @DisplayName("The defaults: every event, 256 of them buffered, ERROR beyond, no callback for lost events")
    void defaults() {
        EventOptions options = EventOptions.all();
        assertTrue(options.filter().test(event("STOP")));
        assertEquals(256, options.bufferSize());
        assertEquals(EventOverflow.ERROR, options.overflow());
        assertDoesNotThrow(() -> options.onLost().accept(event("STOP")));
    }

    @Test
    @DisplayName("Events of certain names, else with the defaults; no name means no event")
    void named() {
        EventOptions options = EventOptions.named("STOP", "RESUME");
        assertTrue(options.filter().test(event("STOP")));
        assertTrue(options.filter().test(event("RESUME")));
        assertFalse(options.filter().test(event("RESET")));
        assertEquals(256, options.bufferSize());
        assertFalse(EventOptions.named().filter().test(event("STOP")));
    }

    @Test
    @DisplayName("A filter narrows those before it, which are asked first")
    void filters() {
        List<String> asked = new ArrayList<>();
        EventOptions options = EventOptions.named("A", "B")
                .filter(event -> asked.add("first " + event.name()))
                .filter(event ->
                        asked.add("second " + event.name()) && event.name().equals("B"));
        assertFalse(options.filter().test(event("C")));
        assertEquals(List.of(), asked);
        assertFalse(options.filter().test(event("A")));
        assertTrue(options.filter().test(event("B")));
        assertEquals(List.of("first A", "second A", "first B", "second B"), asked);
    }

    @Test
    @DisplayName("Each setter changes its own option in a new instance, and keeps the others")
    void setters() {
        Consumer<QmpEvent> onLost = event -> {};
        EventOptions options = EventOptions.named("A")
                .bufferSize(7)
                .overflow(EventOverflow.DROP_OLDEST)
                .onLost(onLost);
        EventOptions changed =
                options.bufferSize(8).overflow(EventOverflow.DROP_LATEST).filter(event -> true);
        assertEquals(7, options.bufferSize());
        assertEquals(EventOverflow.DROP_OLDEST, options.overflow());
        assertSame(onLost, options.onLost());
        assertFalse(options.filter().test(event("B")));
        assertEquals(8, changed.bufferSize());
        assertEquals(EventOverflow.DROP_LATEST, changed.overflow());
        assertSame(onLost, changed.onLost());
        assertTrue(changed.filter().test(event("A")));
        assertFalse(changed.filter().test(event("B")));
        assertEquals(256, EventOptions.all().bufferSize());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    @DisplayName("A buffer for less than one event is refused")
    void bufferTooSmall(int size) {
        assertEquals(
                "bufferSize is " + size + ", but has to be 1 at least",
                assertThrows(IllegalArgumentException.class, () -> EventOptions.all()
                                .bufferSize(size))
                        .getMessage());
    }

    @Test
    @DisplayName("A buffer for one event is fine")
    void smallestBuffer() {
        assertEquals(1, EventOptions.all().bufferSize(1).bufferSize());
    }

    @Test
    @DisplayName("Null is refused by name, when it is given")
    void nulls() {
        EventOptions all = EventOptions.all();
        assertEquals(
                "filter",
                assertThrows(NullPointerException.class, () -> all.filter(null)).getMessage());
        assertEquals(
                "overflow",
                assertThrows(NullPointerException.class, () -> all.overflow(null))
                        .getMessage());
        assertEquals(
                "onLost",
                assertThrows(NullPointerException.class, () -> all.onLost(null)).getMessage());
    }
}
