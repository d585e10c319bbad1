package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.MessageTooLargeError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Ends of sessions")
class EndsTest {

    @Test
    @DisplayName("P23 when the session ends each pending command has an error of its own, with the same cause")
    void errorsOfTheirOwn() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(server);
            Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
            var all = Flux.range(0, 10)
                    .flatMap(n -> session.execute("slow").doOnError(errors::add).onErrorComplete(), 10)
                    .then()
                    .toFuture();
            FakeConnection connection = server.awaitConnection();
            await(connection
                    .commands()
                    .filter(c -> c.name().equals("slow"))
                    .take(7)
                    .count());
            connection.close();
            joined(all);
            assertEquals(10, Set.copyOf(errors).size());
            var interrupted =
                    errors.stream().map(ExecInterruptedError.class::cast).toList();
            assertEquals(
                    1, interrupted.stream().map(Throwable::getCause).distinct().count());
            assertInstanceOf(ConnectionLostError.class, interrupted.get(0).getCause());
            // Seven were in flight; three were queued, and certainly never sent.
            assertEquals(
                    7,
                    interrupted.stream().filter(ExecInterruptedError::isWritten).count());
            assertTrue(String.valueOf(interrupted.get(0).getMessage()).contains("whether it ran is unknown"));
        }
    }

    @Test
    @DisplayName("An end of file without a request errors events and onDisconnect() with ConnectionLostError")
    void endOfFile() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            var states = session.states().collectList().toFuture();
            StepVerifier.create(session.events())
                    .then(() -> server.awaitConnection().close())
                    .verifyErrorSatisfies(e -> assertEquals(
                            How.END_OF_FILE,
                            assertInstanceOf(ConnectionLostError.class, e).how()));
            StepVerifier.create(session.onDisconnect()).verifyError(ConnectionLostError.class);
            // P8: a later subscriber gets the same end at once.
            StepVerifier.create(session.events()).verifyError(ConnectionLostError.class);
            assertEquals(List.of(SessionState.RUNNING, SessionState.DISCONNECTED), joined(states));
            assertEquals(SessionState.DISCONNECTED, session.state());
            StepVerifier.create(session.states())
                    .expectNext(SessionState.DISCONNECTED)
                    .verifyComplete();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("P8 P15 a reset before the reply: the command fails, it does not complete empty")
    void reset(boolean unix) {
        var fake = machine().when("slow").silent();
        try (RunningFakeQmpServer server = unix ? fake.startUnix() : fake.startTcp()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            connection.faults().resetOnNextRead();
            connection.emit("READY");
            session.events("READY").blockFirst(PATIENCE);
            StepVerifier.create(session.execute("slow")).verifyErrorSatisfies(e -> {
                ExecInterruptedError error = assertInstanceOf(ExecInterruptedError.class, e);
                assertTrue(error.isWritten());
                assertEquals(
                        How.RESET,
                        assertInstanceOf(ConnectionLostError.class, error.getCause())
                                .how());
            });
            StepVerifier.create(session.events()).verifyError(ConnectionLostError.class);
        }
    }

    @Test
    @DisplayName("An end inside a message says so")
    void insideMessage() {
        try (RunningFakeQmpServer server = machine()
                .when("half")
                .answer(Answer.reply("{}").truncated(9).thenClose())
                .startTcp()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.execute("half")).verifyError(ExecInterruptedError.class);
            StepVerifier.create(session.onDisconnect())
                    .verifyErrorSatisfies(e -> assertEquals(
                            How.INSIDE_MESSAGE,
                            assertInstanceOf(ConnectionLostError.class, e).how()));
        }
    }

    @Test
    @DisplayName("P24 a command that is executed while the pending are failed fails at once with StateError")
    void reentrancy() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(server);
            var results = Flux.range(0, 20)
                    .flatMap(
                            n -> session.execute("slow")
                                    .map(r -> "answered")
                                    .onErrorResume(ExecInterruptedError.class, e -> session.execute("again")
                                            .map(r -> "answered"))
                                    .onErrorReturn(StateError.class, "refused"),
                            20)
                    .collect(Collectors.groupingBy(r -> r, Collectors.counting()))
                    .toFuture();
            FakeConnection connection = server.awaitConnection();
            connection.awaitCommand("slow");
            connection.close();
            assertEquals(java.util.Map.of("refused", 20L), joined(results));
        }
    }

    @Test
    @DisplayName("After the end a command fails at once with StateError, which tells both states")
    void commandAfterTheEnd() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            finish(session.disconnect());
            StepVerifier.create(session.execute("query-status")).verifyErrorSatisfies(e -> {
                StateError error = assertInstanceOf(StateError.class, e);
                assertEquals(SessionState.DISCONNECTED, error.state());
                assertEquals(SessionState.RUNNING, error.required());
            });
        }
    }

    @Test
    @DisplayName(
            "C8 P18 P33 a reply over the limit fails its command, and the session goes on; the limit itself passes")
    void messageLimit() {
        int limit = 5000;
        try (RunningFakeQmpServer server = machine()
                .withConcurrentClients()
                .when("fits")
                .answer(Faults.longReply(limit))
                .when("fits-not")
                .answer(Faults.longReply(limit + 1))
                .startTcp()) {
            for (int piece : new int[] {7, 1000, 100_000}) {
                QmpSession session = connect(client(server).maxMessageSize(limit));
                FakeConnection connection = server.awaitConnection(piece == 7 ? 0 : piece == 1000 ? 1 : 2);
                connection.faults().splitOutput(piece);
                await(session.execute("fits"));
                // Many small messages in one burst are no large one.
                connection.emitMany(1000, "N");
                await(session.execute("fits"));
                StepVerifier.create(session.execute("fits-not")).verifyErrorSatisfies(e -> {
                    MessageTooLargeError cause = assertInstanceOf(MessageTooLargeError.class, e);
                    assertEquals(limit, cause.limit());
                    assertTrue(String.valueOf(cause.getMessage()).contains("5000 bytes; maxMessageSize"));
                });
                await(session.execute("fits"));
                finish(session.disconnect());
            }
        }
    }

    @Test
    @DisplayName(
            "C33 quit() succeeds with the end of the connection, with and without a reply; later signals are orderly")
    void quit() {
        for (Answer answer : List.of(
                Answer.reply("{}").eventBefore("SHUTDOWN").thenClose(),
                Faults.silence().thenClose(),
                Faults.silence().thenReset())) {
            try (RunningFakeQmpServer server =
                    machine().when("quit").answer(answer).startTcp()) {
                QmpSession session = connect(server);
                var events = session.events().then().toFuture();
                StepVerifier.create(session.quit()).verifyComplete();
                joined(events);
                finish(session.onDisconnect());
            }
        }
    }

    @Test
    @DisplayName("C33 quit() that is refused fails, and an end after that is not orderly")
    void quitRefused() {
        try (RunningFakeQmpServer server =
                machine().when("quit").error("GenericError", "no").startTcp()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.quit()).verifyError(io.github.qmpreactive.error.ExecuteError.class);
            server.awaitConnection().close();
            StepVerifier.create(session.onDisconnect()).verifyError(ConnectionLostError.class);
        }
    }

    @Test
    @DisplayName("C33 quit() that was never sent fails")
    void quitNeverSent() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(client(server).maxInFlight(1));
            var pending = session.execute("slow").onErrorComplete().toFuture();
            server.awaitConnection().awaitCommand("slow");
            var quit = session.quit().toFuture();
            server.awaitConnection().close();
            joined(pending);
            StepVerifier.create(Mono.fromFuture(quit)).verifyErrorSatisfies(e -> {
                ExecInterruptedError error = assertInstanceOf(ExecInterruptedError.class, e);
                assertEquals("quit", error.command());
                assertEquals(false, error.isWritten());
            });
        }
    }

    @Test
    @DisplayName("An end after SHUTDOWN is orderly, unless STOP, RESUME or RESET came since")
    void endAfterShutdown() {
        try (RunningFakeQmpServer server =
                machine().when("slow").silent().withConcurrentClients().startTcp()) {
            int number = 0;
            for (String since : List.of("", "STOP", "RESUME", "RESET", "POWERDOWN")) {
                QmpSession session = connect(server);
                FakeConnection connection = server.awaitConnection(number++);
                var pending = session.execute("slow").materialize().toFuture();
                connection.awaitCommand("slow");
                connection.emit("SHUTDOWN");
                if (!since.isEmpty()) {
                    connection.emit(since);
                }
                connection.close();
                boolean orderly = since.isEmpty() || since.equals("POWERDOWN");
                Throwable interrupted = joined(pending).getThrowable();
                assertEquals(
                        orderly,
                        String.valueOf(interrupted.getMessage()).endsWith(", as was to be expected"),
                        interrupted::getMessage);
                StepVerifier.create(session.onDisconnect().thenReturn("orderly").onErrorReturn("lost"))
                        .expectNext(orderly ? "orderly" : "lost")
                        .verifyComplete();
                StepVerifier.create(session.events().then(Mono.just("orderly")).onErrorReturn("lost"))
                        .expectNext(orderly ? "orderly" : "lost")
                        .verifyComplete();
            }
        }
    }

    @Test
    @DisplayName("onDisconnect() gives all its subscribers the same cause")
    void sameCause() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            server.awaitConnection().close();
            Throwable first =
                    session.onDisconnect().materialize().block(PATIENCE).getThrowable();
            Throwable second =
                    session.onDisconnect().materialize().block(PATIENCE).getThrowable();
            assertSame(first, second);
            assertNotSame(null, first);
        }
    }
}
