package io.github.qmpreactive.fleet;

import static io.github.qmpreactive.fleet.Stubs.FORBIDDEN;
import static io.github.qmpreactive.fleet.Stubs.LOST;
import static io.github.qmpreactive.fleet.Stubs.STEADY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.EventOverflow;
import io.github.qmpreactive.supervise.SupervisedEvent.Gap;
import io.github.qmpreactive.supervise.SupervisedEvent.Received;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("The events of a fleet")
class FleetEventsTest {

    private static String text(FleetEvent event) {
        return event.machine() + " "
                + (event.event() instanceof Received received
                        ? received.event().name()
                        : "gap"
                                + ((Gap) event.event())
                                        .cause()
                                        .map(cause -> " " + cause.getClass().getSimpleName())
                                        .orElse(""));
    }

    private static List<String> collect(Stubs stubs) {
        List<String> seen = new ArrayList<>();
        stubs.fleet.events().map(FleetEventsTest::text).subscribe(seen::add);
        return seen;
    }

    @Test
    @DisplayName(
            "are those of all machines by name, those included that are added later, with the gaps between sessions")
    void merged() {
        try (Stubs stubs = new Stubs().with("a")) {
            List<String> seen = collect(stubs);
            stubs.session("a").emit("STOP");
            stubs.with("b");
            stubs.session("b").emit("RESUME");
            stubs.session("a").ends(LOST);
            stubs.passes(100);
            stubs.session("a").emit("RESUME");
            assertEquals(List.of("a STOP", "b RESUME", "a gap ConnectionLostError", "a RESUME"), seen);
        }
    }

    @Test
    @DisplayName("A flood of one machine neither delays nor drops those of another")
    void flood() {
        try (Stubs stubs = new Stubs().with("a", "b")) {
            EventOptions options = EventOptions.all().bufferSize(2).overflow(EventOverflow.DROP_LATEST);
            StepVerifier.create(stubs.fleet.events(options).map(FleetEventsTest::text), 0)
                    .then(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            stubs.session("a").emit("FLOOD" + i);
                        }
                        stubs.session("b").emit("STOP");
                        stubs.session("b").emit("RESUME");
                    })
                    .thenRequest(6)
                    .expectNext("a FLOOD0", "b STOP", "a FLOOD1", "b RESUME", "a FLOOD2", "a gap EventOverflowError")
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    @DisplayName("that overflow are a gap behind what was buffered, and go on; those of others do, too")
    void overflow() {
        try (Stubs stubs = new Stubs().with("a", "b")) {
            StepVerifier.create(
                            stubs.fleet.events(EventOptions.all().bufferSize(1)).map(FleetEventsTest::text), 0)
                    .then(() -> {
                        for (int i = 0; i < 10; i++) {
                            stubs.session("a").emit("FLOOD" + i);
                        }
                        stubs.session("b").emit("STOP");
                    })
                    .thenRequest(4)
                    .expectNext("a FLOOD0", "b STOP", "a FLOOD1", "a gap EventOverflowError")
                    .then(() -> stubs.session("a").emit("RESUME"))
                    .thenRequest(1)
                    .expectNext("a RESUME")
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    @DisplayName("of a machine that is stopped, or gives up: a gap, and those of the next start behind another one")
    void ends() {
        try (Stubs stubs = new Stubs().with("a")) {
            List<String> seen = collect(stubs);
            var a = stubs.fleet.machine("a").orElseThrow();
            a.stop();
            a.start();
            stubs.session("a").emit("STOP");
            stubs.fleet.stop();
            stubs.fleet.start();
            stubs.session("a").emit("RESUME");
            stubs.fleet.add("b", Mono.error(FORBIDDEN), STEADY);
            assertEquals(
                    List.of("a gap", "a gap", "a STOP", "a gap", "a gap", "a RESUME", "b gap SupervisorStoppedError"),
                    seen);
        }
    }

    @Test
    @DisplayName("of a machine that is stopped and started many times without demand are one gap")
    void manyEnds() {
        try (Stubs stubs = new Stubs().with("a")) {
            StepVerifier.create(stubs.fleet.events().map(FleetEventsTest::text), 0)
                    .then(() -> {
                        var a = stubs.fleet.machine("a").orElseThrow();
                        for (int i = 0; i < 1_000; i++) {
                            a.stop();
                            a.start();
                        }
                        stubs.session("a").emit("STOP");
                    })
                    .thenRequest(5)
                    .expectNext("a gap", "a STOP")
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    @DisplayName(
            "of a machine that is removed: those from before, and a gap; then those of one that is added under its name")
    void removed() {
        try (Stubs stubs = new Stubs().with("a", "b")) {
            StepVerifier.create(stubs.fleet.events().map(FleetEventsTest::text), 0)
                    .then(() -> {
                        for (int i = 0; i < 1_000; i++) {
                            stubs.session("a").emit("STOP");
                            stubs.fleet.remove("a");
                            stubs.with("a");
                        }
                        stubs.session("b").emit("STOP");
                        stubs.session("a").emit("RESUME");
                    })
                    .thenRequest(5)
                    .expectNext("a STOP", "b STOP", "a gap", "a RESUME")
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    @DisplayName("of 100 machines that are removed wait for a subscriber without demand, and of those before them none")
    void manyRemoved() {
        try (Stubs stubs = new Stubs()) {
            List<String> expected = new ArrayList<>();
            for (int i = 50; i < 150; i++) {
                expected.add("vm" + i + " STOP");
            }
            for (int i = 50; i < 150; i++) {
                expected.add("vm" + i + " gap");
            }
            StepVerifier.create(stubs.fleet.events().map(FleetEventsTest::text), 0)
                    .then(() -> {
                        for (int i = 0; i < 150; i++) {
                            stubs.with("vm" + i);
                            stubs.session("vm" + i).emit("STOP");
                            stubs.fleet.remove("vm" + i);
                        }
                    })
                    .thenRequest(300)
                    .expectNextSequence(expected)
                    .thenCancel()
                    .verify(Patience.PATIENCE);
        }
    }

    @Test
    @DisplayName(
            "of a machine that is started again while its subscriber is behind are behind a gap, which begins with the stop")
    void startedAgain() {
        try (Stubs stubs = new Stubs().with("a")) {
            var a = stubs.fleet.machine("a").orElseThrow();
            StepVerifier.create(stubs.fleet.events(), 0)
                    .then(() -> {
                        stubs.session("a").emit("STOP");
                        stubs.session("a").emit("RESUME");
                        stubs.passes(500);
                        a.stop();
                        stubs.passes(1_000);
                        a.start();
                        stubs.session("a").emit("POWERDOWN");
                        stubs.passes(1_000);
                    })
                    .thenRequest(10)
                    .recordWith(ArrayList::new)
                    .expectNextCount(4)
                    .consumeRecordedWith(events -> {
                        assertEquals(
                                List.of("a STOP", "a RESUME", "a gap", "a POWERDOWN"),
                                events.stream().map(FleetEventsTest::text).toList());
                        assertEquals(List.of("500 to 1500"), times(events));
                    })
                    .thenCancel()
                    .verify(Patience.PATIENCE);
        }
    }

    @Test
    @DisplayName(
            "of a machine that gives up and is started again while its subscriber is behind: the same, with the error")
    void gaveUp() {
        try (Stubs stubs = new Stubs()) {
            List<Mono<QmpSession>> attempts =
                    new ArrayList<>(List.of(stubs.connects("a"), Mono.error(FORBIDDEN), stubs.connects("a")));
            var a = stubs.fleet.add(
                    "a", Mono.defer(() -> attempts.remove(0)), STEADY.permanent(error -> error == FORBIDDEN));
            StepVerifier.create(stubs.fleet.events(), 0)
                    .then(() -> {
                        stubs.session("a").emit("STOP");
                        stubs.session("a").emit("RESUME");
                        stubs.session("a").ends(LOST);
                        stubs.passes(1_000);
                        a.start();
                        stubs.session("a").emit("POWERDOWN");
                    })
                    .thenRequest(10)
                    .recordWith(ArrayList::new)
                    .expectNextCount(4)
                    .consumeRecordedWith(events -> {
                        assertEquals(
                                List.of("a STOP", "a RESUME", "a gap SupervisorStoppedError", "a POWERDOWN"),
                                events.stream().map(FleetEventsTest::text).toList());
                        assertEquals(List.of("0 to 1000"), times(events));
                    })
                    .thenCancel()
                    .verify(Patience.PATIENCE);
        }
    }

    @Test
    @DisplayName("that overflow are a gap from the first that is dropped until the last")
    void overflowTimes() {
        try (Stubs stubs = new Stubs().with("a")) {
            StepVerifier.create(stubs.fleet.events(EventOptions.all().bufferSize(1)), 0)
                    .then(() -> {
                        for (int i = 0; i < 5; i++) {
                            stubs.session("a").emit("FLOOD" + i);
                            stubs.passes(100);
                        }
                        stubs.passes(1_000);
                    })
                    .thenRequest(10)
                    .recordWith(ArrayList::new)
                    .expectNextCount(3)
                    .consumeRecordedWith(events -> assertEquals(List.of("200 to 400"), times(events)))
                    .thenCancel()
                    .verify(Patience.PATIENCE);
        }
    }

    private static List<String> times(Collection<FleetEvent> events) {
        return events.stream()
                .flatMap(event -> event.event() instanceof Gap gap ? Stream.of(gap) : Stream.empty())
                .map(gap -> gap.from().toEpochMilli() + " to " + gap.until().toEpochMilli())
                .toList();
    }

    @Test
    @DisplayName("A filter that throws ends its subscriber alone")
    void filterThrows() {
        try (Stubs stubs = new Stubs().with("a")) {
            List<String> seen = collect(stubs);
            StepVerifier.create(stubs.fleet.events(EventOptions.all().filter(event -> {
                        throw new IllegalStateException("a bug");
                    })))
                    .then(() -> stubs.session("a").emit("STOP"))
                    .verifyErrorMessage("a bug");
            stubs.session("a").emit("RESUME");
            assertEquals(List.of("a STOP", "a RESUME"), seen);
        }
    }

    @Test
    @DisplayName("A subscriber that uses the fleet from its signals")
    void effects() {
        try (Stubs stubs = new Stubs().with("a", "b")) {
            List<String> seen = new ArrayList<>();
            stubs.fleet.events().map(FleetEventsTest::text).subscribe(event -> {
                seen.add(event);
                if (event.equals("a STOP")) {
                    stubs.fleet.remove("a");
                    stubs.with("c");
                    stubs.session("c").emit("STOP");
                    stubs.session("b").emit("STOP");
                    seen.add("done");
                }
            });
            stubs.session("a").emit("STOP");
            assertEquals(List.of("a STOP", "done", "c STOP", "b STOP", "a gap"), seen);
        }
    }
}
