package io.github.qmpreactive.fleet;

import static io.github.qmpreactive.fleet.Stubs.STEADY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("How fast machines connect one after the other:")
class ConnectPaceTest {

    private static final Duration HANDSHAKE = Duration.ofMillis(1);

    private final List<String> begun = new ArrayList<>();

    @BeforeEach
    void virtualTime() {
        VirtualTimeScheduler.getOrSet();
    }

    @AfterEach
    void realTime() {
        VirtualTimeScheduler.reset();
    }

    private Mono<QmpSession> connects(int number) {
        return Mono.defer(() -> {
            begun.add("vm" + number);
            return Mono.delay(HANDSHAKE).then(Mono.empty());
        });
    }

    private Mono<QmpSession> silent(String name) {
        return Mono.defer(() -> {
            begun.add(name);
            return Mono.never();
        });
    }

    private Disposable.Composite connect(ConnectGate gate, int from, int to) {
        Disposable.Composite all = Disposables.composite();
        IntStream.range(from, to).forEach(i -> all.add(gate.limit(connects(i)).subscribe()));
        return all;
    }

    private static void passes(Duration time) {
        VirtualTimeScheduler.get().advanceTimeBy(time);
    }

    private static List<String> names(int to) {
        return IntStream.range(0, to).mapToObj(i -> "vm" + i).toList();
    }

    @Test
    @DisplayName("while others wait, a fourth of the places is taken in each 10 ms, in the order in which they came")
    void pace() {
        ConnectGate gate = new ConnectGate(8, Places.PACE);
        connect(gate, 0, 100);
        assertEquals(names(8), begun);
        passes(HANDSHAKE);
        assertEquals(names(10), begun);
        for (int i = 1; i <= 45; i++) {
            passes(Places.PACE);
            assertEquals(names(Math.min(100, 10 + 2 * i)), begun);
        }
    }

    @Test
    @DisplayName("one place is taken in each 10 ms where there are few")
    void few() {
        ConnectGate gate = new ConnectGate(1, Places.PACE);
        connect(gate, 0, 10);
        passes(HANDSHAKE);
        assertEquals(names(2), begun);
        passes(Places.PACE);
        assertEquals(names(3), begun);
    }

    @Test
    @DisplayName("machines that find a place free do not wait, be there any number of them")
    void free() {
        ConnectGate gate = new ConnectGate(8, Places.PACE);
        for (int i = 0; i < 1_000; i++) {
            connect(gate, i, i + 1);
            assertEquals(i + 1, begun.size());
            passes(HANDSHAKE);
        }
        // Seven at a time are not more than eight.
        connect(gate, 1_000, 1_007);
        assertEquals(1_007, begun.size());
    }

    @Test
    @DisplayName("when no machine waits any more all places may be taken at once again")
    void over() {
        ConnectGate gate = new ConnectGate(8, Places.PACE);
        connect(gate, 0, 20);
        passes(Places.PACE.multipliedBy(20));
        assertEquals(names(20), begun);
        connect(gate, 20, 28);
        assertEquals(names(28), begun);
    }

    @Test
    @DisplayName("attempts that wait and are cancelled take no part of it, and leave no timer")
    void cancelled() {
        ConnectGate gate = new ConnectGate(8, Places.PACE);
        Disposable first = connect(gate, 0, 60);
        Disposable last = connect(gate, 60, 64);
        passes(HANDSHAKE);
        assertEquals(10, begun.size());
        first.dispose();
        passes(Places.PACE.multipliedBy(2));
        assertEquals(List.of("vm60", "vm61", "vm62", "vm63"), begun.subList(10, 14));
        connect(gate, 64, 164).dispose();
        last.dispose();
        long tasks = VirtualTimeScheduler.get().getScheduledTaskCount();
        passes(Duration.ofHours(1));
        assertEquals(tasks, VirtualTimeScheduler.get().getScheduledTaskCount());
        int before = begun.size();
        connect(gate, 200, 208);
        assertEquals(before + 8, begun.size());
    }

    @Test
    @DisplayName("silent machines that wait for those before them take no timer of 10 ms")
    void silentOnes() {
        ConnectGate gate = new ConnectGate(2, Places.PACE);
        List<Mono<QmpSession>> machines = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            AtomicBoolean known = new AtomicBoolean();
            Mono<QmpSession> silent = silent("silent" + i);
            machines.add(gate.limit(Mono.defer(
                    () -> known.getAndSet(true) ? silent : Mono.error(new TimeoutException("as a test says")))));
        }
        machines.forEach(machine -> machine.subscribe(session -> {}, error -> {}));
        machines.forEach(Mono::subscribe);
        assertEquals(List.of("silent0"), begun);
        passes(Duration.ofMillis(50));
        long tasks = VirtualTimeScheduler.get().getScheduledTaskCount();
        passes(Duration.ofMillis(400));
        assertEquals(tasks, VirtualTimeScheduler.get().getScheduledTaskCount());
        passes(Places.TURN.multipliedBy(2));
        assertEquals(List.of("silent0", "silent1"), begun);
        connect(gate, 0, 1);
        assertEquals(List.of("silent0", "silent1", "vm0"), begun);
    }

    @Test
    @DisplayName("silent machines give up their places also when Reactor's clock was replaced while no machine waited")
    void clockReplacedAtRest() {
        ConnectGate gate = new ConnectGate(1, Places.PACE);
        gate.limit(silent("silent")).subscribe();
        gate.limit(silent("cancelled")).subscribe().dispose();
        realTime();
        virtualTime();
        gate.limit(silent("vm")).subscribe();
        assertEquals(List.of("silent"), begun);
        passes(Places.TURN.multipliedBy(2));
        assertEquals(List.of("silent", "vm"), begun);
    }

    @Test
    @DisplayName("and when it was replaced while machines waited, from the next attempt on")
    void clockReplaced() {
        ConnectGate gate = new ConnectGate(1, Places.PACE);
        gate.limit(silent("silent")).subscribe();
        List<Throwable> failed = new ArrayList<>();
        gate.limit(silent("first")).subscribe(session -> {}, failed::add);
        realTime();
        virtualTime();
        gate.limit(silent("second")).subscribe();
        passes(Places.TURN.multipliedBy(2).plus(Places.PACE));
        // The first one would have begun on the scheduler that is shut down.
        assertInstanceOf(RejectedExecutionException.class, failed.get(0));
        assertEquals(List.of("silent", "second"), begun);
    }

    @Test
    @DisplayName("the machines of a fleet that is started: 64 at once, and then 1,600 a second")
    void fleet() {
        try (Stubs stubs = new Stubs()) {
            stubs.fleet.stop();
            for (int i = 0; i < 1_000; i++) {
                String name = "vm" + i;
                stubs.fleet.add(name, Mono.delay(HANDSHAKE).then(stubs.connects(name)), STEADY);
            }
            stubs.fleet.start();
            stubs.passes(1);
            assertEquals(64, up(stubs));
            stubs.passes(101);
            assertEquals(64 + 16 + 160, up(stubs));
            stubs.passes(500);
            assertEquals(1_000, up(stubs));
        }
    }

    @Test
    @DisplayName("10,000 machines of a host that is started again are connected within 10 s, with the backoff of each")
    void restart() {
        try (Stubs stubs = new Stubs()) {
            boolean[] listens = {true};
            for (int i = 0; i < 10_000; i++) {
                String name = "vm" + i;
                Mono<QmpSession> connect = stubs.connects(name);
                stubs.fleet.add(
                        name,
                        Mono.defer(() -> listens[0]
                                ? Mono.delay(HANDSHAKE).then(connect)
                                : Mono.error(new IllegalStateException("Refused"))),
                        STEADY);
            }
            stubs.passes(Duration.ofSeconds(10));
            assertEquals(10_000, up(stubs));
            listens[0] = false;
            for (int i = 0; i < 10_000; i++) {
                stubs.session("vm" + i).ends(Stubs.LOST);
            }
            assertEquals(0, up(stubs));
            stubs.passes(500);
            listens[0] = true;
            stubs.passes(Duration.ofMillis(9_500));
            assertTrue(up(stubs) == 10_000, () -> up(stubs) + " machines are connected");
        }
    }

    private static long up(Stubs stubs) {
        return stubs.fleet.names().stream()
                .filter(name ->
                        stubs.fleet.machine(name).orElseThrow().current().isPresent())
                .count();
    }
}
