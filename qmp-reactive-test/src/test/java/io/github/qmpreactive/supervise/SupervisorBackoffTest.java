package io.github.qmpreactive.supervise;

import static io.github.qmpreactive.supervise.Supervised.FORBIDDEN;
import static io.github.qmpreactive.supervise.Supervised.LOST;
import static io.github.qmpreactive.supervise.Supervised.REFUSED;
import static io.github.qmpreactive.supervise.Supervised.opens;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.SupervisorStoppedError;
import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A supervisor that connects again")
class SupervisorBackoffTest {

    @Test
    @DisplayName("tries at once, then after a delay that doubles up to the longest, and tells when the next attempt is")
    void doubles() {
        try (Supervised vm =
                new Supervised(options -> options.backoff(Duration.ofMillis(100), Duration.ofSeconds(1)))) {
            assertEquals(List.of(), vm.attempts());
            vm.started();
            vm.passes(4_500);
            assertEquals(List.of(0L, 100L, 300L, 700L, 1_500L, 2_500L, 3_500L, 4_500L), vm.attempts());
            assertEquals(
                    List.of(State.STOPPED, State.CONNECTING, State.DOWN, State.CONNECTING, State.DOWN),
                    vm.states().subList(0, 5));
            Link down = vm.links().get(4);
            assertEquals(2, down.attempt());
            assertEquals(Optional.of(REFUSED), down.cause());
            assertEquals(Optional.of(down.since().plusMillis(200)), down.next());
            assertEquals(Optional.of(REFUSED), vm.links().get(3).cause());
        }
    }

    @Test
    @DisplayName("varies delays within the jitter, the shortest and the longest, so that many do not connect together")
    void jitter() {
        try (Supervised vm = new Supervised(
                options -> options.jitter(0.5).backoff(Duration.ofMillis(100), Duration.ofSeconds(10)))) {
            vm.started();
            vm.passes(Duration.ofHours(1));
            List<Long> at = vm.attempts();
            LongStream.of(at.get(1) - at.get(0))
                    .forEach(first -> assertTrue(first >= 100 && first <= 150, at::toString));
            long[] longest = LongStream.range(20, at.size())
                    .map(i -> at.get((int) i) - at.get((int) i - 1))
                    .toArray();
            assertTrue(LongStream.of(longest).allMatch(delay -> delay >= 5_000 && delay <= 10_001), at::toString);
            assertTrue(LongStream.of(longest).min().orElseThrow() < 6_000, at::toString);
            assertTrue(LongStream.of(longest).max().orElseThrow() > 9_000, at::toString);
        }
    }

    @Test
    @DisplayName("begins anew after a session that was up for the longest delay, and not after a shorter one: no storm")
    void beginsAnew() {
        StubSession brief = StubSession.named("brief");
        StubSession lasting = StubSession.named("lasting");
        try (Supervised vm = new Supervised(
                options -> options.backoff(Duration.ofMillis(100), Duration.ofSeconds(1)),
                Mono.error(REFUSED),
                opens(brief),
                opens(lasting))) {
            vm.started();
            vm.passes(100);
            vm.passes(900);
            brief.ends(LOST);
            vm.passes(200);
            assertEquals(List.of(0L, 100L, 1_200L), vm.attempts());
            vm.passes(1_000);
            lasting.ends(LOST);
            vm.passes(100);
            assertEquals(List.of(0L, 100L, 1_200L, 2_300L), vm.attempts());
        }
    }

    @Test
    @DisplayName("gives up where trying again cannot help, with the cause for each caller, until it is started again")
    void permanent() {
        StubSession session = StubSession.named("vm");
        try (Supervised vm = new Supervised(Mono.error(REFUSED), Mono.error(FORBIDDEN), opens(session))) {
            vm.started();
            var waiting = vm.supervisor.session().toFuture();
            var events = vm.supervisor.events().then().toFuture();
            vm.passes(Duration.ofHours(1));
            assertEquals(2, vm.attempts().size());
            assertEquals(State.GAVE_UP, vm.last().state());
            assertEquals(Optional.of(FORBIDDEN), vm.last().cause());
            assertFalse(vm.supervisor.isRunning());
            assertSame(
                    FORBIDDEN,
                    assertThrows(Exception.class, waiting::get).getCause().getCause());
            assertSame(
                    FORBIDDEN,
                    assertThrows(Exception.class, events::get).getCause().getCause());
            StepVerifier.create(vm.supervisor.session())
                    .expectErrorSatisfies(e -> assertTrue(((SupervisorStoppedError) e).hasGivenUp()))
                    .verify();
            vm.supervisor.stop();
            assertEquals(State.GAVE_UP, vm.last().state());
            vm.started();
            StepVerifier.create(vm.supervisor.session())
                    .expectNext(session.session)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("gives up after what the application says, and only then")
    void ownPermanent() {
        try (Supervised vm = new Supervised(
                options -> options.permanent(error -> error == REFUSED), Mono.error(FORBIDDEN), Mono.error(REFUSED))) {
            vm.started();
            vm.passes(Duration.ofHours(1));
            assertEquals(2, vm.attempts().size());
            assertEquals(Optional.of(REFUSED), vm.last().cause());
        }
        try (Supervised vm = new Supervised(options -> options.permanent(error -> {
            throw new IllegalArgumentException("does not know");
        }))) {
            vm.started();
            assertEquals(State.GAVE_UP, vm.last().state());
        }
    }

    @Test
    @DisplayName("gives up where connecting ends without a session: that is a mistake")
    void empty() {
        try (Supervised vm = new Supervised(Mono.empty())) {
            vm.started();
            assertEquals(State.GAVE_UP, vm.last().state());
        }
    }

    @Test
    @DisplayName("The end of a session that was up is never permanent, be it orderly or an error of the protocol")
    void endsAreNotPermanent() {
        StubSession first = StubSession.named("first");
        StubSession second = StubSession.named("second");
        try (Supervised vm = new Supervised(opens(first), opens(second))) {
            vm.started();
            first.ends(FORBIDDEN);
            assertEquals(State.DOWN, vm.last().state());
            assertEquals(Optional.of(FORBIDDEN), vm.last().cause());
            vm.passes(100);
            assertEquals(State.UP, vm.last().state());
            second.ends(null);
            assertEquals(State.DOWN, vm.last().state());
            assertEquals(Optional.empty(), vm.last().cause());
        }
    }

    @Test
    @DisplayName("Options that cannot be are refused with their value")
    void options() {
        var options = SupervisorOptions.forMonitor();
        assertThrows(IllegalArgumentException.class, () -> options.jitter(1.1));
        assertThrows(IllegalArgumentException.class, () -> options.jitter(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> options.backoff(Duration.ZERO, Duration.ofSeconds(1)));
        assertThrows(
                IllegalArgumentException.class, () -> options.backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)));
        assertThrows(IllegalArgumentException.class, () -> options.onConnectTimeout(Duration.ZERO));
    }
}
