package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@ExtendWith(LeakGuard.class)
@DisplayName("P29 What a callback does takes effect after the current signal has reached every other observer")
class CallbackEffectsTest {

    /** What a callback does with its session. */
    enum Effect {
        DISCONNECT,
        EXECUTE,
        CANCEL,
        SUBSCRIBE,
        QUIT;

        boolean endsSession() {
            return this == DISCONNECT || this == QUIT;
        }
    }

    /** The observer whose callback does something, once. */
    private static final class Actor {

        private final QmpSession session;
        private final Effect effect;
        private final List<String> lateLog = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private final Disposable.Swap subscription = Disposables.swap();
        private boolean acted;

        Actor(QmpSession session, Effect effect) {
            this.session = session;
            this.effect = effect;
        }

        void act() {
            if (acted) {
                return;
            }
            acted = true;
            switch (effect) {
                case DISCONNECT -> finishWith(session.disconnect());
                case EXECUTE -> finishWith(session.execute("query-status").then());
                case CANCEL -> {
                    subscription.dispose();
                    done.complete(null);
                }
                case SUBSCRIBE -> {
                    record(session.events().map(QmpEvent::name), lateLog);
                    session.states().subscribe();
                    session.onDisconnect().subscribe(v -> {}, e -> {});
                    done.complete(null);
                }
                case QUIT -> finishWith(session.quit());
            }
        }

        private void finishWith(Mono<Void> action) {
            action.onErrorComplete().subscribe(v -> {}, done::completeExceptionally, () -> done.complete(null));
        }
    }

    private static <T> Disposable record(Flux<T> flux, List<String> log) {
        return flux.subscribe(
                value -> log.add(String.valueOf(value)),
                error -> log.add(error.getClass().getSimpleName()),
                () -> log.add("complete"));
    }

    private static RunningFakeQmpServer server() {
        return machine()
                .when("system_powerdown")
                .reply("{}")
                .when("slow")
                .silent()
                .when("quit")
                .answer(Answer.reply("{}").thenClose())
                .startUnix();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("in onNext of an event: the others get that event, then what the callback led to")
    void event(Effect effect) {
        try (RunningFakeQmpServer server = server()) {
            QmpSession session = connect(server);
            List<String> early = new CopyOnWriteArrayList<>();
            record(session.events().map(QmpEvent::name), early);
            Actor actor = new Actor(session, effect);
            actor.subscription.update(session.events("SHUTDOWN").subscribe(e -> actor.act(), e -> {}));
            List<String> late = new CopyOnWriteArrayList<>();
            record(session.events().map(QmpEvent::name), late);
            var awaited =
                    session.executeAndAwait("system_powerdown", "SHUTDOWN").toFuture();
            server.awaitConnection().awaitCommand("system_powerdown");
            await(session.execute("query-status"));
            server.awaitConnection().emit("SHUTDOWN");
            assertEquals("SHUTDOWN", joined(awaited).name());
            joined(actor.done);
            finish(session.disconnect());
            assertEquals(List.of("SHUTDOWN", "complete"), early);
            assertEquals(List.of("SHUTDOWN", "complete"), late);
            assertEquals(effect == Effect.SUBSCRIBE ? List.of("complete") : List.of(), actor.lateLog);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("in onNext of a reply: its own subscriber gets the completion, other commands end once")
    void reply(Effect effect) {
        try (RunningFakeQmpServer server = server()) {
            QmpSession session = connect(server);
            List<String> events = new CopyOnWriteArrayList<>();
            record(session.events().map(QmpEvent::name), events);
            Actor actor = new Actor(session, effect);
            List<String> own = new CopyOnWriteArrayList<>();
            List<String> other = new CopyOnWriteArrayList<>();
            actor.subscription.update(session.execute("slow")
                    .doOnNext(v -> own.add("reply"))
                    .doOnTerminate(() -> own.add("terminated"))
                    .subscribe(v -> actor.act()));
            var ended = session.execute("slow")
                    .map(v -> "reply")
                    .onErrorResume(ExecInterruptedError.class, e -> Mono.just("interrupted"))
                    .doOnNext(other::add)
                    .toFuture();
            FakeConnection connection = server.awaitConnection();
            List<ReceivedCommand> commands = await(connection
                    .commands()
                    .filter(c -> c.name().equals("slow"))
                    .take(2)
                    .collectList());
            connection.reply(commands.get(0), "{}");
            joined(actor.done);
            if (!effect.endsSession()) {
                connection.reply(commands.get(1), "{}");
            }
            joined(ended);
            finish(session.disconnect());
            assertEquals(List.of("reply", "terminated"), own);
            assertEquals(List.of(effect.endsSession() ? "interrupted" : "reply"), other);
            assertEquals(List.of("complete"), events);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("in onNext of a state: the others get every state once, in order, and the completion")
    void state(Effect effect) {
        try (RunningFakeQmpServer server = server()) {
            QmpSession session = connect(server);
            List<String> before = new CopyOnWriteArrayList<>();
            record(session.states(), before);
            Actor actor = new Actor(session, effect);
            actor.subscription.update(session.states().skip(1).subscribe(state -> actor.act()));
            List<String> behind = new CopyOnWriteArrayList<>();
            record(session.states(), behind);
            finish(session.disconnect());
            joined(actor.done);
            List<String> all = Stream.concat(
                            Stream.of(SessionState.values()).map(SessionState::name), Stream.of("complete"))
                    .toList();
            assertEquals(all, before);
            assertEquals(all, behind);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("in onError of events: the others get the same end once, pending commands are interrupted")
    void end(Effect effect) {
        try (RunningFakeQmpServer server = server()) {
            QmpSession session = connect(server);
            List<String> before = new CopyOnWriteArrayList<>();
            record(session.events().map(QmpEvent::name), before);
            Actor actor = new Actor(session, effect);
            actor.subscription.update(session.events().subscribe(e -> {}, e -> actor.act()));
            List<String> behind = new CopyOnWriteArrayList<>();
            record(session.events().map(QmpEvent::name), behind);
            List<String> pending = new CopyOnWriteArrayList<>();
            record(session.execute("slow").flux(), pending);
            server.awaitConnection().awaitCommand("slow");
            server.awaitConnection().close();
            joined(actor.done);
            finish(session.onDisconnect().onErrorComplete());
            assertEquals(List.of("ConnectionLostError"), before);
            assertEquals(List.of("ConnectionLostError"), behind);
            assertEquals(List.of("ExecInterruptedError"), pending);
            assertEquals(effect == Effect.SUBSCRIBE ? List.of("ConnectionLostError") : List.of(), actor.lateLog);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("in onComplete of onDisconnect: the others get it once")
    void onDisconnect(Effect effect) {
        try (RunningFakeQmpServer server = server()) {
            QmpSession session = connect(server);
            List<String> before = new CopyOnWriteArrayList<>();
            record(session.onDisconnect().flux(), before);
            Actor actor = new Actor(session, effect);
            actor.subscription.update(session.onDisconnect().subscribe(v -> {}, e -> {}, actor::act));
            List<String> behind = new CopyOnWriteArrayList<>();
            CompletableFuture<Void> told = new CompletableFuture<>();
            record(session.onDisconnect().doFinally(s -> told.complete(null)).flux(), behind);
            finish(session.disconnect());
            joined(actor.done);
            joined(told);
            assertEquals(List.of("complete"), before);
            assertEquals(List.of("complete"), behind);
        }
    }

    @Test
    @DisplayName("Commands and a disconnect of one callback take effect in their order")
    void order() {
        try (RunningFakeQmpServer server = server()) {
            QmpSession session = connect(server);
            List<SessionState> states = new ArrayList<>();
            CompletableFuture<String> command = new CompletableFuture<>();
            session.events("GO").take(1).subscribe(e -> {
                session.execute("slow")
                        .map(v -> "reply")
                        .subscribe(
                                command::complete,
                                error -> command.complete(
                                        ((ExecInterruptedError) error).isWritten() ? "written" : "unwritten"));
                session.disconnect().subscribe();
                states.add(session.state());
            });
            server.awaitConnection().emit("GO");
            assertEquals("written", joined(command));
            finish(session.onDisconnect());
            server.awaitConnection().awaitCommand("slow");
            assertEquals(List.of(SessionState.RUNNING), states);
            assertTrue(!session.isRunning());
        }
    }
}
