package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static io.github.qmpreactive.session.Races.together;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

@Tag("stress")
@ExtendWith(LeakGuard.class)
@DisplayName("Two things that happen to a session at the same time: everything ends, once, and nothing is dropped")
class RaceTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private static RunningFakeQmpServer server() {
        return machine().when("wait").silent().withConcurrentClients().startUnix();
    }

    /** How it ended: "value", or the class of the error. */
    private static String outcome(Mono<?> mono) {
        return joined(start(mono));
    }

    private static CompletableFuture<String> start(Mono<?> mono) {
        return mono.map(value -> "value")
                .defaultIfEmpty("completed")
                .onErrorResume(e -> Mono.just(e.getClass().getSimpleName()))
                .toFuture();
    }

    private static void assertOneOf(Set<String> expected, String outcome) {
        assertTrue(expected.contains(outcome), outcome);
    }

    private static String name(Class<?> error) {
        return error.getSimpleName();
    }

    @Test
    @DisplayName("P1 subscribe and reset")
    void subscribeAndReset() {
        Set<String> expected = Set.of("value", name(StateError.class), name(ExecInterruptedError.class));
        try (RunningFakeQmpServer server = server()) {
            Races.run(round -> {
                QmpSession session = connect(server);
                FakeConnection connection = server.awaitConnection(round);
                AtomicReference<List<CompletableFuture<String>>> ends = new AtomicReference<>(List.of());
                together(
                        () -> ends.set(List.of(
                                start(session.execute("query-status")),
                                start(session.execute("wait")),
                                start(session.execute("query-status")))),
                        connection::reset);
                ends.get().forEach(end -> assertOneOf(expected, joined(end)));
                assertEquals(name(ConnectionLostError.class), outcome(session.onDisconnect()));
            });
        }
    }

    @Test
    @DisplayName("P11 cancel and reply: the place in the window is free again")
    void cancelAndReply() {
        pending((session, reply) -> {
            CompletableFuture<String> end = new CompletableFuture<>();
            // Not Reactor's own, which hands a value that comes as it is cancelled to the hook.
            BaseSubscriber<Object> call = new BaseSubscriber<>() {
                @Override
                protected void hookOnNext(Object value) {
                    end.complete("value");
                }

                @Override
                protected void hookOnError(Throwable error) {
                    end.completeExceptionally(error);
                }

                @Override
                protected void hookOnCancel() {
                    end.complete("cancelled");
                }
            };
            session.execute("wait").subscribe(call);
            together(call::cancel, reply.get());
            assertOneOf(Set.of("value", "cancelled"), joined(end));
        });
    }

    @Test
    @DisplayName("P22 timeout and reply: one of them, and the place in the window is free again")
    void timeoutAndReply() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try {
            pending((session, reply) -> {
                CompletableFuture<String> end = start(session.execute("wait"));
                together(() -> time.advanceTimeBy(TIMEOUT), reply.get());
                assertOneOf(Set.of("value", name(ExecTimeoutError.class)), joined(end));
            });
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    /** Rounds with one session and a window of one; what it is given is the reply to the command "wait", once it has come. */
    private static void pending(BiConsumer<QmpSession, Supplier<Runnable>> round) {
        try (RunningFakeQmpServer server = server()) {
            QmpSession session = connect(client(server).maxInFlight(1).commandTimeout(TIMEOUT));
            FakeConnection connection = server.awaitConnection();
            BlockingQueue<ReceivedCommand> waiting = new LinkedBlockingQueue<>();
            connection.commands().filter(c -> c.name().equals("wait")).subscribe(waiting::add);
            Races.run(number -> {
                round.accept(session, () -> {
                    ReceivedCommand command = next(waiting);
                    return () -> connection.reply(command, "{}");
                });
                // Its own timeout is that of virtual time, too.
                await(session.execute("query-status"));
            });
            assertEquals(SessionState.RUNNING, session.state());
            finish(session.disconnect());
        }
    }

    private static ReceivedCommand next(BlockingQueue<ReceivedCommand> queue) {
        try {
            return Objects.requireNonNull(queue.poll(Clients.PATIENCE.toSeconds(), TimeUnit.SECONDS), "no command");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("P25 disconnect and execute")
    void disconnectAndExecute() {
        Set<String> expected = Set.of("value", name(StateError.class), name(ExecInterruptedError.class));
        try (RunningFakeQmpServer server = server()) {
            Races.run(round -> {
                QmpSession session = connect(server);
                AtomicReference<CompletableFuture<String>> disconnected = new AtomicReference<>();
                AtomicReference<CompletableFuture<String>> executed = new AtomicReference<>();
                together(
                        () -> disconnected.set(start(session.disconnect())),
                        () -> executed.set(start(session.execute("query-status"))));
                assertOneOf(expected, joined(executed.get()));
                assertEquals("completed", joined(disconnected.get()));
                assertEquals("completed", outcome(session.onDisconnect()));
                server.awaitConnection(round).awaitClosed();
            });
        }
    }

    @Test
    @DisplayName("P8 subscribe to events and end: the event from before comes, then the end")
    void eventsAndEnd() {
        List<Function<QmpSession, Function<FakeConnection, Runnable>>> ends = List.of(
                session -> connection -> connection::close,
                session -> connection -> connection::reset,
                session -> connection -> () -> finish(session.disconnect()));
        try (RunningFakeQmpServer server = server()) {
            Races.run(round -> {
                QmpSession session = connect(server);
                FakeConnection connection = server.awaitConnection(round);
                connection.emit("E");
                await(session.execute("query-status"));
                Queue<String> events = new ConcurrentLinkedQueue<>();
                AtomicReference<CompletableFuture<String>> end = new AtomicReference<>();
                together(
                        () -> end.set(start(session.events()
                                .doOnNext(event -> events.add(event.name()))
                                .then())),
                        ends.get(round % ends.size()).apply(session).apply(connection));
                assertOneOf(Set.of("completed", name(ConnectionLostError.class)), joined(end.get()));
                assertEquals("[E]", events.toString());
            });
        }
    }

    @Test
    @DisplayName("P25 connecting to a listener that is closed meanwhile: a session, or the connection is closed")
    void acceptAndClose() {
        QmpClient client = QmpClient.create().address("tcp:127.0.0.1:0");
        Races.run(round -> {
            QmpListener listener = await(client.listen());
            Queue<QmpSession> sessions = new ConcurrentLinkedQueue<>();
            CompletableFuture<String> end =
                    start(listener.sessions().doOnNext(sessions::add).then());
            AtomicReference<Dialer> dialled = new AtomicReference<>();
            together(() -> dialled.set(dial(listener.address())), () -> finish(listener.close()));
            assertEquals("completed", joined(end));
            sessions.forEach(session -> finish(session.disconnect()));
            Dialer dialer = dialled.get();
            if (dialer != null) {
                dialer.awaitClosed();
                dialer.close();
            } else {
                assertEquals(0, sessions.size());
            }
        });
    }

    /** One that has dialled in, and negotiated unless it was closed; null if it was refused. */
    private static Dialer dial(String address) {
        try {
            Dialer dialer = Dialer.to(address);
            dialer.negotiate();
            return dialer;
        } catch (UncheckedIOException e) {
            return null;
        }
    }
}
