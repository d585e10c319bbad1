package io.github.qmpreactive.fleet;

import static io.github.qmpreactive.fleet.Stubs.FORBIDDEN;
import static io.github.qmpreactive.fleet.Stubs.LOST;
import static io.github.qmpreactive.fleet.Stubs.STEADY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.supervise.QmpSupervisor;
import io.github.qmpreactive.supervise.SupervisedEvent.Gap;
import io.github.qmpreactive.supervise.SupervisedEvent.Received;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("The gaps in the events of a fleet")
class FleetGapsTest {

    private static String text(FleetEvent event) {
        if (event.event() instanceof Gap gap) {
            return event.machine() + " " + gap.from().toEpochMilli() + " to "
                    + gap.until().toEpochMilli()
                    + gap.cause()
                            .map(cause -> " " + cause.getClass().getSimpleName())
                            .orElse("");
        }
        return event.machine() + " " + ((Received) event.event()).event().name();
    }

    private static List<String> collect(Stubs stubs) {
        List<String> seen = new ArrayList<>();
        stubs.fleet.events().map(FleetGapsTest::text).subscribe(seen::add);
        return seen;
    }

    private static QmpSupervisor a(Stubs stubs) {
        return stubs.fleet.machine("a").orElseThrow();
    }

    /** A machine that is connected, and then refused for good. */
    private static void addForbidden(Stubs stubs) {
        List<Mono<QmpSession>> attempts =
                new ArrayList<>(List.of(stubs.connects("a"), Mono.error(FORBIDDEN), stubs.connects("a")));
        stubs.fleet.add("a", Mono.defer(() -> attempts.remove(0)), STEADY.permanent(error -> error == FORBIDDEN));
    }

    @Test
    @DisplayName(
            "A machine that is stopped and started again: one at the stop, and one from the stop to its next events")
    void startedAgain() {
        try (Stubs stubs = new Stubs().with("a")) {
            List<String> seen = collect(stubs);
            stubs.passes(500);
            a(stubs).stop();
            stubs.passes(1_000);
            a(stubs).start();
            stubs.session("a").emit("STOP");
            assertEquals(List.of("a 500 to 500", "a 500 to 1500", "a STOP"), seen);
        }
    }

    @Test
    @DisplayName("A machine that is stopped, started in vain and stopped again: all that time is in a gap")
    void startedInVain() {
        try (Stubs stubs = new Stubs()) {
            List<Mono<QmpSession>> attempts =
                    new ArrayList<>(List.of(stubs.connects("a"), Mono.never(), stubs.connects("a")));
            stubs.fleet.add("a", Mono.defer(() -> attempts.remove(0)), STEADY);
            List<String> seen = collect(stubs);
            stubs.passes(500);
            a(stubs).stop();
            a(stubs).start();
            stubs.passes(1_000);
            a(stubs).stop();
            stubs.passes(1_000);
            a(stubs).start();
            stubs.session("a").emit("STOP");
            assertEquals(List.of("a 500 to 500", "a 500 to 1500", "a 500 to 2500", "a STOP"), seen);
        }
    }

    @Test
    @DisplayName("A machine that gave up and is started again: the same, with the error")
    void gaveUp() {
        try (Stubs stubs = new Stubs()) {
            addForbidden(stubs);
            List<String> seen = collect(stubs);
            stubs.session("a").ends(LOST);
            stubs.passes(1_000);
            a(stubs).start();
            stubs.session("a").emit("STOP");
            assertEquals(
                    List.of("a 0 to 100 SupervisorStoppedError", "a 0 to 1000 SupervisorStoppedError", "a STOP"), seen);
        }
    }

    @Test
    @DisplayName("A machine that is stopped while it is down: from the end of its session, with the cause of that")
    void stoppedWhileDown() {
        try (Stubs stubs = new Stubs().with("a")) {
            List<String> seen = collect(stubs);
            stubs.session("a").ends(LOST);
            stubs.passes(50);
            a(stubs).stop();
            assertEquals(List.of("a 0 to 50 ConnectionLostError"), seen);
        }
    }

    @Test
    @DisplayName("A machine that is removed while it is down: from the end of its session, with the cause of that")
    void removedWhileDown() {
        try (Stubs stubs = new Stubs().with("a")) {
            List<String> seen = collect(stubs);
            stubs.passes(10);
            stubs.session("a").ends(LOST);
            stubs.passes(50);
            stubs.fleet.remove("a");
            assertEquals(List.of("a 10 to 60 ConnectionLostError"), seen);
        }
    }

    @Test
    @DisplayName("A machine that is removed while it is stopped, or has given up: from the end of its session, too")
    void removedWhileStopped() {
        try (Stubs stubs = new Stubs()) {
            addForbidden(stubs);
            stubs.with("b");
            List<String> seen = collect(stubs);
            stubs.session("a").ends(LOST);
            stubs.passes(200);
            stubs.fleet.machine("b").orElseThrow().stop();
            stubs.passes(200);
            stubs.fleet.remove("a");
            stubs.fleet.remove("b");
            assertEquals(
                    List.of(
                            "a 0 to 100 SupervisorStoppedError",
                            "b 200 to 200",
                            "a 0 to 400 SupervisorStoppedError",
                            "b 200 to 400"),
                    seen);
        }
    }

    @Test
    @DisplayName("A machine that is removed while it is connected: from the removal")
    void removedWhileUp() {
        try (Stubs stubs = new Stubs().with("a")) {
            List<String> seen = collect(stubs);
            stubs.session("a").ends(LOST);
            stubs.passes(200);
            stubs.fleet.remove("a");
            assertEquals(List.of("a 0 to 100 ConnectionLostError", "a 200 to 200"), seen);
        }
    }

    private static List<String> gaps(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "vm" + i + " 0 to 0").toList();
    }

    private static void addAll(Stubs stubs, int number) {
        for (int i = 0; i < number; i++) {
            stubs.with("vm" + i);
        }
    }

    private static void removeAll(Stubs stubs, int number) {
        for (int i = 0; i < number; i++) {
            stubs.fleet.remove("vm" + i);
        }
    }

    @Test
    @DisplayName("Of 100 machines that are removed without events they wait for a subscriber, and of those before not")
    void manyRemoved() {
        try (Stubs stubs = new Stubs()) {
            StepVerifier.create(stubs.fleet.events().map(FleetGapsTest::text), 0)
                    .then(() -> {
                        addAll(stubs, 150);
                        removeAll(stubs, 150);
                    })
                    .thenRequest(1_000)
                    .expectNextSequence(gaps(50, 150))
                    .then(() -> stubs.with("last"))
                    .then(() -> stubs.session("last").emit("STOP"))
                    .expectNext("last STOP")
                    .thenCancel()
                    .verify(Patience.PATIENCE);
        }
    }

    @Test
    @DisplayName("Of machines that are removed, added again and removed again they wait for 100 of them, too")
    void manyRemovedAgain() {
        try (Stubs stubs = new Stubs()) {
            StepVerifier.create(stubs.fleet.events().map(FleetGapsTest::text), 0)
                    .then(() -> {
                        addAll(stubs, 150);
                        removeAll(stubs, 150);
                        addAll(stubs, 150);
                        removeAll(stubs, 150);
                    })
                    .thenRequest(1_000)
                    .expectNextSequence(gaps(50, 150))
                    .then(() -> stubs.with("last"))
                    .then(() -> stubs.session("last").emit("STOP"))
                    .expectNext("last STOP")
                    .thenCancel()
                    .verify(Patience.PATIENCE);
        }
    }

    @Test
    @DisplayName("A machine that is added again has its gap before its events, whatever was removed after it")
    void addedAgain() {
        try (Stubs stubs = new Stubs().with("a")) {
            StepVerifier.create(stubs.fleet.events().map(FleetGapsTest::text).filter(text -> text.startsWith("a ")), 0)
                    .then(() -> {
                        stubs.session("a").emit("RESUME");
                        stubs.fleet.remove("a");
                        stubs.with("a");
                        stubs.session("a").emit("STOP");
                        addAll(stubs, 150);
                        removeAll(stubs, 150);
                    })
                    .thenRequest(2)
                    .expectNext("a 0 to 0", "a STOP")
                    .thenCancel()
                    .verify(Patience.PATIENCE);
        }
    }
}
