package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("executeAndAwait")
class ExecuteAndAwaitTest {

    private static final QmpCommand STOP = QmpCommand.of("stop");

    @Test
    @DisplayName("P9 the event that comes before the reply is not missed")
    void eventBeforeReply() {
        try (RunningFakeQmpServer server = machine()
                .when("stop")
                .answer(Answer.reply("{}").eventBefore("OTHER").eventBefore("STOP", "{\"n\": 1}"))
                .startTcp()) {
            QmpSession session = connect(server);
            QmpEvent event = await(session.executeAndAwait(STOP, QmpEvent.named("STOP", "X")));
            assertEquals(1, event.data().path("n").intValue());
        }
    }

    @Test
    @DisplayName("The event may come after the reply, and waits for the reply if it comes first")
    void needsBoth() {
        try (RunningFakeQmpServer server = machine().when("stop").silent().startTcp()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            for (boolean eventFirst : new boolean[] {true, false}) {
                List<QmpEvent> done = new CopyOnWriteArrayList<>();
                var result = session.executeAndAwait(STOP, QmpEvent.named("STOP"))
                        .doOnNext(done::add)
                        .toFuture();
                var command = await(connection
                        .commands()
                        .filter(c -> c.name().equals("stop"))
                        .skip(eventFirst ? 0 : 1)
                        .next());
                if (eventFirst) {
                    connection.emit("STOP");
                } else {
                    connection.reply(command, "{}");
                }
                await(session.execute("query-status"));
                assertEquals(List.of(), done);
                if (eventFirst) {
                    connection.reply(command, "{}");
                } else {
                    connection.emit("STOP");
                }
                assertEquals("STOP", joined(result).name());
            }
        }
    }

    @Test
    @DisplayName("Events from before the command was written do not count, and stay for the first subscriber")
    void earlierEvents() {
        try (RunningFakeQmpServer server = machine().when("stop").silent().startTcp()) {
            QmpSession session = connect(client(server).maxInFlight(1));
            FakeConnection connection = server.awaitConnection();
            connection.emit("STOP", "{\"n\": 0}");
            await(session.execute("query-status"));
            var blocking = session.execute("stop").toFuture();
            var blocker = connection.awaitCommand("stop");
            var result = session.executeAndAwait(STOP, QmpEvent.named("STOP")).toFuture();
            connection.emit("STOP", "{\"n\": 1}");
            connection.reply(blocker, "{}");
            joined(blocking);
            var command = await(connection
                    .commands()
                    .filter(c -> c.name().equals("stop"))
                    .skip(1)
                    .next());
            connection.emit("STOP", "{\"n\": 2}");
            connection.reply(command, "{}");
            assertEquals(2, joined(result).data().path("n").intValue());
            StepVerifier.create(session.events()
                            .map(e -> e.data().path("n").intValue())
                            .take(3))
                    .expectNext(0, 1, 2)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("An error reply fails it, whether or not the event has come")
    void errorReply() {
        try (RunningFakeQmpServer server = machine()
                .when("stop")
                .answer(Answer.error("GenericError", "no").eventBefore("STOP"))
                .startTcp()) {
            StepVerifier.create(connect(server).executeAndAwait(STOP, QmpEvent.named("STOP")))
                    .verifyError(ExecuteError.class);
        }
    }

    @Test
    @DisplayName("The end of the session fails it, before the reply and between reply and event")
    void endOfSession() {
        try (RunningFakeQmpServer server = machine()
                .withConcurrentClients()
                .when("stop")
                .answer(Faults.silence(), Answer.reply("{}"))
                .startTcp()) {
            QmpSession first = connect(server);
            var beforeReply =
                    first.executeAndAwait(STOP, QmpEvent.named("STOP")).toFuture();
            server.awaitConnection(0).awaitCommand("stop");
            server.awaitConnection(0).close();
            assertInterrupted(assertThrows(CompletionException.class, () -> joined(beforeReply)));

            QmpSession second = connect(server);
            var beforeEvent =
                    second.executeAndAwait(STOP, QmpEvent.named("STOP")).toFuture();
            server.awaitConnection(1).awaitCommand("stop");
            await(second.execute("query-status"));
            server.awaitConnection(1).close();
            assertInterrupted(assertThrows(CompletionException.class, () -> joined(beforeEvent)));

            QmpSession third = connect(server);
            var orderly = third.executeAndAwait(STOP, QmpEvent.named("STOP")).toFuture();
            server.awaitConnection(2).awaitCommand("stop");
            await(third.execute("query-status"));
            finish(third.disconnect());
            var failure = assertThrows(CompletionException.class, () -> joined(orderly));
            assertInstanceOf(
                    StateError.class,
                    assertInstanceOf(ExecInterruptedError.class, failure.getCause())
                            .getCause());
            StepVerifier.create(third.executeAndAwait(STOP, QmpEvent.named("STOP")))
                    .verifyError(StateError.class);
        }
    }

    private static void assertInterrupted(CompletionException failure) {
        ExecInterruptedError error = assertInstanceOf(ExecInterruptedError.class, failure.getCause());
        assertInstanceOf(ConnectionLostError.class, error.getCause());
        assertTrue(error.isWritten());
        assertEquals("stop", error.command());
    }

    @Test
    @DisplayName("What the predicate throws fails it; the session goes on")
    void throwingPredicate() {
        try (RunningFakeQmpServer server = machine()
                .when("stop")
                .answer(Faults.silence().eventBefore("STOP"))
                .startTcp()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.executeAndAwait(STOP, e -> {
                        throw new IllegalStateException("predicate");
                    }))
                    .verifyErrorMessage("predicate");
            await(session.execute("query-status"));
        }
    }

    @Test
    @DisplayName("Cancelling stops waiting for both")
    void cancel() {
        try (RunningFakeQmpServer server = machine().when("stop").silent().startTcp()) {
            QmpSession session = connect(server);
            List<QmpEvent> asked = new CopyOnWriteArrayList<>();
            var waiting = session.executeAndAwait(STOP, asked::add).subscribe();
            FakeConnection connection = server.awaitConnection();
            connection.awaitCommand("stop");
            waiting.dispose();
            connection.emit("STOP");
            await(session.execute("query-status"));
            assertEquals(List.of(), asked);
            assertFalse(session.events().map(QmpEvent::name).take(1).blockFirst() == null);
        }
    }
}
