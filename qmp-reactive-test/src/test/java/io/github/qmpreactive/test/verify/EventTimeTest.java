package io.github.qmpreactive.test.verify;

import static io.github.qmpreactive.test.verify.DataMatcher.data;
import static io.github.qmpreactive.test.verify.Events.ev;
import static io.github.qmpreactive.test.verify.Events.live;
import static io.github.qmpreactive.test.verify.Events.verify;
import static io.github.qmpreactive.test.verify.Failures.assertFails;
import static io.github.qmpreactive.test.verify.Failures.assertSaysExactly;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.message.QmpEvent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

@DisplayName("Time and tasks between events")
class EventTimeTest {

    @Test
    @DisplayName("Time without events passes; an event or the end fails it")
    void quiet() {
        Duration moment = Duration.ofMillis(20);
        verify(live(ev("A")))
                .expectEvent("A")
                .expectNoEvent(moment)
                .thenCancel()
                .verify();
        Sinks.Many<QmpEvent> late = Sinks.many().unicast().onBackpressureBuffer();
        assertFails(
                verify(late.asFlux().doOnSubscribe(s -> Flux.interval(Duration.ofMillis(50))
                                .take(1)
                                .subscribe(n -> late.tryEmitNext(ev("B")).orThrow())))
                        .expectNoEvent(Duration.ofSeconds(8))
                        .thenCancel(),
                "Expected no event for PT8S, but received event B: {",
                "step 1 of 1; nothing was received before");
        assertFails(
                verify(Flux.<QmpEvent>empty().delaySubscription(moment))
                        .expectNoEvent(Duration.ofSeconds(8))
                        .thenCancel(),
                "Expected no event for PT8S, but received the end of the events");
    }

    @Test
    @DisplayName("Time without events has no gap before it: an event that came with the one before fails it")
    void noGap() {
        assertFails(
                verify(live(ev("A"), ev("B")))
                        .expectEvent("A")
                        .expectNoEvent(Duration.ofMillis(10))
                        .thenCancel(),
                "Expected no event for PT0.01S, but received event B: {",
                "step 2 of 2; received before:\n    event A: {");
        assertFails(
                verify(live(ev("A"), ev("B")))
                        .expectEvent("A")
                        .expectNoEvent(Duration.ofMillis(10))
                        .expectEvent("B")
                        .thenCancel(),
                "Expected no event for PT0.01S, but received event B: {");
    }

    @Test
    @DisplayName("Time is virtual where that is asked for")
    void virtual() {
        QmpVerifier.withVirtualTime(() -> Flux.interval(Duration.ofHours(1)).map(n -> ev("TICK")))
                .expectNoEvent(Duration.ofMinutes(59))
                .thenAwait(Duration.ofMinutes(1))
                .expectEvent("TICK")
                .thenAwait(Duration.ofHours(2))
                .expectEvent("TICK")
                .expectEvent("TICK")
                .thenCancel()
                .verify();
        assertFails(
                QmpVerifier.withVirtualTime(
                                () -> Flux.interval(Duration.ofHours(1)).map(n -> ev("TICK")))
                        .expectNoEvent(Duration.ofMinutes(61))
                        .thenCancel(),
                "Expected no event for PT1H1M, but received event TICK: {");
    }

    @Test
    @DisplayName("Virtual time without events ends before what comes at its end, as with StepVerifier")
    void virtualEnd() {
        QmpVerifier.withVirtualTime(() -> Flux.interval(Duration.ofHours(1)).map(n -> ev("TICK")))
                .expectNoEvent(Duration.ofHours(1))
                .expectEvent("TICK")
                .thenCancel()
                .verify();
    }

    @Test
    @DisplayName("Time is limited: a timeout says what is missing and what had come, and cancels")
    void timeout() {
        AtomicInteger cancelled = new AtomicInteger();
        QmpVerifier verifier = verify(live(ev("A"), ev("B")).doOnCancel(cancelled::incrementAndGet))
                .expectEvent("A")
                .skipUntilEvent("STOP", data("/x", 1))
                .thenCancel();
        AssertionError error = assertThrows(AssertionError.class, () -> verifier.verify(Duration.ofMillis(100)));
        assertSaysExactly(error, """
                Timed out after PT0.1S: expected event STOP with /x = 1, whatever comes before it, \
                but received nothing more
                  step 2 of 2; received before:
                    event A: {"event":"A","data":{}}
                    event B: {"event":"B","data":{}}""");
        assertEquals(1, cancelled.get());
    }

    @Test
    @DisplayName("Time is limited for all verifiers by a property")
    void property() {
        System.setProperty("qmp.verify.timeout", "PT0.05S");
        try {
            assertFails(
                    verify(Flux.never()).expectEvent("STOP").thenCancel(),
                    "Timed out after PT0.05S: expected event STOP, but received nothing more",
                    "step 1 of 1; nothing was received before");
        } finally {
            System.clearProperty("qmp.verify.timeout");
        }
    }

    @Test
    @DisplayName("A verification that is interrupted is no success")
    void interrupted() {
        QmpVerifier verifier = verify(Flux.never()).expectEvent("STOP").thenCancel();
        Thread.currentThread().interrupt();
        AssertionError error = assertThrows(AssertionError.class, verifier::verify);
        assertEquals(true, Thread.interrupted());
        Failures.assertSays(error, "Interrupted while waiting for event STOP");
    }

    @Test
    @DisplayName("A timeout that is not positive is refused")
    void notPositive() {
        QmpVerifier verifier = verify(Flux.never()).thenCancel();
        assertThrows(IllegalArgumentException.class, () -> verifier.verify(Duration.ZERO));
    }

    @Test
    @DisplayName("A task is run in its turn, on the thread that verifies")
    void runs() {
        AtomicReference<Thread> thread = new AtomicReference<>();
        Sinks.Many<QmpEvent> events = Sinks.many().unicast().onBackpressureBuffer();
        verify(events.asFlux())
                .then(() -> {
                    thread.set(Thread.currentThread());
                    events.tryEmitNext(ev("A")).orThrow();
                })
                .expectEvent("A")
                .then(() -> events.tryEmitComplete().orThrow())
                .expectComplete()
                .verify();
        assertEquals(Thread.currentThread(), thread.get());
    }

    @Test
    @DisplayName("A task that fails fails the verification")
    void fails() {
        AssertionError own = new AssertionError("mine");
        AssertionError error = assertFails(verify(Flux.never())
                .then(() -> {
                    throw own;
                })
                .thenCancel());
        assertEquals(own, error);
    }
}
