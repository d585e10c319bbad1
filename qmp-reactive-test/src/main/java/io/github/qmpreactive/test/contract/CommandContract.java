package io.github.qmpreactive.test.contract;

import static io.github.qmpreactive.test.internal.junit.Waiting.PATIENCE;
import static io.github.qmpreactive.test.internal.junit.Waiting.await;
import static io.github.qmpreactive.test.internal.junit.Waiting.failure;
import static io.github.qmpreactive.test.internal.junit.Waiting.inSession;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.option.IdPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The part of {@link QmpSessionContract} that is about commands and their replies. */
public interface CommandContract extends SessionUnderTest {

    /** How long a command may take that the server cannot answer. */
    private static Duration shortTimeout() {
        return Duration.ofMillis(300);
    }

    /** A command that the server does not know is an error of its own, with the class that the server gives it. */
    @Test
    @DisplayName("A command that does not exist is an ExecuteError with its class, and the session goes on")
    default void unknownCommand() {
        inSession(open(client()), session -> {
            ExecuteError error = failure(ExecuteError.class, session.execute("no-such-command"));
            assertEquals("CommandNotFound", error.errorClass());
            assertTrue(error.description().contains("no-such-command"), error::description);
            await(session.execute(query()));
        });
    }

    /** Each of many commands that are under way together has its own answer. */
    @Test
    @DisplayName("500 commands at once have each its own answer, in band and out of band, successes and errors")
    default void ownAnswers() {
        inSession(open(client()), session -> {
            boolean oob = session.capabilities().contains("oob") && outOfBand().isPresent();
            List<Integer> answered = Flux.range(0, 500)
                    .flatMap(n -> answer(session, n, oob), 500)
                    .sort()
                    .collectList()
                    .block(PATIENCE);
            assertEquals(IntStream.range(0, 500).boxed().toList(), answered);
        });
    }

    private Mono<Integer> answer(QmpSession session, int n, boolean oob) {
        if (n % 3 == 0) {
            return session.execute("no-such-command-" + n + "-")
                    .thenReturn(-1)
                    .onErrorResume(
                            ExecuteError.class,
                            e -> Mono.just(e.description().contains("no-such-command-" + n + "-") ? n : -1));
        }
        return session.execute(oob && n % 3 == 1 ? outOfBand().orElseThrow().oob() : query())
                .thenReturn(n);
    }

    /** Replies in band come in the order of their commands. */
    @Test
    @DisplayName("Replies in band come in the order of their commands")
    default void inOrder() {
        inSession(open(client()), session -> {
            List<Integer> order = Flux.range(0, 200)
                    .flatMap(n -> session.execute(query()).thenReturn(n), 200)
                    .collectList()
                    .block(PATIENCE);
            assertEquals(IntStream.range(0, 200).boxed().toList(), order);
        });
    }

    /** At most {@code maxInFlight} commands in band are written and unanswered; the others wait, unwritten. */
    @Test
    @DisplayName("No more commands are written than the window has room for, and the session outlives their time limit")
    default void window() {
        inSession(open(client().maxInFlight(3).commandTimeout(shortTimeout())), session -> {
            answersAgain(session);
            suspend();
            List<CompletableFuture<JsonNode>> commands = Stream.generate(
                            () -> session.execute(query()).toFuture())
                    .limit(8)
                    .toList();
            List<Boolean> written = new ArrayList<>();
            for (CompletableFuture<JsonNode> command : commands) {
                written.add(failure(ExecTimeoutError.class, command).isWritten());
            }
            assertEquals(List.of(true, true, true, false, false, false, false, false), written);
            resume();
            answersAgain(session);
        });
    }

    /** Cancelled after it was written, a command is answered nevertheless, and that answer reaches no other command. */
    @Test
    @DisplayName(
            "The answer to a command that was cancelled after it was written is dropped, and disturbs no other command")
    default void cancelledAfter() {
        inSession(open(client().commandTimeout(shortTimeout())), session -> {
            answersAgain(session);
            suspend();
            List<Disposable> cancelled = Stream.generate(
                            // Its time limit may pass while it is cancelled, and a late error is no failure.
                            () -> session.execute("no-such-command")
                                    .onErrorComplete()
                                    .subscribe())
                    .limit(3)
                    .toList();
            // It is behind them, so what it says of itself is true of them.
            assertTrue(failure(ExecTimeoutError.class, session.execute(query())).isWritten());
            cancelled.forEach(Disposable::dispose);
            resume();
            answersAgain(session);
            assertEquals(
                    20L, Flux.range(0, 20).flatMap(n -> inTime(session)).count().block(PATIENCE));
        });
    }

    private void answersAgain(QmpSession session) {
        await(inTime(session));
    }

    /** Commands have little time in these tests: a server that wakes up, or a busy machine, may need more than one. */
    private Mono<JsonNode> inTime(QmpSession session) {
        return session.execute(query()).retryWhen(Retry.indefinitely().filter(ExecTimeoutError.class::isInstance));
    }

    /** An id of a raw message comes back equal in value, whatever its type. */
    @Test
    @DisplayName("A raw message keeps its id, of whichever type, and its reply is handed over as it came")
    default void rawIds() {
        List<String> ids = List.of(
                "\"text\"",
                "0",
                "-9223372036854775808",
                "18446744073709551615",
                "true",
                "null",
                "[]",
                "[1, [\"\u00e4\"], null]",
                "{\"b\": 1, \"a\": [false]}");
        inSession(open(client()), session -> {
            for (String id : ids) {
                ObjectNode message = query().json();
                JsonNode value = JsonMapper.shared().readTree(id);
                message.set("id", value);
                ObjectNode reply = await(session.raw(message, IdPolicy.KEEP));
                assertEquals(value, reply.get("id"));
                assertTrue(reply.has("return"), reply::toString);
            }
        });
    }

    /** A raw message may go without an id, or be given one; an error reply is a value. */
    @Test
    @DisplayName("A raw message goes without an id if it has none, or is given one; an error reply is handed over")
    default void raw() {
        inSession(open(client()), session -> {
            ObjectNode without = await(session.raw(query().json(), IdPolicy.KEEP));
            assertFalse(without.has("id"), without::toString);
            ObjectNode message = query().json().put("id", 5);
            ObjectNode assigned = await(session.raw(message, IdPolicy.ASSIGN));
            assertTrue(assigned.path("id").asString("").startsWith("#"), assigned::toString);
            assertEquals(5, message.path("id").intValue());
            ObjectNode error = await(session.raw("{\"execute\": \"no-such-command\"}", IdPolicy.ASSIGN));
            assertEquals("CommandNotFound", error.path("error").path("class").stringValue());
        });
    }

    /** Out of band commands are answered where {@code oob} is offered; the server says which it does not take. */
    @Test
    @DisplayName("Out of band, where it is offered: the command is answered; one that must not be is an ExecuteError")
    default void outOfBandCommands() {
        assumeTrue(outOfBand().isPresent(), "this server has no command that can be run out of band");
        inSession(open(client()), session -> {
            assumeTrue(session.capabilities().contains("oob"), "this server does not offer oob");
            await(session.execute(outOfBand().orElseThrow().oob()));
            failure(ExecuteError.class, session.execute(query().oob()));
            await(session.execute(query()));
        });
    }
}
