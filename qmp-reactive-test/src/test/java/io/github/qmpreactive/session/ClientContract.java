package io.github.qmpreactive.session;

import static io.github.qmpreactive.test.internal.junit.Waiting.PATIENCE;
import static io.github.qmpreactive.test.internal.junit.Waiting.await;
import static io.github.qmpreactive.test.internal.junit.Waiting.failure;
import static io.github.qmpreactive.test.internal.junit.Waiting.finish;
import static io.github.qmpreactive.test.internal.junit.Waiting.inSession;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.NegotiationError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.OobMode;
import io.github.qmpreactive.test.contract.QmpSessionContract;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** What the client does at any server by itself, and so no server can get wrong; at a machine that waits for {@code cont}. */
interface ClientContract extends QmpSessionContract {

    /** Whether the client connects; false where the server does. */
    default boolean isDialled() {
        return true;
    }

    private static CompletableFuture<List<String>> next(QmpSession session, int count) {
        return session.events("RESUME", "STOP")
                .map(QmpEvent::name)
                .take(count)
                .collectList()
                .toFuture();
    }

    private static void causeAll(QmpSession session) {
        await(session.execute("cont"));
        await(session.execute("stop"));
    }

    @Test
    @DisplayName("withSession releases its session: when the work is done, fails, or is cancelled")
    default void withSessionReleases() {
        assumeTrue(isDialled(), "withSession connects, and here the server dials in");
        Deque<QmpSession> used = new ConcurrentLinkedDeque<>();
        finish(client().withSession(session -> {
            used.add(session);
            return session.execute(query());
        }));
        finish(used.getLast().onDisconnect());
        IllegalStateException mine = new IllegalStateException("by the test");
        assertSame(mine, failure(IllegalStateException.class, client().withSession(session -> {
            used.add(session);
            return Mono.error(mine);
        })));
        finish(used.getLast().onDisconnect());
        Flux<Object> endless = client().withSession(session -> {
            used.add(session);
            return session.execute(query()).cast(Object.class).concatWith(Mono.never());
        });
        endless.take(1).blockLast(PATIENCE);
        finish(used.getLast().onDisconnect());
        assertEquals(SessionState.DISCONNECTED, used.getLast().state());
    }

    @Test
    @DisplayName("A command is cold: it can be subscribed to again, and is answered again")
    default void cold() {
        inSession(open(client()), session -> {
            Mono<JsonNode> command = session.execute(query());
            assertEquals(await(command), await(command));
            assertEquals(3L, command.repeat(2).count().block(PATIENCE));
        });
    }

    @Test
    @DisplayName("A command that is cancelled before it was written is never sent")
    default void cancelledBefore() {
        inSession(open(client().maxInFlight(1)), session -> {
            List<String> seen = new ArrayList<>();
            Disposable events = session.events("RESUME").subscribe(e -> seen.add(e.name()), e -> {});
            await(session.execute(query()));
            suspend();
            CompletableFuture<JsonNode> first = session.execute(query()).toFuture();
            session.execute("cont").subscribe(reply -> {}, e -> {}).dispose();
            resume();
            await(first);
            await(session.execute(query()));
            // Whatever was sent before that has been run by now, and its event been sent.
            await(session.execute(query()).doOnNext(reply -> assertEquals(List.of(), seen)));
            events.dispose();
        });
    }

    @Test
    @DisplayName("Out of band, where it is not enabled: an EncodeError, and nothing is sent")
    default void outOfBandRefused() {
        inSession(open(client().oob(OobMode.OFF)), session -> {
            failure(EncodeError.class, session.execute(query().oob()));
            await(session.execute(query()));
        });
    }

    @Test
    @DisplayName("A subscriber that cancels takes nothing from others, and later ones get what comes then")
    default void cancelling() {
        List<String> names = List.of("RESUME", "STOP");
        inSession(open(client()), session -> {
            Disposable cancelled = session.events().subscribe(event -> {}, e -> {});
            CompletableFuture<List<String>> stays = next(session, 2 * names.size());
            causeAll(session);
            cancelled.dispose();
            CompletableFuture<List<String>> late = next(session, names.size());
            causeAll(session);
            assertEquals(names, await(late));
            assertEquals(2 * names.size(), await(stays).size());
        });
    }

    @Test
    @DisplayName("A subscriber that asks for nothing delays neither replies nor other subscribers")
    default void slowSubscriber() {
        List<String> names = List.of("RESUME", "STOP");
        inSession(open(client()), session -> {
            BaseSubscriber<QmpEvent> stuck = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    // Asks for nothing.
                }
            };
            session.events().subscribe(stuck);
            int rounds = 20;
            CompletableFuture<List<String>> others = next(session, rounds * names.size());
            for (int i = 0; i < rounds; i++) {
                causeAll(session);
            }
            assertEquals(rounds * names.size(), await(others).size());
            stuck.cancel();
        });
    }

    @Test
    @DisplayName("executeAndAwait fails with the command's error, without waiting for an event")
    default void executeAndAwaitFails() {
        inSession(open(client()), session -> {
            ExecuteError error = failure(
                    ExecuteError.class, session.executeAndAwait(QmpCommand.of("no-such-command"), event -> true));
            assertTrue(error.description().contains("no-such-command"), error::description);
        });
    }

    @Test
    @DisplayName("disconnect() can be called again and again, by several threads, and before and after the end")
    default void disconnectingTwice() {
        inSession(open(client()), session -> {
            finish(Flux.range(0, 20).flatMap(n -> session.disconnect().subscribeOn(Schedulers.parallel())));
            finish(session.disconnect());
            finish(session.onDisconnect());
        });
    }

    @Test
    @DisplayName("disconnect() can be called from within a reply")
    default void disconnectingInside() {
        inSession(open(client()), session -> {
            finish(session.execute(query()).flatMap(reply -> session.disconnect()));
            finish(session.onDisconnect());
            assertEquals(SessionState.DISCONNECTED, session.state());
        });
    }

    @Test
    @DisplayName("disconnect() after the peer has gone completes")
    default void disconnectAfterwards() {
        inSession(open(client()), session -> {
            await(session.execute(query()));
            endAbruptly();
            failure(ConnectionLostError.class, session.onDisconnect());
            finish(session.disconnect());
        });
    }

    @Test
    @DisplayName("OobMode.REQUIRE makes a session with oob, or a NegotiationError where it is not offered")
    default void requires() {
        AtomicBoolean offered = new AtomicBoolean();
        inSession(
                open(client()),
                session -> offered.set(session.greeting().orElseThrow().offers("oob")));
        if (offered.get()) {
            inSession(
                    open(client().oob(OobMode.REQUIRE)),
                    session -> assertEquals(Set.of("oob"), session.capabilities()));
        } else {
            failure(NegotiationError.class, open(client().oob(OobMode.REQUIRE)));
        }
    }

    @Test
    @DisplayName("disconnect() interrupts what is pending, each command with an error of its own")
    default void disconnectInterrupts() {
        inSession(open(client()), session -> {
            await(session.execute(query()));
            suspend();
            List<CompletableFuture<JsonNode>> pending = Stream.generate(
                            () -> session.execute(query()).toFuture())
                    .limit(20)
                    .toList();
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
}
