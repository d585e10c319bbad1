package io.github.qmpreactive.fleet;

import static io.github.qmpreactive.fleet.Stubs.FORBIDDEN;
import static io.github.qmpreactive.fleet.Stubs.STEADY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Work at each machine of a fleet")
class EachTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    @DisplayName(
            "has one outcome for each: a value, none, an error, what it threw, or that the machine is not connected")
    void outcomes() {
        try (Stubs stubs = new Stubs().with("value", "empty", "error", "thrown")) {
            stubs.fleet.add("down", Mono.error(FORBIDDEN), STEADY);
            IllegalStateException bug = new IllegalStateException("a bug");
            Map<String, Outcome<String>> outcomes = new HashMap<>();
            stubs.fleet
                    .<String>each(
                            session -> switch (session.name()) {
                                case "value" -> Mono.just("running");
                                case "empty" -> Mono.empty();
                                case "error" -> Mono.error(bug);
                                default -> throw bug;
                            },
                            LIMIT)
                    .subscribe(outcome -> outcomes.put(outcome.machine(), outcome));
            assertEquals(new Outcome.Value<>("value", Optional.of("running")), outcomes.get("value"));
            assertEquals(new Outcome.Value<>("empty", Optional.empty()), outcomes.get("empty"));
            assertEquals(new Outcome.Failed<>("error", bug), outcomes.get("error"));
            assertEquals(new Outcome.Failed<>("thrown", bug), outcomes.get("thrown"));
            var down = assertInstanceOf(Outcome.NotConnected.class, outcomes.get("down"));
            assertEquals(State.GAVE_UP, down.link().state());
            assertEquals(Optional.of(FORBIDDEN), down.link().cause());
            assertEquals(5, outcomes.size());
        }
    }

    @Test
    @DisplayName("One silent VM hangs the list. Not here, nor do 100 of them among 300: the others have theirs in time")
    void silent() {
        try (Stubs stubs = new Stubs()) {
            for (int i = 0; i < 300; i++) {
                stubs.with((i % 3 == 0 ? "silent" : "vm") + i);
            }
            AtomicInteger cancelled = new AtomicInteger();
            List<Outcome<String>> seen = new ArrayList<>();
            List<String> end = new ArrayList<>();
            stubs.fleet
                    .each(
                            session -> session.name().startsWith("silent")
                                    ? Mono.<String>never().doOnCancel(cancelled::incrementAndGet)
                                    : Mono.just("running"),
                            LIMIT)
                    .doOnComplete(() -> end.add("complete"))
                    .subscribe(seen::add);
            stubs.passes(2_000);
            assertEquals(
                    200, seen.stream().filter(Outcome.Value.class::isInstance).count());
            assertEquals(200, seen.size());
            stubs.passes(8_000);
            assertEquals(300, seen.size());
            assertEquals(100, cancelled.get());
            assertEquals(List.of("complete"), end);
            var late = assertInstanceOf(Outcome.Failed.class, seen.get(299));
            assertInstanceOf(TimeoutException.class, late.error());
            assertEquals(
                    "[" + late.machine() + "] The work has not completed within 10000 ms",
                    late.error().getMessage());
        }
    }

    @Test
    @DisplayName(
            "is begun at the last machine, too, though thousands before it are silent, and it has half of the limit")
    void veryManySilent() {
        try (Stubs stubs = new Stubs()) {
            for (int i = 0; i < 2_000; i++) {
                stubs.with("silent" + i);
            }
            AtomicInteger begun = new AtomicInteger();
            List<Outcome<String>> seen = new ArrayList<>();
            stubs.fleet
                    .each(
                            session -> Mono.delay(LIMIT.dividedBy(2).minusMillis(1))
                                    .doOnSubscribe(started -> begun.incrementAndGet())
                                    .thenReturn("running"),
                            LIMIT)
                    .subscribe(seen::add);
            assertEquals(64, begun.get());
            stubs.passes(LIMIT.dividedBy(2));
            assertEquals(2_000, begun.get());
            stubs.passes(LIMIT.dividedBy(2));
            assertEquals(
                    2_000, seen.stream().filter(Outcome.Value.class::isInstance).count());
        }
    }

    @Test
    @DisplayName(
            "that throws when it is cancelled, at the limit or with its subscriber, is cancelled like that of others")
    void throwsWhenCancelled() {
        try (Stubs stubs = new Stubs().with("a", "b", "c")) {
            AtomicInteger cancelled = new AtomicInteger();
            var works = stubs.fleet.each(
                    session -> Mono.<String>fromDirect(actual -> actual.onSubscribe(new Subscription() {
                        @Override
                        public void request(long n) {
                            // It never answers.
                        }

                        @Override
                        public void cancel() {
                            cancelled.incrementAndGet();
                            throw new IllegalStateException("a bug");
                        }
                    })),
                    LIMIT);
            StepVerifier.create(works)
                    .then(() -> stubs.passes(LIMIT))
                    .expectNextCount(3)
                    .expectComplete()
                    .verify(Patience.PATIENCE);
            assertEquals(3, cancelled.get());
            works.subscribe().dispose();
            assertEquals(6, cancelled.get());
        }
    }

    @Test
    @DisplayName("that throws an error of the JVM is a failure, too, when it is called and when it is subscribed to")
    void throwsErrorOfJvm() {
        try (Stubs stubs = new Stubs().with("a", "b", "c")) {
            LinkageError error = new NoClassDefFoundError("as a test says");
            Map<String, Outcome<String>> outcomes = new HashMap<>();
            StepVerifier.create(stubs.fleet
                            .<String>each(
                                    session -> switch (session.name()) {
                                        case "a" -> throw error;
                                        case "b" ->
                                            Mono.just("running").map(value -> {
                                                throw error;
                                            });
                                        default -> Mono.just("running");
                                    },
                                    LIMIT)
                            .doOnNext(outcome -> outcomes.put(outcome.machine(), outcome)))
                    .expectNextCount(3)
                    .expectComplete()
                    .verify(Patience.PATIENCE);
            assertEquals(new Outcome.Failed<>("a", error), outcomes.get("a"));
            assertEquals(new Outcome.Failed<>("b", error), outcomes.get("b"));
            assertEquals(new Outcome.Value<>("c", Optional.of("running")), outcomes.get("c"));
        }
    }

    @Test
    @DisplayName("is begun at so many machines at once")
    void atOnce() {
        try (Stubs stubs = new Stubs().with("a", "b", "c", "d", "e")) {
            List<Sinks.One<String>> works = new ArrayList<>();
            StepVerifier.create(stubs.fleet.each(
                            session -> {
                                Sinks.One<String> work = Sinks.one();
                                works.add(work);
                                return work.asMono();
                            },
                            LIMIT,
                            2))
                    .then(() -> assertEquals(2, works.size()))
                    .then(() -> works.get(1).tryEmitValue("second").orThrow())
                    .expectNextCount(1)
                    .then(() -> assertEquals(3, works.size()))
                    .then(() -> works.get(0).tryEmitValue("first").orThrow())
                    .then(() -> works.get(2).tryEmitValue("third").orThrow())
                    .expectNextCount(2)
                    .then(() -> assertEquals(5, works.size()))
                    .then(() -> works.get(3).tryEmitValue("fourth").orThrow())
                    .then(() -> works.get(4).tryEmitValue("fifth").orThrow())
                    .expectNextCount(2)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("is not begun further while the subscriber has no demand, and what was not begun at the limit says so")
    void withoutDemand() {
        try (Stubs stubs = new Stubs().with("a", "b", "c", "d")) {
            AtomicInteger begun = new AtomicInteger();
            List<Outcome<Integer>> seen = new ArrayList<>();
            StepVerifier.create(
                            stubs.fleet
                                    .each(session -> Mono.fromSupplier(begun::incrementAndGet), LIMIT, 1)
                                    .doOnNext(seen::add),
                            0)
                    .then(() -> assertEquals(1, begun.get()))
                    .thenRequest(1)
                    .expectNextCount(1)
                    .then(() -> assertEquals(2, begun.get()))
                    .then(() -> stubs.passes(LIMIT))
                    .thenRequest(4)
                    .expectNextCount(3)
                    .verifyComplete();
            assertEquals(2, begun.get());
            var late = assertInstanceOf(Outcome.Failed.class, seen.get(3));
            assertTrue(late.error()
                    .getMessage()
                    .endsWith(
                            "The work was not begun within 10000 ms, since the subscriber has not asked for the outcomes of"
                                    + " others; request more, or raise the limit"));
        }
    }

    @Test
    @DisplayName("is cancelled with its subscriber")
    void cancelled() {
        try (Stubs stubs = new Stubs().with("a", "b", "c")) {
            AtomicInteger cancelled = new AtomicInteger();
            stubs.fleet
                    .each(session -> Mono.never().doOnCancel(cancelled::incrementAndGet), LIMIT, 2)
                    .subscribe()
                    .dispose();
            assertEquals(2, cancelled.get());
        }
    }

    @Test
    @DisplayName("A fleet without machines has no outcome; a machine that is removed meanwhile has one")
    void none() {
        try (Stubs stubs = new Stubs()) {
            StepVerifier.create(stubs.fleet.each(session -> Mono.just(1), LIMIT))
                    .verifyComplete();
            stubs.with("a", "b");
            StepVerifier.create(
                            stubs.fleet.each(session -> Mono.just(1), LIMIT, 1).map(Outcome::getClass), 1)
                    .expectNextCount(1)
                    .then(() -> List.of("a", "b").forEach(stubs.fleet::remove))
                    .thenRequest(1)
                    .expectNextCount(1)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("Limits that make no sense are refused")
    void refused() {
        QmpFleet fleet = QmpFleet.create();
        assertThrows(IllegalArgumentException.class, () -> fleet.each(session -> Mono.just(1), Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> fleet.each(session -> Mono.just(1), LIMIT, 0));
    }
}
