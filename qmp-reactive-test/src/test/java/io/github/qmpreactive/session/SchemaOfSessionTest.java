package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.ResultTypeError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.schema.QmpSchema;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("The schema of a session")
class SchemaOfSessionTest {

    private static final String QUERY = "query-qmp-schema";
    private static final String SCHEMA = """
            [{"meta-type": "command", "name": "query-status", "arg-type": "0", "ret-type": "0"},
             {"meta-type": "object", "name": "0", "members": []}]
            """;

    private static FakeQmpServer silent() {
        return machine().when(QUERY).silent();
    }

    /** How often QEMU was asked; the round trip shows that nothing is under way. */
    private static int asked(QmpSession session, RunningFakeQmpServer server) {
        await(session.execute("query-status"));
        return server.received(QUERY).size();
    }

    private static void answer(RunningFakeQmpServer server, int number) {
        server.awaitConnection().reply(server.awaitCommand(QUERY, number), SCHEMA);
    }

    @Test
    @DisplayName("is asked for when it is subscribed to, and only once in a session")
    void once() {
        try (RunningFakeQmpServer server =
                machine().when(QUERY).reply(SCHEMA).withConcurrentClients().startTcp()) {
            QmpSession session = connect(server);
            Mono<QmpSchema> schema = session.schema();
            assertEquals(0, asked(session, server));
            QmpSchema first = await(schema);
            assertTrue(first.supports("query-status"));
            assertSame(first, await(schema));
            assertSame(first, await(session.schema()));
            assertEquals(1, asked(session, server));

            QmpSession other = connect(server);
            await(other.schema());
            assertEquals(2, asked(other, server));
            finish(session.disconnect());
            finish(other.disconnect());
        }
    }

    @Test
    @DisplayName("is asked for in one command by subscribers that come before the answer")
    void shared() {
        try (RunningFakeQmpServer server = silent().startTcp()) {
            QmpSession session = connect(server);
            CompletableFuture<QmpSchema> first = session.schema().toFuture();
            CompletableFuture<QmpSchema> second = session.schema().toFuture();
            assertEquals(1, asked(session, server));
            answer(server, 0);
            assertSame(Clients.joined(first), Clients.joined(second));
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("comes to the other subscribers when one of them cancels, the first one too")
    void oneCancels() {
        try (RunningFakeQmpServer server = silent().startTcp()) {
            QmpSession session = connect(server);
            Disposable first = session.schema().subscribe();
            CompletableFuture<QmpSchema> second = session.schema().toFuture();
            CompletableFuture<QmpSchema> third = session.schema().toFuture();
            first.dispose();
            third.cancel(true);
            answer(server, 0);
            QmpSchema schema = Clients.joined(second);
            assertSame(schema, await(session.schema()));
            assertEquals(1, asked(session, server));
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("comes to the others when one cancels twice, and when one throws")
    void rude() {
        try (CapturedLog log = CapturedLog.ofSessions();
                RunningFakeQmpServer server = silent().startTcp()) {
            QmpSession session = connect(server);
            CompletableFuture<QmpSchema> first = session.schema().toFuture();
            session.schema().subscribe(new Throwing());
            CompletableFuture<QmpSchema> last = session.schema().toFuture();
            for (int i = 0; i < 3; i++) {
                session.schema().subscribe(new CancellingTwice());
            }
            assertEquals(1, asked(session, server));
            answer(server, 0);
            QmpSchema schema = Clients.joined(first);
            assertSame(schema, Clients.joined(last));
            assertSame(schema, await(session.schema()));
            assertEquals(1, asked(session, server));
            assertTrue(
                    log.lines().stream().anyMatch(line -> line.contains("A subscriber to the schema threw")),
                    log.lines()::toString);
            finish(session.disconnect());
        }
    }

    private static final class CancellingTwice extends BaseSubscriber<QmpSchema> {

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.cancel();
            subscription.cancel();
        }
    }

    private static final class Throwing implements CoreSubscriber<QmpSchema> {

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(1);
        }

        @Override
        public void onNext(QmpSchema schema) {
            throw new IllegalStateException("expected by the test");
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onComplete() {}
    }

    @Test
    @DisplayName(
            "is not asked for when all cancel before the command is sent, and is asked for again by the next subscriber")
    void allCancel() {
        try (RunningFakeQmpServer server =
                machine().when("wait").silent().when(QUERY).silent().startTcp()) {
            QmpSession session = connect(client(server).maxInFlight(1));
            CompletableFuture<?> inFront = session.execute("wait").toFuture();
            List.of(session.schema().subscribe(), session.schema().subscribe()).forEach(Disposable::dispose);
            server.awaitConnection().reply(server.awaitCommand("wait"), "{}");
            Clients.joined(inFront);
            assertEquals(0, asked(session, server));

            CompletableFuture<QmpSchema> next = session.schema().toFuture();
            answer(server, 0);
            assertTrue(Clients.joined(next).supports("query-status"));
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("is asked for again after an error, which every subscriber that waited gets")
    void error() {
        try (RunningFakeQmpServer server = machine()
                .when(QUERY)
                .reply(SCHEMA)
                .when(QUERY)
                .times(1)
                .error("GenericError", "not now")
                .startTcp()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.schema())
                    .verifyErrorSatisfies(e -> assertEquals(
                            "not now", assertInstanceOf(ExecuteError.class, e).description()));
            assertTrue(await(session.schema()).supports("query-status"));
            assertEquals(2, asked(session, server));
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("that is no schema is an error with what was returned, and is asked for again")
    void noSchema() {
        try (RunningFakeQmpServer server = machine()
                .when(QUERY)
                .reply(SCHEMA)
                .when(QUERY)
                .times(1)
                .reply("[{\"name\": \"x\"}]")
                .startTcp()) {
            QmpSession session = connect(client(server));
            StepVerifier.create(session.schema()).verifyErrorSatisfies(e -> {
                ResultTypeError error = assertInstanceOf(ResultTypeError.class, e);
                assertEquals(
                        "[vm] What query-qmp-schema returned does not fit QmpSchema: Not what query-qmp-schema returns:"
                                + " x (entry 0) has no text as meta-type",
                        error.getMessage());
                assertEquals("x", error.result().path(0).path("name").asString());
            });
            assertTrue(await(session.schema()).supports("query-status"));
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("has the client's commandTimeout, and is asked for again after it")
    void timeout() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = silent().startTcp()) {
            QmpSession session = connect(client(server).commandTimeout(Duration.ofMinutes(1)));
            StepVerifier.create(session.schema())
                    .then(() -> server.awaitCommand(QUERY))
                    .then(() -> timers.runOut(Duration.ofMinutes(1)))
                    .expectError(ExecTimeoutError.class)
                    .verify(Clients.PATIENCE);
            CompletableFuture<QmpSchema> next = session.schema().toFuture();
            answer(server, 1);
            assertTrue(Clients.joined(next).supports("query-status"));
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("is an error if the session ends first; one that is known is emitted after the end, too")
    void end() {
        try (RunningFakeQmpServer server = silent().withConcurrentClients().startTcp()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.schema())
                    .then(() -> server.awaitCommand(QUERY))
                    .then(() -> server.awaitConnection(0).close())
                    .expectError(ExecInterruptedError.class)
                    .verify(Clients.PATIENCE);
            StepVerifier.create(session.schema()).expectError(StateError.class).verify(Clients.PATIENCE);

            QmpSession other = connect(server);
            CompletableFuture<QmpSchema> known = other.schema().toFuture();
            FakeConnection connection = server.awaitConnection(1);
            connection.reply(server.awaitCommand(QUERY, 1), SCHEMA);
            QmpSchema schema = Clients.joined(known);
            finish(other.disconnect());
            assertSame(schema, await(other.schema()));
        }
    }

    @Test
    @Tag("stress")
    @DisplayName("reaches the subscribers that stay, when others come and cancel at the moment of the answer")
    void race() {
        try (RunningFakeQmpServer server =
                machine().when(QUERY).reply(SCHEMA).withConcurrentClients().startUnix()) {
            Races.run(number -> {
                QmpSession session = connect(server);
                // Not Reactor's own subscriber, which hands a value that comes as it is cancelled to the hook.
                Disposable one = session.schema().subscribeWith(new BaseSubscriber<>() {});
                Disposable two = session.schema().subscribeWith(new BaseSubscriber<>() {});
                CompletableFuture<QmpSchema> late = new CompletableFuture<>();
                Races.together(
                        () -> {
                            one.dispose();
                            two.dispose();
                        },
                        () -> session.schema().subscribe(late::complete, late::completeExceptionally));
                assertSame(Clients.joined(late), await(session.schema()));
                finish(session.disconnect());
            });
        }
    }

    @Test
    @Tag("stress")
    @DisplayName("is asked for once by two subscribers that come at the same moment")
    void together() {
        try (RunningFakeQmpServer server =
                machine().when(QUERY).reply(SCHEMA).withConcurrentClients().startUnix()) {
            Races.run(number -> {
                QmpSession session = connect(server);
                List<CompletableFuture<QmpSchema>> both = List.of(new CompletableFuture<>(), new CompletableFuture<>());
                Races.together(() -> session.schema().subscribe(both.get(0)::complete), () -> session.schema()
                        .subscribe(both.get(1)::complete));
                assertSame(Clients.joined(both.get(0)), Clients.joined(both.get(1)));
                assertEquals(number + 1, asked(session, server));
                finish(session.disconnect());
            });
        }
    }
}
