package io.github.qmpreactive.supervise;

import static io.github.qmpreactive.supervise.Supervised.LOST;
import static io.github.qmpreactive.supervise.Supervised.opens;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.EventOverflowError;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.EventOverflow;
import io.github.qmpreactive.supervise.SupervisedEvent.Gap;
import io.github.qmpreactive.supervise.SupervisedEvent.Received;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Events across sessions")
class SupervisedEventsTest {

    private final StubSession first = StubSession.named("first");
    private final StubSession second = StubSession.named("second");
    private final StubSession third = StubSession.named("third");

    private static Received received(String name) {
        return new Received(StubSession.event(name));
    }

    private static Gap gap(long from, long until, Throwable cause) {
        return new Gap(Instant.ofEpochMilli(from), Instant.ofEpochMilli(until), Optional.ofNullable(cause));
    }

    private Supervised vm() {
        return new Supervised(opens(first), opens(second), opens(third));
    }

    @Test
    @DisplayName("have a gap with the cause of the end, whatever attempts after that fail with")
    void cause() {
        List<SupervisedEvent> seen = new ArrayList<>();
        try (Supervised vm = new Supervised(opens(first), Mono.error(Supervised.REFUSED), opens(second))) {
            vm.supervisor.events().subscribe(seen::add);
            vm.started();
            first.ends(LOST);
            vm.passes(1_000);
            assertEquals(List.of(gap(0, 300, LOST)), seen);
        }
    }

    @Test
    @DisplayName("have a gap between two sessions: from the end of one to the listening to the next, with the cause")
    void gaps() {
        List<SupervisedEvent> seen = new ArrayList<>();
        try (Supervised vm = vm()) {
            vm.supervisor.events().subscribe(seen::add);
            vm.started();
            first.emit("STOP");
            vm.passes(1_000);
            first.ends(LOST);
            vm.passes(100);
            second.emit("RESUME");
            second.ends(null);
            vm.passes(200);
            third.emit("STOP");
            assertEquals(
                    List.of(
                            received("STOP"),
                            gap(1_000, 1_100, LOST),
                            received("RESUME"),
                            gap(1_100, 1_300, null),
                            received("STOP")),
                    seen);
        }
    }

    @Test
    @DisplayName("A gap begins when a server that became silent was last heard from")
    void silence() {
        var silent =
                new ConnectionLostError(ConnectionLostError.How.SILENT, "[vm] Silent", Duration.ofSeconds(20), null);
        try (Supervised vm = vm()) {
            List<SupervisedEvent> seen = new ArrayList<>();
            vm.supervisor.events().subscribe(seen::add);
            vm.started();
            vm.passes(30_000);
            first.ends(silent);
            vm.passes(100);
            assertEquals(List.of(gap(10_000, 30_100, silent)), seen);
        }
    }

    @Test
    @DisplayName("are listened to before onConnect, also where that fails, and before each command")
    void beforeOnConnect() {
        List<SupervisedEvent> seen = new ArrayList<>();
        try (Supervised vm = new Supervised(
                options -> options.onConnect(session -> Mono.fromRunnable(() -> {
                            if (session == first.session) {
                                first.emit("STOP");
                            } else {
                                second.emit("RESUME");
                            }
                        })
                        .then(session.execute("query-status"))
                        .then(session == first.session ? Mono.error(LOST) : Mono.empty())),
                opens(first),
                opens(second))) {
            vm.supervisor.events().subscribe(seen::add);
            vm.started();
            vm.passes(100);
            assertEquals(List.of("events", "execute"), first.calls());
            assertEquals(List.of("events", "execute"), second.calls());
            assertEquals(List.of(received("STOP"), gap(0, 100, LOST), received("RESUME")), seen);
        }
    }

    @Test
    @DisplayName("come to a subscriber from its subscription on, without a gap before its first session")
    void joins() {
        List<SupervisedEvent> seen = new ArrayList<>();
        try (Supervised vm = vm().started()) {
            first.emit("missed");
            vm.supervisor.events(EventOptions.named("STOP")).subscribe(seen::add);
            first.emit("RESUME");
            first.emit("STOP");
            assertEquals(List.of(received("STOP")), seen);
            first.ends(LOST);
            List<SupervisedEvent> later = new ArrayList<>();
            vm.supervisor.events().subscribe(later::add);
            vm.passes(100);
            second.emit("STOP");
            assertEquals(List.of(received("STOP"), gap(0, 100, LOST), received("STOP")), seen);
            assertEquals(List.of(gap(0, 100, LOST), received("STOP")), later);
        }
    }

    @Test
    @DisplayName(
            "complete when the supervisor is stopped, after what is buffered; those of the next start are another subscription")
    void stops() {
        try (Supervised vm = vm().started()) {
            StepVerifier.create(vm.supervisor.events(), 0)
                    .then(() -> first.emit("STOP"))
                    .then(vm.supervisor::stop)
                    .thenRequest(1)
                    .expectNext(received("STOP"))
                    .verifyComplete();
            List<SupervisedEvent> seen = new ArrayList<>();
            vm.supervisor.events().subscribe(seen::add);
            vm.started();
            second.emit("RESUME");
            assertEquals(List.of(received("RESUME")), seen);
        }
    }

    @Test
    @DisplayName("of a subscriber without demand: sessions come and go, and one gap is between two events")
    void withoutDemand() {
        try (Supervised vm = vm().started()) {
            StepVerifier.create(vm.supervisor.events(), 0)
                    .then(() -> {
                        first.emit("STOP");
                        first.ends(LOST);
                        vm.passes(100);
                        second.ends(LOST);
                        vm.passes(200);
                        third.emit("RESUME");
                    })
                    .thenRequest(3)
                    .expectNext(received("STOP"), gap(0, 300, LOST), received("RESUME"))
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    @DisplayName("that overflow error by default, behind what is buffered, and the supervisor goes on")
    void overflow() {
        try (Supervised vm = vm().started()) {
            StepVerifier.create(vm.supervisor.events(EventOptions.all().bufferSize(1)), 0)
                    .then(() -> {
                        first.emit("A");
                        first.emit("B");
                    })
                    .thenRequest(5)
                    .expectNext(received("A"))
                    .verifyError(EventOverflowError.class);
            assertEquals(Link.State.UP, vm.last().state());
        }
    }

    @Test
    @DisplayName("that are dropped leave a gap in their place, and each is given to onLost")
    void dropped() {
        List<String> lost = new ArrayList<>();
        EventOptions oldest = EventOptions.all()
                .bufferSize(2)
                .overflow(EventOverflow.DROP_OLDEST)
                .onLost(event -> lost.add(event.name()));
        EventOptions latest = oldest.overflow(EventOverflow.DROP_LATEST);
        try (Supervised vm = vm().started()) {
            List<SupervisedEvent> late = new ArrayList<>();
            StepVerifier.create(vm.supervisor.events(latest), 0)
                    .then(() -> StepVerifier.create(vm.supervisor.events(oldest), 0)
                            .then(() -> {
                                first.emit("A");
                                vm.passes(10);
                                first.emit("B");
                                first.emit("C");
                                vm.passes(10);
                                first.emit("D");
                            })
                            .thenRequest(5)
                            .assertNext(gap -> assertDropped(10, 20, gap))
                            .expectNext(received("C"), received("D"))
                            .thenCancel()
                            .verify())
                    .thenRequest(5)
                    .expectNext(received("A"), received("B"))
                    .consumeNextWith(late::add)
                    .thenCancel()
                    .verify();
            assertDropped(10, 20, late.get(0));
            assertEquals(4, lost.size());
            assertTrue(lost.containsAll(List.of("A", "B", "C", "D")), lost::toString);
        }
    }

    private static void assertDropped(long from, long until, SupervisedEvent event) {
        Gap gap = assertInstanceOf(Gap.class, event);
        assertEquals(Instant.ofEpochMilli(from), gap.from());
        assertEquals(Instant.ofEpochMilli(until), gap.until());
        assertInstanceOf(EventOverflowError.class, gap.cause().orElseThrow());
    }

    @Test
    @DisplayName("whose filter or callback throws end that subscription with the exception, and no other")
    void throwing() {
        var thrown = new IllegalArgumentException("as a test says");
        List<SupervisedEvent> seen = new ArrayList<>();
        try (Supervised vm = vm().started()) {
            vm.supervisor.events().subscribe(seen::add);
            StepVerifier.create(vm.supervisor.events(EventOptions.all().filter(event -> {
                        throw thrown;
                    })))
                    .then(() -> first.emit("A"))
                    .verifyErrorSatisfies(e -> assertEquals(thrown, e));
            EventOptions options = EventOptions.all()
                    .bufferSize(1)
                    .overflow(EventOverflow.DROP_LATEST)
                    .onLost(event -> {
                        throw thrown;
                    });
            StepVerifier.create(vm.supervisor.events(options), 0)
                    .then(() -> {
                        first.emit("A");
                        first.emit("B");
                    })
                    .thenRequest(9)
                    .expectNext(received("A"))
                    .expectNextMatches(Gap.class::isInstance)
                    .verifyErrorSatisfies(e -> assertEquals(thrown, e));
            assertEquals(3, seen.size());
        }
    }

    @Test
    @DisplayName(
            "of a subscriber that is busy on another thread wait in its buffer, and no more of them than that holds")
    void busySubscriber() throws Exception {
        AtomicInteger lost = new AtomicInteger();
        EventOptions options = EventOptions.all()
                .bufferSize(4)
                .overflow(EventOverflow.DROP_LATEST)
                .onLost(event -> lost.incrementAndGet());
        CountDownLatch isBusy = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        List<SupervisedEvent> seen = new ArrayList<>();
        BaseSubscriber<SupervisedEvent> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {}

            @Override
            protected void hookOnNext(SupervisedEvent event) {
                seen.add(event);
                isBusy.countDown();
                assertTrue(awaits(mayGoOn));
            }
        };
        try (Supervised vm = vm().started()) {
            vm.supervisor.events(options).subscribe(subscriber);
            first.emit("first");
            CompletableFuture<Void> busy = CompletableFuture.runAsync(() -> subscriber.request(100));
            assertTrue(awaits(isBusy));
            for (int i = 0; i < 10_000; i++) {
                first.emit("flood");
            }
            assertEquals(10_000 - 4, lost.get());
            mayGoOn.countDown();
            busy.get();
            assertEquals(6, seen.size());
            assertInstanceOf(Gap.class, seen.get(5));
        } finally {
            mayGoOn.countDown();
        }
    }

    @Test
    @DisplayName("are listened to before the gap before them is emitted")
    void listensBeforeGap() {
        List<List<String>> calls = new ArrayList<>();
        try (Supervised vm = vm()) {
            vm.supervisor.events().subscribe(gap -> calls.add(second.calls()));
            vm.started();
            first.ends(LOST);
            vm.passes(100);
            assertEquals(List.of(List.of("events")), calls);
        }
    }

    private static boolean awaits(CountDownLatch latch) {
        try {
            return latch.await(Patience.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
