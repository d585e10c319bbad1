package io.github.qmpreactive.test.contract;

import static io.github.qmpreactive.test.internal.junit.Waiting.await;
import static io.github.qmpreactive.test.internal.junit.Waiting.failure;
import static io.github.qmpreactive.test.internal.junit.Waiting.finish;
import static io.github.qmpreactive.test.internal.junit.Waiting.inSession;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.Greeting;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.OobMode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * States what a QMP session does, as tests of JUnit: the handshake, commands, events and the end. A test class that
 * implements it runs them all against its own server or transport:
 *
 * <pre>{@code
 * class MyProxyTest implements QmpSessionContract {
 *
 *     private final MyProxy proxy = MyProxy.start(); // JUnit makes an instance for each test
 *
 *     @Override
 *     public QmpClient client() {
 *         return QmpClient.create().address(proxy.address());
 *     }
 *
 *     @AfterEach
 *     void stop() {
 *         proxy.stop();
 *     }
 * }
 * }</pre>
 *
 * <p>What the server has to be like, and what can be left out, is said by {@link SessionUnderTest}. Nothing waits longer
 * than 20 s. Tests may run side by side if the servers can; for {@link io.github.qmpreactive.test.junit.LeakGuard}, which fits
 * on the class as well, they may not.
 */
public interface QmpSessionContract extends CommandContract {

    /** The greeting can be read as data: the version, what is offered, and the message as it came. */
    @Test
    @DisplayName("The greeting is data: a version, what is offered, and the message as it came")
    default void greetingIsData() {
        inSession(open(client()), session -> {
            Greeting greeting = session.greeting().orElseThrow();
            assertTrue(greeting.version().isAtLeast(0, 14), greeting::toString);
            assertTrue(greeting.raw().path("QMP").path("version").isObject(), greeting::toString);
            assertEquals(
                    greeting.capabilities().size(),
                    greeting.raw().path("QMP").path("capabilities").size());
            assertEquals(SessionState.RUNNING, session.state());
        });
    }

    /** The capability {@code oob} is enabled if, and only if, it is offered. */
    @Test
    @DisplayName("oob is enabled if it is offered, and only then")
    default void enablesWhatIsOffered() {
        inSession(
                open(client()),
                session -> assertEquals(
                        session.greeting().orElseThrow().offers("oob") ? Set.of("oob") : Set.of(),
                        session.capabilities()));
    }

    /** Nothing is enabled where that is asked for, and commands are answered all the same. */
    @Test
    @DisplayName("Nothing is enabled with OobMode.OFF, and commands are answered")
    default void enablesNothing() {
        inSession(open(client().oob(OobMode.OFF)), session -> {
            assertEquals(Set.of(), session.capabilities());
            await(session.execute(query()));
        });
    }

    /** Sessions can be opened one after the other, each greeted afresh. */
    @Test
    @DisplayName("One session after the other is greeted and answered")
    default void oneAfterTheOther() {
        for (int i = 0; i < 3; i++) {
            inSession(open(client()), session -> {
                assertTrue(session.greeting().isPresent());
                await(session.execute(query()));
            });
        }
    }

    private List<CausedEvent> caused() {
        List<CausedEvent> caused = causedEvents();
        assumeFalse(caused.isEmpty(), "this server has no command that causes an event");
        return caused;
    }

    /** Every subscriber is given every event, in the order in which they happen. */
    @Test
    @DisplayName("Every subscriber gets every event, in their order, and one that asks for a name gets that alone")
    default void severalSubscribers() {
        List<CausedEvent> caused = caused();
        List<String> names = caused.stream().map(CausedEvent::event).toList();
        String lastName = names.get(names.size() - 1);
        inSession(open(client()), session -> {
            List<CompletableFuture<List<String>>> all = Stream.generate(
                            () -> session.events(names.toArray(String[]::new))
                                    .map(QmpEvent::name)
                                    .take(names.size())
                                    .collectList()
                                    .toFuture())
                    .limit(2)
                    .toList();
            CompletableFuture<QmpEvent> last = session.events(lastName).next().toFuture();
            caused.forEach(each -> await(session.execute(each.command())));
            all.forEach(seen -> assertEquals(names, await(seen)));
            assertEquals(lastName, await(last).raw().path("event").stringValue());
        });
    }

    /** {@code executeAndAwait} does not miss an event that comes before the reply. */
    @Test
    @DisplayName(
            "executeAndAwait gets the event of its own command, whether it comes before the reply or after, 50 times")
    default void executeAndAwait() {
        inSession(open(client()), session -> {
            for (int i = 0; i < 50; i++) {
                CausedEvent caused = caused().get(i % caused().size());
                QmpEvent event = await(session.executeAndAwait(caused.command(), QmpEvent.named(caused.event())));
                assertEquals(caused.event(), event.name());
            }
        });
    }

    /** A session that was disconnected has ended in order, for every subscriber. */
    @Test
    @DisplayName(
            "disconnect() ends the session in order: RUNNING, DISCONNECTING, DISCONNECTED, and completion everywhere")
    default void disconnecting() {
        inSession(open(client()), session -> {
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

    /** When the peer goes without a word, every subscriber gets the error, with its reason. */
    @Test
    @DisplayName(
            "A peer that goes: pending commands are interrupted, each with its own error and one cause, and all are told")
    default void peerGoes() {
        inSession(open(client()), session -> {
            await(session.execute(query()));
            CompletableFuture<List<SessionState>> states =
                    session.states().collectList().toFuture();
            CompletableFuture<List<QmpEvent>> events =
                    session.events().collectList().toFuture();
            suspend();
            List<CompletableFuture<JsonNode>> pending = Stream.generate(
                            () -> session.execute(query()).toFuture())
                    .limit(20)
                    .toList();
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

    /** {@code quit} ends the server, and that is an orderly end. */
    @Test
    @DisplayName("quit() ends the server, and that is an end in order: completion everywhere")
    default void quit() {
        inSession(open(client()), session -> {
            CompletableFuture<List<QmpEvent>> events =
                    session.events().collectList().toFuture();
            finish(session.quit());
            finish(session.onDisconnect());
            await(events);
            assertEquals(SessionState.DISCONNECTED, session.state());
        });
    }
}
