package io.github.qmpreactive.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.SessionRefusedError;
import io.github.qmpreactive.session.CapturedLog;
import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.supervise.SupervisedEvent.Gap;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

/** With sessions and answers that come when the test says so. */
@ExtendWith(LeakGuard.class)
@DisplayName("A listener with keys")
class KeyedMishapsTest {

    private static final SupervisorOptions<QmpSession> FAST =
            SupervisorOptions.forMonitor().backoff(Duration.ofMillis(1), Duration.ofMillis(2));
    private static final Duration LONG = Duration.ofHours(1);

    private final Sinks.Many<QmpSession> sessions = Sinks.many().unicast().onBackpressureBuffer();
    private final AtomicLong requested = new AtomicLong();
    private final Map<QmpSession, Mono<String>> answers = new HashMap<>();
    private final List<QmpSupervisor> supervisors = new ArrayList<>();
    private final List<SessionRefusedError> refused = new ArrayList<>();
    private final QmpListener listener = (QmpListener) Proxy.newProxyInstance(
            QmpListener.class.getClassLoader(),
            new Class<?>[] {QmpListener.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "address" -> "tcp:test:1";
                case "sessions" -> sessions.asFlux().doOnRequest(requested::addAndGet);
                default -> throw new UnsupportedOperationException(method.getName());
            });

    @AfterEach
    void stop() {
        supervisors.forEach(QmpSupervisor::stop);
    }

    private KeyedListener machines(Duration limit) {
        KeyedListener machines =
                KeyedListener.of(listener, session -> answers.getOrDefault(session, Mono.never()), limit);
        machines.refused().subscribe(refused::add);
        return machines;
    }

    private QmpSupervisor started(KeyedListener machines, String key) {
        QmpSupervisor vm = machines.supervisor(key, FAST);
        supervisors.add(vm);
        vm.start();
        return vm;
    }

    private QmpSession dials(String name, Mono<String> answer) {
        StubSession session = StubSession.named(name);
        answers.put(session.session, answer);
        sessions.tryEmitNext(session.session).orThrow();
        return session.session;
    }

    private static QmpSession session(QmpSupervisor vm) {
        return Objects.requireNonNull(vm.session().block(Patience.PATIENCE));
    }

    @Test
    @DisplayName("refuses a newcomer if asking the session before fails otherwise than by silence or its end")
    void askingFails() {
        QmpSupervisor web = started(machines(LONG), "web");
        QmpSession holder = dials("holder", Mono.just("web"));
        assertSame(holder, session(web));
        answers.put(holder, Mono.error(new IllegalStateException("queue is full")));
        QmpSession next = dials("next", Mono.just("web"));
        assertFalse(next.isRunning());
        assertTrue(holder.isRunning());
        assertTrue(refused.get(0).getMessage().contains("queue is full"), refused::toString);
    }

    @Test
    @DisplayName("replaces a session that is silent until the limit: the gap and the link have that as their cause")
    void replaced() {
        Duration limit = Duration.ofMillis(50);
        QmpSupervisor web = started(machines(limit), "web");
        QmpSession holder = dials("holder", Mono.just("web"));
        assertSame(holder, session(web));
        answers.put(holder, Mono.never());
        var gap = web.events().next().toFuture();
        var down = web.links().filter(link -> link.state() == State.DOWN).next().toFuture();
        QmpSession next = dials("next", Mono.just("web"));
        Gap seen = assertInstanceOf(
                Gap.class,
                gap.orTimeout(Patience.PATIENCE.toSeconds(), TimeUnit.SECONDS).join());
        ConnectionLostError cause =
                assertInstanceOf(ConnectionLostError.class, seen.cause().orElseThrow());
        assertEquals(ConnectionLostError.How.SILENT, cause.how());
        assertEquals(limit, cause.silence());
        assertEquals(Optional.of(cause), down.join().cause());
        assertSame(next, session(web));
    }

    @Test
    @DisplayName("asks 64 sessions at a time, and requests another one when one of them is settled")
    void boundsAsked() {
        List<Sinks.One<String>> asked = new ArrayList<>();
        started(machines(LONG), "web");
        assertEquals(64, requested.get());
        for (int i = 0; i < 64; i++) {
            asked.add(Sinks.one());
            dials("silent#" + i, asked.get(i).asMono());
        }
        assertEquals(64, requested.get());
        Sinks.One<String> answer = asked.get(0);
        answer.tryEmitValue("unknown").orThrow();
        assertEquals(65, requested.get());
    }

    @Test
    @DisplayName("prints keys of peers escaped and cut, and logs sessions without a key by their cause")
    void printsKeys() {
        try (CapturedLog log = CapturedLog.ofSupervisors()) {
            started(machines(LONG), "web");
            dials("evil", Mono.just("a\nWARN forged" + "x".repeat(10_000)));
            String message = refused.get(0).getMessage();
            assertTrue(message.length() < 300 && message.indexOf('\n') < 0, message);
            dials("no#1", Mono.error(new IllegalStateException("one")));
            dials("no#2", Mono.error(new IllegalStateException("two")));
            dials("no#3", Mono.error(new UnsupportedOperationException("three")));
            assertEquals(
                    2,
                    log.about("its key was not found out").stream()
                            .filter(line -> line.startsWith("WARN"))
                            .count());
        }
    }

    @Test
    @DisplayName("logs each key that is refused once, those beyond 20 in 10 seconds when they are refused again")
    void manyRefused() {
        VirtualTimeScheduler clock = VirtualTimeScheduler.getOrSet();
        try (CapturedLog fleets = CapturedLog.ofFleets();
                CapturedLog log = CapturedLog.ofSupervisors()) {
            started(machines(LONG), "web");
            List<Integer> lines = new ArrayList<>();
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 30; i++) {
                    dials("vm" + i, Mono.just("key" + i));
                }
                lines.add(log.about("no supervisor with its key runs").size());
                clock.advanceTimeBy(Duration.ofSeconds(10));
            }
            assertEquals(List.of(20, 30, 30), lines);
            assertEquals(1, fleets.about("More than 20").size());
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName("does not let a callback of one machine that is slow keep the sessions of the others")
    void slowCallback() throws Exception {
        KeyedListener machines = machines(LONG);
        QmpSupervisor web = started(machines, "web");
        QmpSupervisor db = started(machines, "db");
        CountDownLatch mayGoOn = new CountDownLatch(1);
        CountDownLatch isBusy = new CountDownLatch(1);
        web.links().filter(link -> link.state() == State.UP).subscribe(up -> {
            isBusy.countDown();
            try {
                mayGoOn.await(Patience.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Thread dialler = new Thread(() -> dials("web", Mono.just("web")));
        dialler.start();
        try {
            assertTrue(isBusy.await(Patience.PATIENCE.toSeconds(), TimeUnit.SECONDS));
            dialler.join(Patience.PATIENCE.toMillis());
            QmpSession other = dials("db", Mono.just("db"));
            assertSame(other, db.session().block(Patience.PATIENCE));
        } finally {
            mayGoOn.countDown();
            dialler.join();
        }
    }

    @Test
    @DisplayName("An answer about a session that the supervisor has left since does not decide about the one it has")
    void staleAnswer() {
        QmpSupervisor web = started(machines(LONG), "web");
        StubSession holder = StubSession.named("holder");
        answers.put(holder.session, Mono.just("web"));
        sessions.tryEmitNext(holder.session).orThrow();
        assertSame(holder.session, session(web));
        Sinks.One<String> late = Sinks.one();
        answers.put(holder.session, late.asMono());
        QmpSession waits = dials("waits", Mono.just("web"));
        holder.ends(null);
        QmpSession now = dials("now", Mono.just("web"));
        assertSame(now, session(web));
        assertNotSame(waits, now);
        late.tryEmitValue("another").orThrow();
        assertTrue(now.isRunning());
        assertFalse(waits.isRunning());
        assertSame(now, session(web));
    }

    @Test
    @DisplayName(
            "does not replace a session by a newcomer that has ended while that was asked; another one is requested")
    void newcomerEnds() {
        QmpSupervisor web = started(machines(LONG), "web");
        QmpSession holder = dials("holder", Mono.just("web"));
        assertSame(holder, session(web));
        Sinks.One<String> late = Sinks.one();
        answers.put(holder, late.asMono());
        StubSession newcomer = StubSession.named("newcomer");
        answers.put(newcomer.session, Mono.just("web"));
        sessions.tryEmitNext(newcomer.session).orThrow();
        long before = requested.get();
        newcomer.ends(null);
        late.tryEmitValue("another").orThrow();
        assertTrue(holder.isRunning());
        assertSame(holder, session(web));
        assertEquals(before + 1, requested.get());
        assertTrue(refused.isEmpty(), refused::toString);
    }

    @Test
    @DisplayName("asks the session before again if a command's limit is shorter: one that is slow once keeps its place")
    void shorterLimit() {
        QmpSupervisor web = started(machines(LONG), "web");
        QmpSession holder = dials("holder", Mono.just("web"));
        assertSame(holder, session(web));
        AtomicLong times = new AtomicLong();
        answers.put(
                holder,
                Mono.defer(() -> times.getAndIncrement() == 0
                        ? Mono.error(new ExecTimeoutError("[holder] Slow", "query-name", true, Duration.ofMillis(1)))
                        : Mono.just("web")));
        QmpSession next = dials("next", Mono.just("web"));
        Patience.until(() -> !next.isRunning(), () -> "asked " + times);
        assertTrue(holder.isRunning());
        assertEquals(2, times.get());
    }
}
