package io.github.qmpreactive.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.supervise.StubSession;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("How many machines connect at a time:")
class ConnectGateTest {

    private static final int ROUNDS = Integer.getInteger("qmp.race.rounds", 200);
    private static final ConnectError SILENT = new ConnectError(Reason.NO_GREETING, "No greeting", null);
    private static final ConnectError REFUSED = new ConnectError(Reason.REFUSED, "Refused", null);

    private final Map<String, Sinks.One<QmpSession>> connecting = Collections.synchronizedMap(new LinkedHashMap<>());

    /** Attempts begin on another thread, or at once where time is virtual. */
    @BeforeEach
    void virtualTime() {
        VirtualTimeScheduler.getOrSet();
    }

    @AfterEach
    void realTime() {
        VirtualTimeScheduler.reset();
    }

    private Mono<QmpSession> connects(String name) {
        return Mono.defer(() -> {
            Sinks.One<QmpSession> session = Sinks.one();
            connecting.put(name, session);
            return session.asMono().doFinally(end -> connecting.remove(name));
        });
    }

    private void fail(String name) {
        fail(name, SILENT);
    }

    private void fail(String name, Throwable error) {
        Objects.requireNonNull(connecting.get(name), name).tryEmitError(error).orThrow();
    }

    /** So long that each attempt under way has taken too long. */
    private static void longPasses() {
        VirtualTimeScheduler.get().advanceTimeBy(Places.TURN.multipliedBy(2));
    }

    private List<String> connecting() {
        return List.copyOf(connecting.keySet());
    }

    @Test
    @DisplayName("so many, and the others in the order in which they came; one that is cancelled is passed over")
    void order() {
        ConnectGate gate = new ConnectGate(2);
        Map<String, BaseSubscriber<QmpSession>> attempts = new LinkedHashMap<>();
        for (String name : List.of("a", "b", "c", "d", "e")) {
            BaseSubscriber<QmpSession> attempt = new Quiet();
            attempts.put(name, attempt);
            gate.limit(connects(name)).subscribe(attempt);
        }
        assertEquals(List.of("a", "b"), connecting());
        Objects.requireNonNull(attempts.get("c")).cancel();
        fail("a");
        assertEquals(List.of("b", "d"), connecting());
        Objects.requireNonNull(attempts.get("b")).cancel();
        assertEquals(List.of("d", "e"), connecting());
        Objects.requireNonNull(connecting.get("d")).tryEmitEmpty().orThrow();
        fail("e");
        assertEquals(List.of(), connecting());
    }

    private List<Mono<QmpSession>> machines(ConnectGate gate, String name, int number) {
        List<Mono<QmpSession>> machines = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            machines.add(gate.limit(connects(name + i)));
        }
        return machines;
    }

    private static void subscribe(List<Mono<QmpSession>> attempts) {
        attempts.forEach(attempt -> attempt.subscribe(new Quiet()));
    }

    static List<Throwable> silence() {
        return List.of(
                SILENT,
                new TimeoutException("of an operator"),
                new IllegalStateException("a tunnel", new TimeoutException("of the tunnel")));
    }

    @ParameterizedTest
    @MethodSource("silence")
    @DisplayName("Machines that were silent have half of the places when they try again, so that others find one free")
    void silent(Throwable error) {
        ConnectGate gate = new ConnectGate(8);
        List<Mono<QmpSession>> silent = machines(gate, "silent", 8);
        subscribe(silent);
        assertEquals(8, connecting.size());
        connecting().forEach(name -> fail(name, error));
        subscribe(silent);
        assertEquals(List.of("silent0", "silent1", "silent2", "silent3"), connecting());
        subscribe(machines(gate, "vm", 5));
        assertEquals(List.of("silent0", "silent1", "silent2", "silent3", "vm0", "vm1", "vm2", "vm3"), connecting());
        fail("silent0");
        assertTrue(connecting().contains("silent4"));
        fail("vm0");
        assertTrue(connecting().contains("vm4"));
        // One that has answered is like the others again.
        Objects.requireNonNull(connecting.get("silent1")).tryEmitEmpty().orThrow();
    }

    @Test
    @DisplayName("Machines that were silent do not wait for all of the others: both are served in turn")
    void served() {
        ConnectGate gate = new ConnectGate(4);
        List<Mono<QmpSession>> silent = machines(gate, "silent", 4);
        subscribe(silent);
        connecting().forEach(this::fail);
        subscribe(machines(gate, "vm", 100));
        subscribe(silent);
        assertEquals(List.of("vm0", "vm1", "vm2", "vm3"), connecting());
        fail("vm0");
        fail("vm1");
        assertEquals(List.of("vm2", "vm3", "silent0", "vm4"), connecting());
    }

    @Test
    @DisplayName("Attempts that take long give up their places to others and go on, be they without a limit")
    void withoutLimit() {
        ConnectGate gate = new ConnectGate(64);
        List<Mono<QmpSession>> listening = machines(gate, "listening", 64);
        subscribe(listening);
        gate.limit(connects("vm")).subscribe(new Quiet());
        assertEquals(64, connecting.size());
        longPasses();
        assertEquals(65, connecting.size());
        // Whatever they end with, they have taken long: the others do not wait for them again.
        connecting().forEach(name -> fail(name, REFUSED));
        subscribe(listening);
        assertEquals(32, connecting.size());
        // One that has given up its place leaves none when it ends.
        longPasses();
        subscribe(machines(gate, "other", 100));
        longPasses();
        connecting().forEach(name -> fail(name, REFUSED));
        subscribe(machines(gate, "last", 100));
        assertTrue(connecting.size() <= 64, () -> connecting.toString());
    }

    @Test
    @DisplayName("An attempt that fails at once, many times, uses no stack and leaves its place")
    void atOnce() {
        ConnectGate gate = new ConnectGate(1);
        AtomicInteger done = new AtomicInteger();
        BaseSubscriber<QmpSession> first = new Quiet();
        gate.limit(connects("first")).subscribe(first);
        for (int i = 0; i < 100_000; i++) {
            gate.limit(Mono.<QmpSession>empty().doFinally(end -> done.incrementAndGet()))
                    .subscribe(new Quiet());
        }
        assertEquals(0, done.get());
        first.cancel();
        assertEquals(100_000, done.get());
    }

    @Test
    @Tag("stress")
    @DisplayName("A place is left exactly once, when an end, a session and a cancel come together")
    void races() {
        realTime();
        ConnectGate gate = new ConnectGate(1);
        QmpSession opened = StubSession.named("vm").session;
        // Synchronized: who finds its attempt gone already must find it uncounted, too.
        Set<Object> attempts = Collections.synchronizedSet(new HashSet<>());
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < ROUNDS; i++) {
            int round = i;
            Sinks.One<QmpSession> session = Sinks.one();
            // doFinally would be behind the leaving of the place.
            Mono<QmpSession> connect = Mono.defer(() -> {
                Object attempt = new Object();
                attempts.add(attempt);
                most.accumulateAndGet(attempts.size(), Math::max);
                Runnable leave = () -> attempts.remove(attempt);
                return session.asMono().doOnTerminate(leave).doOnCancel(leave);
            });
            BaseSubscriber<QmpSession> first = new Quiet();
            BaseSubscriber<QmpSession> second = new Quiet();
            gate.limit(connect).subscribe(first);
            together(
                    first::cancel,
                    () -> {
                        if (round % 2 == 0) {
                            session.tryEmitEmpty();
                        } else {
                            session.tryEmitValue(opened);
                        }
                    },
                    () -> gate.limit(connect).subscribe(second),
                    second::cancel);
            StepVerifier.create(gate.limit(Mono.empty())).expectComplete().verify(Patience.PATIENCE);
        }
        assertEquals(1, most.get());
        assertEquals(Set.of(), attempts);
        // One place is left, and no second one.
        virtualTime();
        BaseSubscriber<QmpSession> last = new Quiet();
        gate.limit(connects("last")).subscribe(last);
        gate.limit(connects("waits")).subscribe(new Quiet());
        // The last attempt gives its place back when its subscriber has had its signal.
        Patience.until(() -> !connecting().isEmpty(), () -> "none connects");
        assertEquals(List.of("last"), connecting());
    }

    private static void together(Runnable... tasks) {
        Phaser there = new Phaser(tasks.length);
        Stream.of(tasks)
                .map(task -> CompletableFuture.runAsync(() -> {
                    there.arriveAndAwaitAdvance();
                    task.run();
                }))
                .toList()
                .forEach(CompletableFuture::join);
    }

    /** What becomes of an attempt is its supervisor's concern. */
    private static final class Quiet extends BaseSubscriber<QmpSession> {
        @Override
        protected void hookOnError(Throwable error) {
            // As a test says.
        }
    }
}
