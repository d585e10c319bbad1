package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.AwaitOptions;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

@ExtendWith(LeakGuard.class)
@DisplayName("Commands that wait, are cancelled, or time out")
class CommandLimitsTest {

    @Test
    @DisplayName("One command more than maxQueued fails at once, on the caller's thread, and nothing is sent")
    void queueFull() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(client(server).maxInFlight(2).maxQueued(3));
            Disposable five =
                    Flux.range(0, 5).flatMap(n -> session.execute("slow")).subscribe();
            AtomicReference<Thread> thread = new AtomicReference<>();
            StepVerifier.create(session.execute("sixth").doOnError(e -> thread.set(Thread.currentThread())))
                    .verifyErrorSatisfies(e -> {
                        assertEquals(
                                3,
                                assertInstanceOf(CommandQueueFullError.class, e).maxQueued());
                        assertTrue(String.valueOf(e.getMessage()).contains("maxQueued"), e::getMessage);
                    });
            assertEquals(Thread.currentThread(), thread.get());
            five.dispose();
        }
    }

    @Test
    @DisplayName("P2 a command that is cancelled while it waits gives its place back and is never sent")
    void cancelQueued() {
        try (RunningFakeQmpServer server = machine()
                .when("slow")
                .silent()
                .when("yank")
                .allowOob()
                .reply("{}")
                .startTcp()) {
            QmpSession session = connect(client(server).maxInFlight(1).maxQueued(1));
            FakeConnection connection = server.awaitConnection();
            var first = session.execute("slow").toFuture();
            var slow = connection.awaitCommand("slow");
            for (int n = 0; n < 50; n++) {
                // Refused with CommandQueueFullError, and so an error on the hooks, if the one before kept its place.
                session.execute("never").subscribe().dispose();
                // A place is given back on the event loop; this has been there, too.
                await(session.execute(QmpCommand.of("yank").oob()));
            }
            var last = session.execute("query-status").toFuture();
            connection.reply(slow, "{}");
            joined(first);
            joined(last);
            assertEquals(0, server.received("never").size());
        }
    }

    @Test
    @DisplayName("A command that is cancelled at the moment at which its turn comes is not sent")
    void cancelledAsItsTurnComes() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(client(server).maxInFlight(1).maxQueued(3));
            FakeConnection connection = server.awaitConnection();
            AtomicReference<Disposable> never = new AtomicReference<>();
            // On the event loop, while the reply is being delivered; the cancel itself comes from elsewhere.
            var first = session.execute("slow")
                    .doOnNext(reply ->
                            joined(CompletableFuture.runAsync(() -> never.get().dispose())
                                    .thenApply(nothing -> true)))
                    .toFuture();
            var slow = connection.awaitCommand("slow");
            var second = session.execute("query-status").toFuture();
            never.set(session.execute("never").subscribe());
            var last = session.execute("query-status").toFuture();
            // The reply to the second, which is written when the first is answered, is there as soon as the first.
            connection.sendText("{\"return\": {}, \"id\": " + slow.id().orElseThrow()
                    + "}{\"return\": {\"status\": \"early\"}, \"id\": \""
                    + slow.id().orElseThrow().stringValue().substring(0, 4) + "2\"}");
            joined(first);
            joined(second);
            joined(last);
            assertEquals(0, server.received("never").size());
            // Its place is free again: as many as ever are taken, and no more.
            List<Throwable> refused = new CopyOnWriteArrayList<>();
            Disposable four =
                    Flux.range(0, 4).flatMap(n -> session.execute("slow")).subscribe(reply -> {}, refused::add);
            assertEquals(List.of(), refused);
            StepVerifier.create(session.execute("slow")).verifyError(CommandQueueFullError.class);
            four.dispose();
        }
    }

    @Test
    @DisplayName("Commands out of band wait for no window, but of them there are maxInFlight + maxQueued at most, too")
    void outOfBandBound() {
        try (RunningFakeQmpServer server =
                machine().when("yank").allowOob().silent().when("slow").silent().startTcp()) {
            QmpSession session = connect(client(server).maxInFlight(1).maxQueued(2));
            FakeConnection connection = server.awaitConnection();
            QmpCommand yank = QmpCommand.of("yank").oob();
            var first = session.execute(yank).toFuture();
            Disposable others =
                    Flux.range(0, 2).flatMap(n -> session.execute(yank)).subscribe(reply -> {}, e -> {});
            connection.commands().filter(c -> c.name().equals("yank")).take(3).blockLast(PATIENCE);
            StepVerifier.create(session.execute(yank)).verifyError(CommandQueueFullError.class);
            // Those in band have their own places.
            Disposable inBand = session.execute("slow").subscribe(reply -> {}, e -> {});
            connection.awaitCommand("slow");
            connection.reply(connection.received("yank").get(0), "{}");
            joined(first);
            Disposable fourth = session.execute(yank).subscribe(reply -> {}, e -> {});
            connection.commands().filter(c -> c.name().equals("yank")).take(4).blockLast(PATIENCE);
            others.dispose();
            inBand.dispose();
            fourth.dispose();
        }
    }

    @Test
    @DisplayName("P2 the late reply to a cancelled command is dropped, and its place is free then")
    void lateReply() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(client(server).maxInFlight(1));
            FakeConnection connection = server.awaitConnection();
            var given = session.execute("slow").subscribe(reply -> {}, e -> {});
            var slow = connection.awaitCommand("slow");
            given.dispose();
            var next = session.execute("query-status").toFuture();
            connection.reply(slow, "\"late\"");
            assertEquals("running", joined(next).path("status").stringValue());
        }
    }

    @Test
    @DisplayName("commandTimeout: an ExecTimeoutError, and the session goes on once the answer has come")
    void commandTimeout() {
        Duration limit = Duration.ofMillis(200);
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(client(server).commandTimeout(limit).maxInFlight(1));
            FakeConnection connection = server.awaitConnection();
            var slow = session.execute("slow");
            StepVerifier.create(slow)
                    .then(() -> connection.awaitCommand("slow"))
                    .then(() -> timers.runOut(limit))
                    .verifyErrorSatisfies(e -> {
                        ExecTimeoutError error = assertInstanceOf(ExecTimeoutError.class, e);
                        assertEquals("slow", error.command());
                        assertEquals(limit, error.timeout());
                        assertTrue(error.isWritten());
                        assertEquals(
                                "[vm] slow was not answered within 200 ms (commandTimeout); the server may still be running it,"
                                        + " and it may still take effect",
                                error.getMessage());
                    });
            // Its place is still taken, so the next one times out unwritten.
            StepVerifier.create(session.execute("query-status"))
                    .then(() -> timers.runOut(limit, 2))
                    .verifyErrorSatisfies(e -> {
                        ExecTimeoutError error = assertInstanceOf(ExecTimeoutError.class, e);
                        assertFalse(error.isWritten());
                        assertEquals(
                                "[vm] query-status was not answered within 200 ms (commandTimeout); it was never sent; 1 in"
                                        + " flight are unanswered, the oldest is slow, written N ms ago and given up since",
                                String.valueOf(error.getMessage()).replaceAll("\\d+ ms ago", "N ms ago"));
                    });
            connection.reply(connection.awaitCommand("slow"), "{}");
            await(session.execute("query-status"));
            assertEquals(1, server.received("query-status").size());
        }
    }

    @Test
    @DisplayName("commandTimeout runs on Reactor's clock, so virtual time moves it")
    void virtualTimeout() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(client(server).commandTimeout(Duration.ofHours(1)));
            StepVerifier.withVirtualTime(() -> session.execute("slow"))
                    .expectSubscription()
                    .expectNoEvent(Duration.ofMinutes(59))
                    .thenAwait(Duration.ofMinutes(2))
                    .expectError(ExecTimeoutError.class)
                    .verify(PATIENCE);
        }
    }

    @Test
    @DisplayName("A full window is explained: the oldest command in band that has no answer, not one out of band")
    void fullWindow() {
        try (RunningFakeQmpServer server = machine()
                .when("slow")
                .silent()
                .when("yank")
                .allowOob()
                .silent()
                .when("other")
                .silent()
                .startTcp()) {
            QmpSession session = connect(client(server).maxInFlight(2));
            Disposable waiting = Flux.just(QmpCommand.of("yank").oob(), QmpCommand.of("slow"), QmpCommand.of("other"))
                    .flatMap(session::execute)
                    .subscribe(reply -> {}, e -> {});
            StepVerifier.withVirtualTime(
                            () -> session.execute(QmpCommand.of("query-status").timeout(Duration.ofMinutes(1))))
                    .thenAwait(Duration.ofMinutes(1))
                    .expectErrorSatisfies(e -> assertTrue(
                            String.valueOf(e.getMessage())
                                    .contains("(the command's own timeout); it was never sent; 2 in flight are"
                                            + " unanswered (maxInFlight), the oldest is slow, written "),
                            e::getMessage))
                    .verify(PATIENCE);
            waiting.dispose();
        }
    }

    @Test
    @DisplayName("A command's own timeout goes before the client's, whether shorter or longer, and none lifts it")
    void ownTimeout() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(client(server).commandTimeout(Duration.ofHours(1)));
            QmpCommand slow = QmpCommand.of("slow");
            for (Duration own : List.of(Duration.ofSeconds(5), Duration.ofDays(2))) {
                StepVerifier.withVirtualTime(() -> session.execute(slow.timeout(own)))
                        .expectSubscription()
                        .expectNoEvent(own.minusSeconds(1))
                        .thenAwait(Duration.ofSeconds(2))
                        .expectErrorSatisfies(e -> assertEquals(
                                own, assertInstanceOf(ExecTimeoutError.class, e).timeout()))
                        .verify(PATIENCE);
            }
            QmpCommand unlimited = slow.timeout(ChronoUnit.FOREVER.getDuration());
            StepVerifier.withVirtualTime(() -> session.execute(unlimited))
                    .expectSubscription()
                    .expectNoEvent(Duration.ofDays(3650))
                    .thenCancel()
                    .verify(PATIENCE);
            assertThrows(IllegalArgumentException.class, () -> slow.timeout(Duration.ZERO));
            assertNotEquals(slow, unlimited);
            assertEquals(
                    Optional.of(Duration.ofDays(1)),
                    slow.timeout(Duration.ofDays(1)).oob().timeout());
        }
    }

    @Test
    @DisplayName("The event of executeAndAwait has the command's own limit, too, unless eventTimeout is set")
    void ownTimeoutOfTheEvent() {
        try (RunningFakeQmpServer server = machine().when("stop").reply("{}").startTcp()) {
            QmpSession session = connect(client(server).commandTimeout(Duration.ofHours(1)));
            QmpCommand stop = QmpCommand.of("stop").timeout(Duration.ofMillis(200));
            StepVerifier.create(session.executeAndAwait(stop, AwaitOptions.event("STOP")))
                    .verifyErrorSatisfies(e -> assertEquals(
                            Duration.ofMillis(200),
                            assertInstanceOf(ExecTimeoutError.class, e).timeout()));
        }
    }

    @Test
    @DisplayName("Time limits that are longer than any timer are no limits")
    void forever() {
        Duration forever = ChronoUnit.FOREVER.getDuration();
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(client(server)
                    .connectTimeout(forever)
                    .handshakeTimeout(forever)
                    .commandTimeout(forever));
            await(session.execute("query-status"));
            // Some time has passed before, so that the sum of both is what has to fit.
            StepVerifier.withVirtualTime(() -> Mono.delay(Duration.ofDays(365)).then(session.execute("slow")))
                    .expectSubscription()
                    .expectNoEvent(Duration.ofDays(10 * 365))
                    .thenCancel()
                    .verify(PATIENCE);
            Clients.finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("P22 a timeout that races the reply ends the command once, and nothing is dropped on the hooks")
    void timeoutRacesReply() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(client(server).commandTimeout(Duration.ofNanos(150_000)));
            Long ended = Flux.range(0, 3000)
                    .flatMap(
                            n -> session.execute("query-status").map(r -> 1).onErrorReturn(ExecTimeoutError.class, 1),
                            4)
                    .count()
                    .block(PATIENCE);
            assertEquals(3000, ended);
        }
    }

    @Test
    @DisplayName("A reply waits for demand, and a cancel before it takes nothing from others")
    void demand() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.execute("query-status"), 0)
                    .expectSubscription()
                    .then(() -> await(session.execute("query-status")))
                    .thenRequest(1)
                    .expectNextCount(1)
                    .verifyComplete();
            StepVerifier.create(session.execute("query-status"), 0)
                    .expectSubscription()
                    .then(() -> await(session.execute("query-status")))
                    .thenCancel()
                    .verify();
            assertEquals(4, server.received("query-status").size());
        }
    }

    @Test
    @Tag("stress")
    @DisplayName("P4 8 threads with 10,000 commands each: all are answered, each with its own reply")
    void manyThreads() {
        int threads = 8;
        int perThread = 10_000;
        try (RunningFakeQmpServer server = machine()
                .when("echo")
                .reply(command -> command.arguments().path("n"))
                .startUnix()) {
            QmpSession session = connect(client(server).maxInFlight(64).maxQueued(threads * perThread));
            // Futures: a flatMap looks through all that it waits for whenever one completes.
            List<CompletableFuture<Integer>> answers = Flux.range(0, threads)
                    .flatMap(thread -> Flux.range(thread * perThread, perThread)
                            .map(n -> session.execute("echo", Map.of("n", n))
                                    .map(JsonNode::intValue)
                                    .filter(echo -> echo.equals(n))
                                    .toFuture())
                            .subscribeOn(Schedulers.boundedElastic()))
                    .collectList()
                    .block(PATIENCE);
            assertEquals(
                    threads * perThread,
                    answers.stream().filter(answer -> joined(answer) != null).count());
        }
    }
}
