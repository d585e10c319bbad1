package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.AwaitOptions;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("P37 The wait of executeAndAwait for an event that does not come")
class EventTimeoutTest {

    private static final QmpCommand STOP = QmpCommand.of("stop");
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofMinutes(5);

    /** The timer of the event is the one of this number among those that are as long. */
    private static void assertTimesOut(QmpClient client, AwaitOptions options, int number, String setting) {
        try (HeldTimers timers = new HeldTimers()) {
            QmpSession session = connect(client);
            var stopped = session.executeAndAwait(STOP, options).toFuture();
            timers.runOut(SHORT, number);
            ExecTimeoutError error = assertInstanceOf(
                    ExecTimeoutError.class,
                    assertThrows(CompletionException.class, () -> joined(stopped))
                            .getCause());
            assertEquals("stop", error.command());
            assertEquals(SHORT, error.timeout());
            assertTrue(error.isWritten());
            assertTrue(error.getMessage().contains("(" + setting + ")"), error.getMessage());
            await(session.execute("query-status"));
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("ends after commandTimeout, after eventTimeout if that is set, after its own limit if that is set")
    void limits() {
        try (RunningFakeQmpServer server =
                machine().withConcurrentClients().when("stop").reply("{}").startUnix()) {
            AwaitOptions stop = AwaitOptions.event("STOP");
            assertTimesOut(client(server).commandTimeout(SHORT), stop, 2, "commandTimeout");
            assertTimesOut(client(server).commandTimeout(LONG).eventTimeout(SHORT), stop, 1, "eventTimeout");
            assertTimesOut(client(server).eventTimeout(SHORT).commandTimeout(LONG), stop, 1, "eventTimeout");
            assertTimesOut(client(server).eventTimeout(LONG), stop.timeout(SHORT), 1, "AwaitOptions.timeout");
        }
    }

    @Test
    @DisplayName("commandTimeout still limits the reply, whatever the event's limit is")
    void reply() {
        try (RunningFakeQmpServer server = machine().when("stop").silent().startUnix()) {
            QmpSession session = connect(client(server).commandTimeout(SHORT).eventTimeout(LONG));
            StepVerifier.create(session.executeAndAwait("stop", "STOP"))
                    .verifyErrorSatisfies(e -> assertTrue(e.getMessage().contains("(commandTimeout)"), e.getMessage()));
        }
    }

    @Test
    @DisplayName("The limit is for the event alone: a reply that comes later than that does no harm")
    void slowReply() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = machine()
                        .when("stop")
                        .answer(Answer.reply("{}").eventBefore("STOP").delayed(LONG))
                        .startUnix()) {
            QmpSession session = connect(client(server).eventTimeout(SHORT));
            var stopped = session.executeAndAwait("stop", "STOP").toFuture();
            server.awaitCommand("stop");
            assertEquals(0, timers.started(SHORT));
            timers.runOut(LONG);
            assertEquals("STOP", joined(stopped).name());
        }
    }

    @Test
    @DisplayName(
            "unless: nothing is sent and it completes empty if the state is there; it asks anew at each subscription")
    void unless() {
        try (RunningFakeQmpServer server = machine()
                .when("stop")
                .answer(Answer.reply("{}").eventBefore("STOP"))
                .startUnix()) {
            QmpSession session = connect(server);
            AtomicInteger asked = new AtomicInteger();
            Mono<Boolean> paused = session.execute("query-status")
                    .map(status -> asked.incrementAndGet() > 1
                            || !status.path("running").asBoolean());
            Mono<String> stop = session.executeAndAwait(
                            STOP, AwaitOptions.event("STOP").unless(paused))
                    .map(QmpEvent::name);
            StepVerifier.create(stop).expectNext("STOP").verifyComplete();
            StepVerifier.create(stop).verifyComplete();
            assertEquals(2, asked.get());
            assertEquals(1, server.awaitConnection().received("stop").size());
            StepVerifier.create(session.executeAndAwait(
                            STOP, AwaitOptions.event("STOP").unless(Mono.empty())))
                    .expectNextCount(1)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("unless: a change between the answer and the command is not missed")
    void changeInBetween() {
        try (RunningFakeQmpServer server = machine().when("stop").reply("{}").startUnix()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            Mono<Boolean> paused = session.execute("query-status").map(status -> {
                connection.emit("STOP");
                return false;
            });
            assertEquals(
                    "STOP",
                    await(session.executeAndAwait(
                                    STOP, AwaitOptions.event("STOP").unless(paused)))
                            .name());
        }
    }

    @Test
    @DisplayName(
            "unless: an error of the question is the error; the end of the session ends a question without an answer")
    void failingQuestion() {
        try (RunningFakeQmpServer server = machine().when("stop").reply("{}").startUnix()) {
            QmpSession session = connect(server);
            AwaitOptions stop = AwaitOptions.event("STOP");
            StepVerifier.create(session.executeAndAwait(
                            STOP, stop.unless(Mono.error(new IllegalStateException("question")))))
                    .verifyErrorMessage("question");
            var waiting =
                    session.executeAndAwait(STOP, stop.unless(Mono.never())).toFuture();
            finish(session.disconnect());
            var failure = assertThrows(CompletionException.class, () -> joined(waiting));
            assertEquals(
                    false,
                    assertInstanceOf(ExecInterruptedError.class, failure.getCause())
                            .isWritten());
            StepVerifier.create(session.executeAndAwait(STOP, stop.unless(Mono.just(false))))
                    .verifyErrorSatisfies(
                            e -> assertTrue(e instanceof StateError || e instanceof ExecInterruptedError));
            assertEquals(List.of(), server.awaitConnection().received("stop"));
        }
    }

    private static String quorum(String node, long seconds, long microseconds) {
        return "{\"event\": \"QUORUM_FAILURE\", \"data\": {\"reference\": \"" + node
                + "\", \"sector-num\": 0, \"sectors-count\": 1}, \"timestamp\": {\"seconds\": " + seconds
                + ", \"microseconds\": " + microseconds + "}}";
    }

    @Test
    @DisplayName("C40 ignoreEarlierStamps: a throttled event that is late and from before the command does not count")
    void earlierStamps() {
        try (RunningFakeQmpServer server = machine().when("stop").silent().startUnix()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            connection.send(quorum("first", 1_000, 500_000));
            await(session.execute("query-status"));
            AwaitOptions failure = AwaitOptions.event("QUORUM_FAILURE");
            var any = session.executeAndAwait(STOP, failure).toFuture();
            var later =
                    session.executeAndAwait(STOP, failure.ignoreEarlierStamps()).toFuture();
            List<ReceivedCommand> commands = await(connection
                    .commands()
                    .filter(c -> c.name().equals("stop"))
                    .take(2)
                    .collectList());
            connection.send(quorum("late", 1_000, 300_000));
            connection.send(quorum("new", 5_000, 0));
            commands.forEach(command -> connection.reply(command, "{}"));
            assertEquals("late", joined(any).data().path("reference").asString());
            assertEquals("new", joined(later).data().path("reference").asString());
        }
    }

    @Test
    @DisplayName("ignoreEarlierStamps: as long as nothing is known of QEMU's clock, every event counts")
    void nothingKnown() {
        try (RunningFakeQmpServer server = machine().when("stop").silent().startUnix()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            var result = session.executeAndAwait(
                            STOP, AwaitOptions.event("QUORUM_FAILURE").ignoreEarlierStamps())
                    .toFuture();
            var command = connection.awaitCommand("stop");
            connection.send(quorum("only", 1, 0));
            connection.reply(command, "{}");
            assertEquals("only", joined(result).data().path("reference").asString());
        }
    }
}
