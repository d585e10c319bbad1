package io.github.qmpreactive.supervise;

import static io.github.qmpreactive.supervise.Supervised.LOST;
import static io.github.qmpreactive.supervise.Supervised.REFUSED;
import static io.github.qmpreactive.supervise.Supervised.opens;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.SupervisorStoppedError;
import io.github.qmpreactive.session.CapturedLog;
import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A supervisor goes on")
class SupervisorMishapsTest {

    private final StubSession first = StubSession.named("first");
    private final StubSession second = StubSession.named("second");

    @Test
    @DisplayName("after permanent() has thrown an error of Java, or the failure itself, which ends in GAVE_UP")
    void permanentThrows() {
        AssertionError thrown = new AssertionError("as a test says");
        IllegalStateException same = new IllegalStateException("as a test says");
        try (Supervised vm = new Supervised(
                options -> options.permanent(error -> {
                    if (error == same) {
                        throw same;
                    }
                    throw thrown;
                }),
                Mono.error(new IOException("first")),
                Mono.error(same),
                opens(first))) {
            vm.started();
            assertEquals(State.GAVE_UP, vm.last().state());
            assertEquals(thrown, vm.last().cause().orElseThrow().getSuppressed()[0]);
            vm.started();
            assertEquals(State.GAVE_UP, vm.last().state());
            vm.started();
            assertEquals(State.UP, vm.last().state());
        }
    }

    @Test
    @DisplayName("with stop() and the next start() where the application's connect throws when it is cancelled")
    void cancelThrows() {
        Mono<QmpSession> stubborn = new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super QmpSession> actual) {
                actual.onSubscribe(new Subscription() {
                    @Override
                    public void request(long n) {}

                    @Override
                    public void cancel() {
                        throw new IllegalStateException("as a test says");
                    }
                });
            }
        };
        try (CapturedLog log = CapturedLog.ofSupervisors();
                Supervised vm = new Supervised(stubborn, opens(first))) {
            vm.started();
            vm.supervisor.stop();
            assertEquals(1, log.about("Ignored what was thrown").size());
            assertEquals(State.STOPPED, vm.last().state());
            StepVerifier.create(vm.supervisor.stopped()).verifyComplete();
            vm.started();
            assertEquals(State.UP, vm.last().state());
        }
    }

    @Test
    @DisplayName("with the next attempt where subscribing to the application's connect throws")
    void subscribeThrows() {
        Mono<QmpSession> broken = new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super QmpSession> actual) {
                throw new IllegalStateException("as a test says");
            }
        };
        try (Supervised vm = new Supervised(broken, opens(first))) {
            vm.started();
            assertEquals(State.DOWN, vm.last().state());
            vm.passes(100);
            assertEquals(State.UP, vm.last().state());
        }
    }

    @Test
    @DisplayName("after errors of connecting that are no QmpError: what they mean is not known")
    void otherErrors() {
        List<Exception> errors = List.of(
                new TimeoutException(),
                new IOException("tunnel"),
                new UnknownHostException("vm"),
                new RejectedExecutionException("bulkhead"),
                new IllegalStateException("retries exhausted"));
        List<Mono<QmpSession>> attempts = new ArrayList<>();
        errors.forEach(error -> attempts.add(Mono.error(error)));
        attempts.add(opens(first));
        try (Supervised vm = new Supervised(options -> options, attempts)) {
            vm.started();
            vm.passes(Duration.ofMinutes(1));
            assertEquals(State.UP, vm.last().state());
            assertEquals(6, vm.attempts().size());
        }
    }

    @Test
    @DisplayName(
            "where a host does not resolve, or a socket is not permitted, after a session was up; before, it gives up")
    void addressWasRight() {
        for (Reason reason : List.of(Reason.UNKNOWN_HOST, Reason.NOT_PERMITTED)) {
            ConnectError error = new ConnectError(reason, "[vm] " + reason, null);
            StubSession session = StubSession.named("vm");
            try (Supervised vm = new Supervised(
                    Mono.error(error), opens(session), Mono.error(error), opens(StubSession.named("next")))) {
                vm.started();
                assertEquals(State.GAVE_UP, vm.last().state());
                vm.started();
                assertEquals(State.UP, vm.last().state());
                session.ends(LOST);
                vm.passes(100);
                assertEquals(State.DOWN, vm.last().state());
                vm.passes(200);
                assertEquals(State.UP, vm.last().state());
            }
        }
    }

    @Test
    @DisplayName("A subscriber to links without demand gets the latest one only, however many there were")
    void linksWithoutDemand() {
        try (Supervised vm = new Supervised(Mono.error(REFUSED))) {
            StepVerifier.create(vm.supervisor.links(), 0)
                    .then(() -> {
                        vm.started();
                        vm.passes(Duration.ofHours(1));
                        vm.supervisor.stop();
                    })
                    .thenRequest(10)
                    .assertNext(link -> assertEquals(vm.last(), link))
                    .then(vm::started)
                    .assertNext(link -> assertEquals(State.CONNECTING, link.state()))
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    @DisplayName(
            "A stop() and start() while UP is emitted: the callers before get an error, one in that callback the next session")
    void restartedInCallback() {
        try (Supervised vm = new Supervised(opens(first), opens(second))) {
            List<Object> got = new ArrayList<>();
            vm.supervisor
                    .links()
                    .filter(link -> link.state() == State.UP)
                    .take(1)
                    .subscribe(up -> {
                        vm.supervisor.stop();
                        vm.supervisor.start();
                        vm.supervisor.session().subscribe(got::add);
                    });
            vm.supervisor
                    .links()
                    .filter(link -> link.state() == State.CONNECTING)
                    .take(1)
                    .subscribe(connecting ->
                            vm.supervisor.session().subscribe(got::add, error -> got.add(error.getClass())));
            vm.started();
            assertEquals(List.of(SupervisorStoppedError.class, second.session), got);
        }
    }

    @Test
    @DisplayName("Each session() between a start() and a stop() by other threads ends")
    void racingWaiters() {
        for (int i = 0; i < 3_000; i++) {
            QmpSupervisor vm = QmpSupervisor.of("vm", Mono.never(), SupervisorOptions.forMonitor());
            CompletableFuture<String> waiting = new CompletableFuture<>();
            Phaser there = new Phaser(3);
            Runnable asks = () ->
                    vm.session().map(QmpSession::name).subscribe(waiting::complete, e -> waiting.complete("stopped"));
            Stream.<Runnable>of(vm::start, asks, vm::stop)
                    .map(task -> CompletableFuture.runAsync(() -> {
                        there.arriveAndAwaitAdvance();
                        task.run();
                    }))
                    .toList()
                    .forEach(CompletableFuture::join);
            vm.stop();
            assertEquals(
                    "stopped",
                    waiting.orTimeout(Patience.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .join());
            assertTrue(!vm.isRunning());
        }
    }
}
