package io.github.qmpreactive.test.verify;

import static io.github.qmpreactive.test.verify.DataMatcher.data;
import static io.github.qmpreactive.test.verify.DataMatcher.present;
import static io.github.qmpreactive.test.verify.DataMatcher.subTree;
import static io.github.qmpreactive.test.verify.Events.LOST;
import static io.github.qmpreactive.test.verify.Events.ev;
import static io.github.qmpreactive.test.verify.Events.live;
import static io.github.qmpreactive.test.verify.Events.verify;
import static io.github.qmpreactive.test.verify.Failures.assertFails;
import static io.github.qmpreactive.test.verify.Failures.assertSaysExactly;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.EventOverflowError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.internal.json.JsonText;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

@DisplayName("Steps for events")
class EventStepsTest {

    private static final String TABLET = "{\"device\": \"tablet0\", \"path\": \"/machine/tablet0\", \"n\": 2}";

    @Nested
    @DisplayName("the next event")
    class Next {

        @Test
        @DisplayName("passes if its name is the one")
        void passes() {
            verify(live(ev("STOP"), ev("RESUME")))
                    .expectEvent("STOP")
                    .expectEvent("RESUME")
                    .thenCancel()
                    .verify();
        }

        @Test
        @DisplayName("fails with what came as JSON, the step, and what had come before")
        void otherName() {
            AssertionError error = assertFails(verify(live(ev("STOP"), ev("RESET", "{\"guest\": true}")))
                    .expectEvent("STOP")
                    .expectEvent("RESUME")
                    .thenCancel());
            assertSaysExactly(error, """
                    Expected event RESUME, but received event RESET: {"event":"RESET","data":{"guest":true}}
                      step 2 of 2; received before:
                        event STOP: {"event":"STOP","data":{}}""");
        }

        @Test
        @DisplayName("fails with the differences of its data, member by member")
        void otherData() {
            AssertionError error = assertFails(verify(live(ev("DEVICE_DELETED", TABLET)))
                    .expectEvent("DEVICE_DELETED", data("/device", "usb0"), data("/n", 2L), data("/m", true))
                    .thenCancel());
            assertSaysExactly(error, """
                    Expected event DEVICE_DELETED with /device = "usb0", /n = 2, /m = true, but received \
                    event DEVICE_DELETED: {"event":"DEVICE_DELETED",\
                    "data":{"device":"tablet0","path":"/machine/tablet0","n":2}}
                      data /device: expected "usb0", but was "tablet0"
                      data /m: expected true, but there is nothing
                      step 1 of 1; nothing was received before""");
        }

        @Test
        @DisplayName("passes if its data has the values at the pointers, the sub-tree, the member")
        void rightData() {
            verify(live(ev("DEVICE_DELETED", TABLET)))
                    .expectEvent(
                            "DEVICE_DELETED",
                            data("/device", "tablet0"),
                            data("/n", 2.0),
                            subTree("{\"n\": 2, \"device\": \"tablet0\"}"),
                            present("/path"))
                    .thenCancel()
                    .verify();
        }

        @Test
        @DisplayName("of a sub-tree fails with the members that differ or are missing, at any depth")
        void matching() {
            QmpEvent event = ev("X", "{\"a\": {\"b\": [1, {\"c\": 2, \"x/y\": 3}]}, \"l\": [1]}");
            verify(live(event))
                    .expectEvent("X", subTree("{\"a\": {\"b\": [1.0, {\"c\": 2}]}}"))
                    .thenCancel()
                    .verify();
            AssertionError error = assertFails(verify(live(event))
                    .expectEvent("X", subTree("{\"a\":{\"b\":[1,{\"c\":3,\"x/y\":\"3\",\"d\":1}]},\"l\":[1,2]}"))
                    .thenCancel());
            Failures.assertSays(
                    error,
                    "Expected event X with members {",
                    "\n  data /a/b/1/c: expected 3, but was 2",
                    "\n  data /a/b/1/x~1y: expected \"3\", but was 3",
                    "\n  data /a/b/1/d: expected 1, but there is nothing",
                    "\n  data /l: expected 2 elements, but there are 1 element: [1]");
        }

        @Test
        @DisplayName("fails where there is no data, no member")
        void without() {
            QmpEvent bare = new QmpEvent("X", JsonText.read("{}").path("data"), Optional.empty(), JsonText.read("{}"));
            assertFails(
                    verify(live(bare))
                            .expectEvent("X", subTree("{\"a\": 1}"), present("/b"))
                            .thenCancel(),
                    "data as a whole: expected {\"a\":1}, but there is nothing",
                    "data /b: expected something, but there is nothing");
        }

        @Test
        @DisplayName("fails at the end, with the error as the cause")
        void ended() {
            assertFails(
                    verify(Flux.empty()).expectEvent("STOP").thenCancel(),
                    "Expected event STOP, but received the end of the events\n");
            AssertionError lost = assertFails(
                    verify(Flux.error(LOST)).expectEvent("STOP").thenCancel(),
                    "Expected event STOP, but received the error ConnectionLostError: [vm] it was reset\n");
            assertEquals(LOST, lost.getCause());
        }

        @Test
        @DisplayName("hides secrets, and shows the beginning of what is long")
        void printed() {
            assertFails(
                    verify(live(ev("X", "{\"password\": \"hunter2\", \"x\": \"" + "y".repeat(5_000) + "\"}")))
                            .expectEvent("Y")
                            .thenCancel(),
                    "\"password\":\"***\"",
                    "yyy...\n  step 1 of 1");
        }
    }

    @Nested
    @DisplayName("events that do not count")
    class Skipping {

        @Test
        @DisplayName("are passed over up to the one that does")
        void skipUntil() {
            verify(live(ev("A"), ev("X", "{\"n\": 1}"), ev("X", "{\"n\": 2}"), ev("B")))
                    .skipUntilEvent("X", data("/n", 2))
                    .expectEvent("B")
                    .thenCancel()
                    .verify();
            assertFails(
                    verify(Flux.just(ev("A"), ev("B"))).skipUntilEvent("X").thenCancel(),
                    "Expected event X, but received the end of the events",
                    "received before:\n    event A: {",
                    "\n    event B: {");
        }
    }

    @Nested
    @DisplayName("the end")
    class End {

        @Test
        @DisplayName("in order passes, and fails with an event or an error")
        void completes() {
            verify(Flux.empty()).expectComplete().verify();
            assertFails(verify(live(ev("A"))).expectComplete(), "Expected the end, but received event A: {");
            assertFails(
                    verify(Flux.error(LOST)).expectComplete(),
                    "Expected the end, but received the error ConnectionLostError");
        }

        @Test
        @DisplayName("by a lost connection passes, and fails with another end, or another kind of loss")
        void lost() {
            verify(Flux.error(LOST)).expectLost().verify();
            verify(Flux.error(LOST)).expectLost(How.RESET).verify();
            assertFails(
                    verify(Flux.error(LOST)).expectLost(How.END_OF_FILE),
                    "Expected the error ConnectionLostError, END_OF_FILE, but received the error ConnectionLostError",
                    "\n  expected END_OF_FILE, but was RESET");
            assertFails(
                    verify(Flux.empty()).expectLost(),
                    "Expected the error ConnectionLostError, but received the end of the events");
        }

        @Test
        @DisplayName("by another error passes, and fails with yet another")
        void error() {
            verify(Flux.error(LOST)).expectError(QmpError.class).verify();
            AssertionError error = assertFails(
                    verify(Flux.error(LOST)).expectError(EventOverflowError.class),
                    "Expected the error EventOverflowError, but received the error ConnectionLostError: [vm]");
            assertInstanceOf(ConnectionLostError.class, error.getCause());
        }
    }

    @Test
    @DisplayName("An event without a name, and a pointer without a slash, are refused when they are written down")
    void badInput() {
        assertThrows(IllegalArgumentException.class, () -> verify(Flux.empty()).expectEvent(" "));
        IllegalArgumentException pointer = assertThrows(IllegalArgumentException.class, () -> data("device", "usb0"));
        assertEquals("'device' is no JSON pointer; one begins with a slash, as /device does", pointer.getMessage());
        assertThrows(IllegalArgumentException.class, () -> subTree("{"));
        assertThrows(IllegalArgumentException.class, () -> present("x"));
    }

    @Test
    @DisplayName("One verifier may be used again, and one that is extended stays as it is")
    void immutable() {
        EventSteps first = verify(live(ev("A"), ev("B"))).expectEvent("A");
        QmpVerifier wrong = first.expectEvent("C").thenCancel();
        QmpVerifier right = first.expectEvent("B").thenCancel();
        for (int i = 0; i < 2; i++) {
            assertFails(wrong, "Expected event C, but received event B", "step 2 of 2");
            right.verify();
        }
    }

    @Test
    @DisplayName("Of what came before, the newest 20 are shown")
    void many() {
        Flux<QmpEvent> events = Flux.range(0, 50).map(n -> ev("N" + n));
        assertFails(
                verify(events).skipUntilEvent("X").thenCancel(),
                "received before:\n    (30 more)\n    event N30: {",
                "event N49: {");
    }
}
