package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.LeakGuard;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
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
            first.join();
            last.join();
            assertEquals(0, server.received("never").size());
        }
    }

    @Test
    @DisplayName("P2 the late reply to a cancelled command is dropped, and its place is free then")
    void lateReply() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(client(server).maxInFlight(1));
            FakeConnection connection = server.awaitConnection();
            StepVerifier.create(session.execute("slow").timeout(Duration.ofMillis(50)))
                    .verifyError(java.util.concurrent.TimeoutException.class);
            var next = session.execute("query-status").toFuture();
            connection.reply(connection.awaitCommand("slow"), "\"late\"");
            assertEquals("running", next.join().path("status").stringValue());
        }
    }

    @Test
    @DisplayName("commandTimeout: an ExecTimeoutError, and the session goes on once the answer has come")
    void commandTimeout() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(
                    client(server).commandTimeout(Duration.ofMillis(200)).maxInFlight(1));
            FakeConnection connection = server.awaitConnection();
            StepVerifier.create(session.execute("slow")).verifyErrorSatisfies(e -> {
                ExecTimeoutError error = assertInstanceOf(ExecTimeoutError.class, e);
                assertEquals("slow", error.command());
                assertEquals(Duration.ofMillis(200), error.timeout());
                assertTrue(error.isWritten());
            });
            // Its place is still taken, so the next one times out unwritten.
            StepVerifier.create(session.execute("query-status"))
                    .verifyErrorSatisfies(e -> assertFalse(
                            assertInstanceOf(ExecTimeoutError.class, e).isWritten()));
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
            List<Long> answered = Flux.range(0, threads)
                    .flatMap(thread -> Flux.range(0, perThread)
                            .flatMap(
                                    i -> {
                                        int n = thread * perThread + i;
                                        return session.execute("echo", java.util.Map.of("n", n))
                                                .map(JsonNode::intValue)
                                                .filter(echo -> echo == n);
                                    },
                                    perThread)
                            .count()
                            .subscribeOn(reactor.core.scheduler.Schedulers.boundedElastic()))
                    .collectList()
                    .block(Duration.ofSeconds(60));
            assertEquals(java.util.Collections.nCopies(threads, (long) perThread), answered);
        }
    }
}
