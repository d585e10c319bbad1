package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.message.QmpEvent;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InboundEventTest {

    private static QmpEvent event(String text) {
        Inbound.Event event = assertInstanceOf(Inbound.Event.class, InboundParserTest.parse(text));
        assertSame(event.event().raw(), event.raw());
        assertEquals(text, event.raw().toString());
        return event.event();
    }

    private static Optional<Instant> timestamp(String timestamp) {
        return event("{\"event\":\"STOP\",\"timestamp\":" + timestamp + "}").timestamp();
    }

    @Test
    @DisplayName("C36 an event has a name, data and a timestamp to the microsecond")
    void whole() {
        QmpEvent event = event("{\"event\":\"BALLOON_CHANGE\",\"data\":{\"actual\":944766976},"
                + "\"timestamp\":{\"seconds\":1267020223,\"microseconds\":435656}}");
        assertEquals("BALLOON_CHANGE", event.name());
        assertEquals(944766976, event.data().path("actual").intValue());
        assertEquals(Optional.of(Instant.parse("2010-02-24T14:03:43.435656Z")), event.timestamp());
    }

    @Test
    @DisplayName("C5 the members of an event, and of its timestamp, may come in any order")
    void anyOrder() {
        QmpEvent event = event("{\"timestamp\":{\"microseconds\":1,\"seconds\":2},\"data\":{\"a\":1},\"event\":\"X\"}");
        assertEquals("X", event.name());
        assertEquals(1, event.data().path("a").intValue());
        assertEquals(Optional.of(Instant.ofEpochSecond(2, 1000)), event.timestamp());
    }

    @Test
    @DisplayName("C37 an event without data has a missing node, so that path is always safe")
    void noData() {
        QmpEvent event = event("{\"event\":\"STOP\"}");
        assertTrue(event.data().isMissingNode());
        assertTrue(event.data().path("a").path("b").isMissingNode());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"null", "5", "[1]", "{}", "\"x\""})
    @DisplayName("C37 data is handed on as it is, whatever it is")
    void anyData(String data) {
        assertEquals(
                data, event("{\"event\":\"X\",\"data\":" + data + "}").data().toString());
    }

    @ParameterizedTest(name = "{0} s {1} us")
    @CsvSource({
        "0, 0, 1970-01-01T00:00:00Z",
        "0, 1, 1970-01-01T00:00:00.000001Z",
        "1, 999999, 1970-01-01T00:00:01.999999Z",
        "1, 1000000, 1970-01-01T00:00:02Z",
        "4294967296, 5, 2106-02-07T06:28:16.000005Z",
        "31556889864403199, 999999, +1000000000-12-31T23:59:59.999999Z"
    })
    @DisplayName("C36 timestamps are read from zero on, to the largest there is")
    void timestamps(String seconds, String microseconds, String instant) {
        assertEquals(
                Optional.of(Instant.parse(instant)),
                timestamp("{\"seconds\":" + seconds + ",\"microseconds\":" + microseconds + "}"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "{\"seconds\":-1,\"microseconds\":-1}",
                "{\"seconds\":-1,\"microseconds\":0}",
                "{\"seconds\":0,\"microseconds\":-1}",
                "{\"seconds\":1}",
                "{\"microseconds\":1}",
                "{}",
                "null",
                "5",
                "\"now\"",
                "[1,2]",
                "{\"seconds\":\"1\",\"microseconds\":1}",
                "{\"seconds\":1,\"microseconds\":\"1\"}",
                "{\"seconds\":1.0,\"microseconds\":1}",
                "{\"seconds\":1,\"microseconds\":1.5}",
                "{\"seconds\":null,\"microseconds\":1}",
                "{\"seconds\":true,\"microseconds\":1}",
                "{\"seconds\":31556889864403200,\"microseconds\":1}",
                "{\"seconds\":9223372036854775807,\"microseconds\":9223372036854775}",
                "{\"seconds\":1,\"microseconds\":9223372036854775807}",
                "{\"seconds\":18446744073709551615,\"microseconds\":1}",
                "{\"seconds\":1,\"microseconds\":18446744073709551615}"
            })
    @DisplayName("C38 a timestamp of -1, an ill-typed or an impossible one means that the time is not known")
    void noTimestamp(String timestamp) {
        assertEquals(Optional.empty(), timestamp(timestamp));
    }

    @Test
    @DisplayName("C38 an event without a timestamp is an event")
    void absentTimestamp() {
        assertEquals(Optional.empty(), event("{\"event\":\"X\",\"data\":{}}").timestamp());
    }

    @ParameterizedTest(name = "'{0}'")
    @ValueSource(strings = {"NOT_KNOWN_YET", "__com.redhat_EVENT", "x-y", "", "\u00fc"})
    @DisplayName("C39 C44 an event of any name is an event")
    void anyName(String name) {
        assertEquals(name, event("{\"event\":\"" + name + "\"}").name());
    }

    @Test
    @DisplayName("C42 members of an event that are not known change nothing")
    void unknownMembers() {
        assertEquals(
                "X",
                event("{\"return\":{},\"error\":{},\"event\":\"X\",\"y\":2}").name());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"5", "null", "true", "{}", "[\"STOP\"]"})
    @DisplayName("C38 an event whose name is not a string is a malformed message")
    void nameIsNoString(String name) {
        String text = "{\"event\":" + name + "}";
        MalformedMessageError error = assertThrows(MalformedMessageError.class, () -> InboundParserTest.parse(text));
        assertEquals(
                "Received an event whose name is not a string, in a message of " + text.length() + " bytes",
                error.getMessage());
        assertEquals(text, error.excerpt());
        assertNull(error.getCause());
    }
}
