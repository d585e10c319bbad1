package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.collect;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

@ExtendWith(LeakGuard.class)
@DisplayName("Subscribers that throw what no subscriber may throw affect no other subscriber")
class RudeSubscribersTest {

    private static final Logger LOG = (Logger) LoggerFactory.getLogger("io.github.qmpreactive.session");

    /** Each of them is logged, with what it threw. */
    @BeforeEach
    void hush() {
        LOG.setLevel(Level.OFF);
    }

    @AfterEach
    void speak() {
        LOG.setLevel(null);
    }

    /** The last two are errors of the JVM, which Reactor's own operators rethrow to the code that emits. */
    static Stream<Supplier<Throwable>> thrown() {
        return Stream.of(
                () -> new IllegalStateException("rude"),
                () -> new NoClassDefFoundError("rude"),
                () -> new StackOverflowError("rude"));
    }

    /** Throws from every signal. */
    private record Rude<T>(Supplier<Throwable> thrown) implements CoreSubscriber<T> {

        /** An operator that has ended drops an error of the JVM that this subscriber has thrown, in the name of the subscriber. */
        @Override
        public Context currentContext() {
            Consumer<Throwable> ownError =
                    error -> assertInstanceOf(thrown.get().getClass(), error);
            return Context.of("reactor.onErrorDropped.local", ownError);
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(T value) {
            Rude.<RuntimeException>sneak(thrown.get());
        }

        @Override
        public void onError(Throwable error) {
            Rude.<RuntimeException>sneak(thrown.get());
        }

        @Override
        public void onComplete() {
            Rude.<RuntimeException>sneak(thrown.get());
        }

        @SuppressWarnings("unchecked")
        private static <E extends Throwable> void sneak(Throwable thrown) throws E {
            throw (E) thrown;
        }
    }

    /** Subscribes to everything that a session has to subscribe to, with subscribers that throw. */
    private static void subscribeRudely(QmpSession session, Supplier<Throwable> thrown) {
        // Only from the next state on: this one is told at once.
        session.states().skip(1).subscribe(new Rude<>(thrown));
        session.onDisconnect().subscribe(new Rude<>(thrown));
        session.events().subscribe(new Rude<>(thrown));
        session.execute("slow").subscribe(new Rude<>(thrown));
        session.executeAndAwait("slow", "NEVER").subscribe(new Rude<>(thrown));
    }

    @ParameterizedTest
    @MethodSource("thrown")
    @DisplayName(
            "P1 P24 when the connection is lost: the subscribers after them get their end, and the socket is closed")
    void lost(Supplier<Throwable> thrown) {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startUnix()) {
            QmpSession session = connect(server);
            List<CompletableFuture<String>> ends = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                subscribeRudely(session, thrown);
                ends.add(end(session.events().then()));
                ends.add(end(session.onDisconnect()));
                ends.add(end(session.states().then().then(Mono.error(new ExpectedError()))));
                ends.add(end(session.execute("slow").then()));
                ends.add(end(session.executeAndAwait("slow", "NEVER").then()));
            }
            FakeConnection connection = server.awaitConnection();
            connection.awaitCommand("slow");
            connection.close();
            ends.forEach(end -> assertEquals("ended", joined(end)));
            finish(session.disconnect());
            assertEquals(SessionState.DISCONNECTED, session.state());
        }
    }

    private static final class ExpectedError extends RuntimeException {

        private static final long serialVersionUID = 1;
    }

    private static CompletableFuture<String> end(Mono<Void> mono) {
        return mono.thenReturn("completed")
                .onErrorResume(ConnectionLostError.class, e -> Mono.just("ended"))
                .onErrorResume(ExecInterruptedError.class, e -> Mono.just("ended"))
                .onErrorResume(ExpectedError.class, e -> Mono.just("ended"))
                .toFuture();
    }

    @ParameterizedTest
    @MethodSource("thrown")
    @DisplayName("P25 when the session is disconnected: that completes, and the server sees it")
    void disconnected(Supplier<Throwable> thrown) {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startUnix()) {
            QmpSession session = connect(server);
            subscribeRudely(session, thrown);
            server.awaitConnection().awaitCommand("slow");
            finish(session.disconnect());
            finish(session.onDisconnect());
            server.awaitConnection().awaitClosed();
        }
    }

    @ParameterizedTest
    @MethodSource("thrown")
    @DisplayName("While it goes on: other commands are answered, other subscribers get all events")
    void goesOn(Supplier<Throwable> thrown) {
        try (RunningFakeQmpServer server =
                machine().when("no-such-command").commandNotFound().startUnix()) {
            QmpSession session = connect(server);
            List<String> seen = new ArrayList<>();
            session.events().subscribe(new Rude<>(thrown));
            collect(session.events().map(QmpEvent::name), seen::add);
            session.execute("query-status").subscribe(new Rude<>(thrown));
            session.execute("no-such-command").subscribe(new Rude<>(thrown));
            server.awaitConnection().emit("A");
            server.awaitConnection().emit("B");
            await(session.execute("query-status"));
            assertEquals(List.of("A", "B"), seen);
            assertEquals(SessionState.RUNNING, session.state());
            finish(session.disconnect());
        }
    }

    @ParameterizedTest
    @MethodSource("thrown")
    @DisplayName("A predicate or a callback for lost events that throws ends its own subscription, with what it threw")
    void predicates(Supplier<Throwable> thrown) {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            List<String> seen = new ArrayList<>();
            var failed = session.events(EventOptions.all().filter(event -> {
                        Rude.<RuntimeException>sneak(thrown.get());
                        return true;
                    }))
                    .then()
                    .toFuture();
            collect(session.events().map(QmpEvent::name), seen::add);
            server.awaitConnection().emit("A");
            await(session.execute("query-status"));
            assertEquals(List.of("A"), seen);
            StepVerifier.create(Mono.fromFuture(failed))
                    .verifyErrorSatisfies(e -> assertInstanceOf(thrown.get().getClass(), e));
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("Each is in the log as an error, by what it had subscribed to, whichever signal it threw from")
    void logged() {
        try (RunningFakeQmpServer server =
                        machine().when("no-such-command").commandNotFound().startUnix();
                CapturedLog log = CapturedLog.ofSessions()) {
            QmpSession session = connect(server);
            session.events().subscribe(new Rude<>(() -> new IllegalStateException("rude")));
            session.execute("no-such-command").subscribe(new Rude<>(() -> new IllegalStateException("rude")));
            session.onDisconnect().subscribe(new Rude<>(() -> new IllegalStateException("rude")));
            // Hears of the end behind the rude one; disconnect(), subscribed last of all, may hear of it sooner.
            var ended = session.onDisconnect().toFuture();
            server.awaitConnection().emit("A");
            await(session.execute("query-status"));
            finish(session.disconnect());
            joined(ended);
            assertEquals(
                    Stream.of("a command", "events", "the end of the session")
                            .map(to -> "ERROR [vm] A subscriber to " + to
                                    + " threw from its signal handler and gets no more signals")
                            .toList(),
                    log.about("threw from").stream().sorted().toList());
        }
    }

    @Test
    @DisplayName("One that has thrown from onNext hears nothing more")
    void leftOut() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            List<String> heard = new ArrayList<>();
            session.events().subscribe(new CoreSubscriber<>() {
                @Override
                public void onSubscribe(Subscription subscription) {
                    subscription.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(QmpEvent event) {
                    heard.add(event.name());
                    throw new IllegalStateException("rude");
                }

                @Override
                public void onError(Throwable error) {
                    heard.add("error");
                }

                @Override
                public void onComplete() {
                    heard.add("end");
                }
            });
            server.awaitConnection().emit("A");
            server.awaitConnection().emit("B");
            await(session.execute("query-status"));
            finish(session.disconnect());
            assertEquals(List.of("A"), heard);
        }
    }
}
