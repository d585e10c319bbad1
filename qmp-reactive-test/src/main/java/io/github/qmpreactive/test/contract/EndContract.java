package io.github.qmpreactive.test.contract;

import static io.github.qmpreactive.test.contract.Waiting.await;
import static io.github.qmpreactive.test.contract.Waiting.failure;
import static io.github.qmpreactive.test.contract.Waiting.finish;
import static io.github.qmpreactive.test.contract.Waiting.inSession;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** The end of a session, from either side; a part of {@link QmpSessionContract}. */
public interface EndContract extends SessionUnderTest {

    /** A session that was disconnected has ended in order, for every subscriber. */
    @Test
    @DisplayName(
            "disconnect() ends the session in order: RUNNING, DISCONNECTING, DISCONNECTED, and completion everywhere")
    default void disconnecting() {
        inSession(this, session -> {
            CompletableFuture<List<SessionState>> states =
                    session.states().collectList().toFuture();
            CompletableFuture<List<QmpEvent>> events =
                    session.events().collectList().toFuture();
            finish(session.disconnect());
            assertEquals(
                    List.of(SessionState.RUNNING, SessionState.DISCONNECTING, SessionState.DISCONNECTED),
                    await(states));
            await(events);
            finish(session.onDisconnect());
            assertEquals(SessionState.DISCONNECTED, session.state());
            assertEquals(
                    List.of(SessionState.DISCONNECTED), await(session.states().collectList()));
            StateError error = failure(StateError.class, session.execute(query()));
            assertEquals(SessionState.DISCONNECTED, error.state());
        });
    }

    /** {@code disconnect()} may be called any number of times, and from anywhere. */
    @Test
    @DisplayName("disconnect() can be called again and again, by several threads, and before and after the end")
    default void disconnectingTwice() {
        inSession(this, session -> {
            finish(Flux.range(0, 20).flatMap(n -> session.disconnect().subscribeOn(Schedulers.parallel())));
            finish(session.disconnect());
            finish(session.onDisconnect());
        });
    }

    /** {@code disconnect()} may be called on the event loop. */
    @Test
    @DisplayName("disconnect() can be called from within a reply")
    default void disconnectingInside() {
        inSession(this, session -> {
            finish(session.execute(query()).flatMap(reply -> session.disconnect()));
            finish(session.onDisconnect());
            assertEquals(SessionState.DISCONNECTED, session.state());
        });
    }

    /** Commands that are pending when the session is disconnected are interrupted. */
    @Test
    @DisplayName("disconnect() interrupts what is pending, each command with an error of its own")
    default void disconnectInterrupts() {
        inSession(this, session -> {
            await(session.execute(query()));
            suspend();
            List<CompletableFuture<JsonNode>> pending = pending(session, 20);
            finish(session.disconnect());
            Set<Throwable> errors = new HashSet<>();
            for (CompletableFuture<JsonNode> command : pending) {
                ExecInterruptedError error = failure(ExecInterruptedError.class, command);
                assertInstanceOf(StateError.class, error.getCause());
                errors.add(error);
            }
            assertEquals(20, errors.size());
            resume();
        });
    }

    /** When the peer goes without a word, every subscriber gets the error, with its reason. */
    @Test
    @DisplayName(
            "A peer that goes: pending commands are interrupted, each with its own error and one cause, and all are told")
    default void peerGoes() {
        inSession(this, session -> {
            await(session.execute(query()));
            CompletableFuture<List<SessionState>> states =
                    session.states().collectList().toFuture();
            CompletableFuture<List<QmpEvent>> events =
                    session.events().collectList().toFuture();
            suspend();
            List<CompletableFuture<JsonNode>> pending = pending(session, 20);
            endAbruptly();
            ConnectionLostError cause = failure(ConnectionLostError.class, session.onDisconnect());
            Set<Throwable> errors = new HashSet<>();
            for (CompletableFuture<JsonNode> command : pending) {
                ExecInterruptedError error = failure(ExecInterruptedError.class, command);
                assertEquals(query().name(), error.command());
                assertSame(cause, error.getCause());
                errors.add(error);
            }
            assertEquals(20, errors.size());
            failure(ConnectionLostError.class, events);
            List<SessionState> seen = await(states);
            assertEquals(SessionState.DISCONNECTED, seen.get(seen.size() - 1));
            assertEquals(SessionState.DISCONNECTED, session.state());
            failure(StateError.class, session.execute(query()));
            failure(ConnectionLostError.class, session.events());
        });
    }

    /** A disconnect after the peer has gone is no error. */
    @Test
    @DisplayName("disconnect() after the peer has gone completes")
    default void disconnectAfterwards() {
        inSession(this, session -> {
            await(session.execute(query()));
            endAbruptly();
            failure(ConnectionLostError.class, session.onDisconnect());
            finish(session.disconnect());
        });
    }

    /** {@code quit} ends the server, and that is an orderly end. */
    @Test
    @DisplayName("quit() ends the server, and that is an end in order: completion everywhere")
    default void quit() {
        inSession(this, session -> {
            CompletableFuture<List<QmpEvent>> events =
                    session.events().collectList().toFuture();
            finish(session.quit());
            finish(session.onDisconnect());
            await(events);
            assertEquals(SessionState.DISCONNECTED, session.state());
        });
    }

    private List<CompletableFuture<JsonNode>> pending(QmpSession session, int count) {
        return Stream.generate(() -> session.execute(query()).toFuture())
                .limit(count)
                .toList();
    }
}
