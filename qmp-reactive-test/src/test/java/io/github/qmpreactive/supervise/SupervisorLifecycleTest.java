package io.github.qmpreactive.supervise;

import static io.github.qmpreactive.supervise.Supervised.LOST;
import static io.github.qmpreactive.supervise.Supervised.REFUSED;
import static io.github.qmpreactive.supervise.Supervised.opens;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.SupervisorStoppedError;
import io.github.qmpreactive.session.CapturedLog;
import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

@ExtendWith(LeakGuard.class)
@DisplayName("A supervisor that is started and stopped")
class SupervisorLifecycleTest {

    private static void assertStopped(Supervised vm) {
        assertEquals(State.STOPPED, vm.last().state());
        assertFalse(vm.supervisor.isRunning());
        StepVerifier.create(vm.supervisor.session()).verifyError(SupervisorStoppedError.class);
        StepVerifier.create(vm.supervisor.stopped()).verifyComplete();
        int attempts = vm.attempts().size();
        vm.passes(Duration.ofHours(1));
        assertEquals(attempts, vm.attempts().size());
    }

    private static SupervisorStoppedError failed(CompletableFuture<?> waiting) {
        return assertInstanceOf(
                SupervisorStoppedError.class,
                assertThrows(ExecutionException.class, waiting::get).getCause());
    }

    @Test
    @DisplayName("does nothing before that: a session is an error, and events wait")
    void notStarted() {
        StubSession session = StubSession.named("vm");
        List<SupervisedEvent> events = new ArrayList<>();
        try (Supervised vm = new Supervised(opens(session))) {
            vm.supervisor.events().subscribe(events::add);
            assertStopped(vm);
            vm.started();
            session.emit("STOP");
            assertEquals(List.of(new SupervisedEvent.Received(StubSession.event("STOP"))), events);
        }
    }

    @Test
    @DisplayName("while it connects: the attempt is cancelled")
    void connecting() {
        TestPublisher<QmpSession> connection = TestPublisher.create();
        try (Supervised vm = new Supervised(connection.mono())) {
            vm.started();
            var waiting = vm.supervisor.session().toFuture();
            assertEquals(State.CONNECTING, vm.last().state());
            vm.supervisor.stop();
            connection.assertCancelled();
            assertFalse(failed(waiting).hasGivenUp());
            assertStopped(vm);
        }
    }

    @Test
    @DisplayName("while it waits: there is no further attempt")
    void waiting() {
        try (Supervised vm = new Supervised()) {
            vm.started();
            assertEquals(State.DOWN, vm.last().state());
            vm.supervisor.stop();
            assertStopped(vm);
            assertEquals(1, vm.attempts().size());
        }
    }

    @Test
    @DisplayName("in onConnect: that is cancelled, and the session disconnected, which was never handed out")
    void reconciling() {
        StubSession session = StubSession.closingSlowly("vm");
        TestPublisher<Void> work = TestPublisher.create();
        try (Supervised vm = new Supervised(options -> options.onConnect(s -> work), opens(session))) {
            vm.started();
            var waiting = vm.supervisor.session().toFuture();
            work.assertSubscribers(1);
            assertFalse(waiting.isDone());
            vm.supervisor.stop();
            work.assertCancelled();
            failed(waiting);
            assertEquals(1, session.disconnects());
            session.closed();
            assertStopped(vm);
        }
    }

    @Test
    @DisplayName("while it is up: stop returns at once, and stopped() completes when the session is disconnected")
    void up() {
        StubSession session = StubSession.closingSlowly("vm");
        try (Supervised vm = new Supervised(opens(session))) {
            vm.started();
            StepVerifier.create(vm.supervisor.session())
                    .expectNext(session.session)
                    .verifyComplete();
            var stopped = vm.supervisor.stopped().toFuture();
            assertFalse(stopped.isDone());
            vm.supervisor.stop();
            assertFalse(stopped.isDone());
            session.closed();
            assertTrue(stopped.isDone());
            assertStopped(vm);
        }
    }

    @Test
    @DisplayName("again and again is once; after a stop it starts anew, when the session before is disconnected")
    void again() {
        StubSession first = StubSession.closingSlowly("first");
        StubSession second = StubSession.named("second");
        try (Supervised vm = new Supervised(opens(first), opens(second))) {
            vm.started().started();
            assertEquals(1, vm.attempts().size());
            vm.supervisor.stop();
            vm.supervisor.stop();
            assertEquals(1, first.disconnects());
            vm.started().started();
            var next = vm.supervisor.session().toFuture();
            assertEquals(1, vm.attempts().size());
            first.closed();
            assertEquals(second.session, next.join());
            assertEquals(2, vm.attempts().size());
            assertEquals(State.UP, vm.last().state());
        }
        assertEquals(1, second.disconnects());
    }

    @Test
    @DisplayName("A session that comes at the moment of the stop is disconnected")
    void late() {
        StubSession session = StubSession.named("late");
        Mono<QmpSession> rude = new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super QmpSession> actual) {
                actual.onSubscribe(new Subscription() {
                    @Override
                    public void request(long n) {}

                    @Override
                    public void cancel() {
                        actual.onNext(session.session);
                    }
                });
            }
        };
        try (Supervised vm = new Supervised(rude)) {
            vm.started();
            vm.supervisor.stop();
            assertEquals(1, session.disconnects());
            assertStopped(vm);
        }
    }

    @Test
    @DisplayName("by a callback: it takes effect when the current signal has reached every subscriber")
    void byCallback() {
        StubSession session = StubSession.named("vm");
        List<String> seen = new ArrayList<>();
        try (Supervised vm = new Supervised(opens(session))) {
            vm.supervisor.links().subscribe(link -> {
                seen.add("first " + link.state());
                if (link.state() == State.UP) {
                    vm.supervisor.stop();
                    vm.supervisor.start();
                    vm.supervisor.stop();
                }
            });
            vm.supervisor.links().subscribe(link -> seen.add("second " + link.state()));
            vm.started();
            assertEquals(
                    List.of(
                            "first STOPPED",
                            "second STOPPED",
                            "first CONNECTING",
                            "second CONNECTING",
                            "first UP",
                            "second UP",
                            "first STOPPED",
                            "second STOPPED"),
                    seen);
            assertEquals(1, session.disconnects());
            assertStopped(vm);
        }
    }

    @Test
    @DisplayName(
            "onConnect runs before the session is handed out; when it fails, the session is disconnected, and the next one comes")
    void onConnectFails() {
        StubSession first = StubSession.named("first");
        StubSession second = StubSession.named("second");
        AtomicInteger runs = new AtomicInteger();
        try (Supervised vm = new Supervised(
                options -> options.onConnect(
                        session -> runs.getAndIncrement() == 0 ? Mono.error(REFUSED) : session.execute("query-status")),
                opens(first),
                opens(second))) {
            var waiting = vm.started().supervisor.session().toFuture();
            assertEquals(1, first.disconnects());
            assertEquals(State.DOWN, vm.last().state());
            assertEquals(Optional.of(REFUSED), vm.last().cause());
            vm.passes(100);
            assertEquals(second.session, waiting.join());
            assertEquals(List.of("execute"), second.calls());
            assertEquals(0, second.disconnects());
        }
    }

    @Test
    @DisplayName("onConnect that hangs, throws, or returns nothing is a failed attempt: it cannot hang for ever")
    void onConnectHangs() {
        StubSession first = StubSession.named("first");
        StubSession second = StubSession.named("second");
        StubSession third = StubSession.named("third");
        AtomicInteger runs = new AtomicInteger();
        try (Supervised vm = new Supervised(
                options -> options.onConnectTimeout(Duration.ofSeconds(5))
                        .onConnect(session -> switch (runs.getAndIncrement()) {
                            case 0 -> Mono.never();
                            case 1 -> throw new IllegalArgumentException("thrown");
                            default -> Mono.empty();
                        }),
                opens(first),
                opens(second),
                opens(third))) {
            vm.started();
            vm.passes(4_999);
            assertEquals(State.CONNECTING, vm.last().state());
            vm.passes(1);
            assertInstanceOf(TimeoutException.class, vm.last().cause().orElseThrow());
            assertEquals(1, first.disconnects());
            vm.passes(100);
            assertInstanceOf(IllegalArgumentException.class, vm.last().cause().orElseThrow());
            assertEquals(1, second.disconnects());
            vm.passes(200);
            assertEquals(State.UP, vm.last().state());
        }
    }

    @Test
    @DisplayName("A session that ends in onConnect cancels that, and is a failed attempt")
    void endsInOnConnect() {
        StubSession first = StubSession.named("first");
        StubSession second = StubSession.named("second");
        TestPublisher<Void> work = TestPublisher.create();
        try (Supervised vm = new Supervised(
                options -> options.onConnect(session -> session == first.session ? work : Mono.empty()),
                opens(first),
                opens(second))) {
            vm.started();
            first.ends(LOST);
            work.assertCancelled();
            assertEquals(Optional.of(LOST), vm.last().cause());
            vm.passes(100);
            assertEquals(State.UP, vm.last().state());
        }
    }

    @Test
    @DisplayName("A thousand callers wait for one session; one that cancelled gets none, and nothing is left of it")
    void waiters() {
        Sinks.One<QmpSession> connection = Sinks.one();
        StubSession session = StubSession.named("vm");
        try (Supervised vm = new Supervised(connection.asMono())) {
            vm.started();
            List<CompletableFuture<QmpSession>> waiting = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                waiting.add(vm.supervisor.session().toFuture());
            }
            AtomicInteger cancelled = new AtomicInteger();
            for (int i = 0; i < 1_000; i++) {
                vm.supervisor
                        .session()
                        .subscribe(s -> cancelled.incrementAndGet())
                        .dispose();
            }
            connection.tryEmitValue(session.session).orThrow();
            waiting.forEach(caller -> assertEquals(session.session, caller.join()));
            assertEquals(0, cancelled.get());
        }
    }

    @Test
    @DisplayName("A subscriber that throws from its signal handlers harms itself alone")
    void rude() {
        StubSession first = StubSession.named("first");
        StubSession second = StubSession.named("second");
        try (CapturedLog log = CapturedLog.ofSessions();
                Supervised vm = new Supervised(opens(first), opens(second))) {
            vm.supervisor.links().subscribe(new Throwing<>());
            vm.supervisor.events().subscribe(new Throwing<>());
            vm.started();
            first.emit("STOP");
            first.ends(LOST);
            vm.supervisor.session().subscribe(new Throwing<>());
            vm.passes(100);
            assertEquals(State.UP, vm.last().state());
            StepVerifier.create(vm.supervisor.session())
                    .expectNext(second.session)
                    .verifyComplete();
            assertEquals(3, log.about("threw from its signal handler").size());
        }
    }

    private static final class Throwing<T> implements CoreSubscriber<T> {
        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(T value) {
            throw new IllegalStateException("as a test says");
        }

        @Override
        public void onError(Throwable error) {
            throw new IllegalStateException("as a test says");
        }

        @Override
        public void onComplete() {
            throw new IllegalStateException("as a test says");
        }
    }
}
