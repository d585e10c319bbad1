package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ResultTypeError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

@ExtendWith(LeakGuard.class)
@DisplayName("Every Mono ends, whatever is thrown on the way")
class EveryMonoEndsTest {

    private static Supplier<Throwable> thrown = () -> new IllegalStateException("not set");

    private final CapturedLog log = CapturedLog.ofSessions();

    @BeforeEach
    @AfterEach
    void quiet() {
        thrown = () -> new IllegalStateException("not set");
    }

    @AfterEach
    void speak() {
        log.close();
    }

    private record Recursive(@Nullable Recursive a) {}

    private record Throwing(int a) {

        @JsonCreator
        static Throwing of(JsonNode json) {
            throw EveryMonoEndsTest.<RuntimeException>sneak(thrown.get());
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E sneak(Throwable error) throws E {
        throw (E) error;
    }

    private static String nested(int levels) {
        return "{\"a\":".repeat(levels) + "null" + "}".repeat(levels);
    }

    @Test
    @DisplayName(
            "A reply of 2,000 levels for a record that holds itself is converted or errors, and the session goes on")
    void recursive() {
        try (RunningFakeQmpServer server = machine().when("deep").silent().startUnix()) {
            QmpSession session = connect(client(server).commandTimeout(Clients.PATIENCE));
            var ended = session.execute(QmpCommand.of("deep"), Recursive.class)
                    .map(value -> "converted")
                    .onErrorResume(ResultTypeError.class, e -> Mono.just("error"))
                    .toFuture();
            reply(server, nested(2000));
            String end = Clients.joined(ended);
            assertTrue("converted".equals(end) || "error".equals(end), end);
            await(session.execute("query-status"));
            finish(session.disconnect());
        }
    }

    static Stream<Throwable> conversions() {
        return Stream.of(
                new IllegalStateException("x"),
                new StackOverflowError("x"),
                new NoClassDefFoundError("x"),
                new AssertionError("x"),
                new IOException("x"));
    }

    @ParameterizedTest
    @MethodSource("conversions")
    @DisplayName("What a user's class throws while it is made is a ResultTypeError of its command")
    void conversion(Throwable error) {
        thrown = () -> error;
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.execute(QmpCommand.of("query-status"), Throwing.class))
                    .verifyError(ResultTypeError.class);
            await(session.execute("query-status"));
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("An OutOfMemoryError while a reply is converted ends the command as it is, and the session")
    void outOfMemory() {
        OutOfMemoryError error = new OutOfMemoryError("made up");
        thrown = () -> error;
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.execute(QmpCommand.of("query-status"), Throwing.class))
                    .verifyErrorSatisfies(e -> assertSame(error, e));
            StepVerifier.create(session.onDisconnect())
                    .verifyErrorSatisfies(e -> assertSame(
                            error,
                            assertInstanceOf(ConnectionLostError.class, e).getCause()));
        }
    }

    @ParameterizedTest
    @MethodSource("conversions")
    @DisplayName("What a user's operator behind a command throws ends that Mono, errors of the JVM too")
    void operator(Throwable error) {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.execute("query-status")
                            .map(reply -> EveryMonoEndsTest.<RuntimeException>sneak(error)))
                    .verifyErrorSatisfies(e -> assertSame(error, Exceptions.unwrap(e)));
            await(session.execute("query-status"));
            finish(session.disconnect());
        }
    }

    static Stream<Function<QmpSession, Mono<?>>> otherSignals() {
        return Stream.of(
                session -> session.execute("none").onErrorResume(e -> {
                    throw new NoClassDefFoundError("x");
                }),
                session -> session.execute("query-status").doOnSubscribe(subscription -> {
                    throw new NoClassDefFoundError("x");
                }),
                session -> session.events()
                        .doOnSubscribe(subscription -> {
                            throw new NoClassDefFoundError("x");
                        })
                        .then(),
                session -> session.disconnect().then(Mono.defer(() -> {
                    throw new NoClassDefFoundError("x");
                })));
    }

    @ParameterizedTest
    @MethodSource("otherSignals")
    @DisplayName(
            "What a user's operator throws from onSubscribe, onError or onComplete ends that Mono, errors of the JVM too")
    void otherSignal(Function<QmpSession, Mono<?>> work) {
        try (RunningFakeQmpServer server =
                machine().when("none").commandNotFound().startUnix()) {
            QmpSession session = connect(server);
            assertThrows(NoClassDefFoundError.class, () -> work.apply(session).block(Clients.PATIENCE));
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName(
            "C27 a reply whose id is 4,000 levels deep is dropped, one of 1,000 levels is matched; the session goes on")
    void deepIds() {
        try (RunningFakeQmpServer server = machine().when("x").silent().startUnix()) {
            QmpSession session = connect(server);
            var reply = session.raw("{\"execute\": \"x\", \"id\": " + nested(1000) + "}", IdPolicy.KEEP)
                    .toFuture();
            FakeConnection connection = server.awaitConnection();
            connection.awaitCommand("x");
            connection.sendText("{\"return\": 1, \"id\": " + "[".repeat(4000) + "]".repeat(4000) + "}");
            connection.sendText("{\"return\": 2, \"id\": " + nested(1000) + "}");
            assertEquals(2, Clients.joined(reply).path("return").intValue());
            assertEquals(SessionState.RUNNING, session.state());
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("P27 what was read can be printed, however deep it is")
    void printed() {
        String deep = "[".repeat(4000) + "]".repeat(4000);
        try (RunningFakeQmpServer server = machine().when("deep").silent().startUnix()) {
            QmpSession session = connect(server);
            var reply = session.execute("deep").toFuture();
            reply(server, deep);
            assertEquals(deep, Clients.joined(reply).toString());
            var event = session.events("X").next().toFuture();
            server.awaitConnection().sendText("{\"event\": \"X\", \"data\": " + nested(2000) + "}\r\n");
            assertTrue(Clients.joined(event).toString().contains(nested(2000)));
            finish(session.disconnect());
        }
    }

    /** As text: the fake cannot write what is so deep. */
    private static void reply(RunningFakeQmpServer server, String text) {
        FakeConnection connection = server.awaitConnection();
        JsonNode id = connection.awaitCommand("deep").raw().path("id");
        connection.sendText("{\"return\": " + text + ", \"id\": " + id + "}\r\n");
    }
}
