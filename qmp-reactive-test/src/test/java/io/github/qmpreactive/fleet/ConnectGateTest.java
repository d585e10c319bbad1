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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
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
        Objects.requireNonNull(connecting.get(name), name).tryEmitError(SILENT).orThrow();
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

    @Test
    @DisplayName(
            "Machines that were silent have a quarter of the places when they try again, so that others find one free")
    void silent() {
        ConnectGate gate = new ConnectGate(8);
        List<Mono<QmpSession>> silent = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            silent.add(gate.limit(connects("silent" + i)));
        }
        silent.forEach(attempt -> attempt.subscribe(new Quiet()));
        assertEquals(8, connecting.size());
        connecting().forEach(this::fail);
        silent.forEach(attempt -> attempt.subscribe(new Quiet()));
        assertEquals(List.of("silent0", "silent1"), connecting());
        for (int i = 0; i < 7; i++) {
            gate.limit(connects("vm" + i)).subscribe(new Quiet());
        }
        assertEquals(List.of("silent0", "silent1", "vm0", "vm1", "vm2", "vm3", "vm4", "vm5"), connecting());
        fail("silent0");
        assertTrue(connecting().contains("vm6"));
        fail("vm0");
        assertTrue(connecting().contains("silent2"));
        // One that has answered is like the others again.
        Objects.requireNonNull(connecting.get("silent1")).tryEmitEmpty().orThrow();
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
        AtomicInteger atATime = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < ROUNDS; i++) {
            int round = i;
            Sinks.One<QmpSession> session = Sinks.one();
            // doFinally would be behind the leaving of the place.
            Mono<QmpSession> connect = Mono.defer(() -> {
                most.accumulateAndGet(atATime.incrementAndGet(), Math::max);
                AtomicBoolean left = new AtomicBoolean();
                Runnable leave = () -> {
                    if (left.compareAndSet(false, true)) {
                        atATime.decrementAndGet();
                    }
                };
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
        assertEquals(0, atATime.get());
        // One place is left, and no second one.
        virtualTime();
        BaseSubscriber<QmpSession> last = new Quiet();
        gate.limit(connects("last")).subscribe(last);
        gate.limit(connects("waits")).subscribe(new Quiet());
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
            assertEquals(SILENT, error);
        }
    }
}
