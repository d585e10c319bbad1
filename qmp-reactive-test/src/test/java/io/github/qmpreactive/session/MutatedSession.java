package io.github.qmpreactive.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.IdPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One session from the greeting to the end, with a server that answers all commands, and damage to what it sends. It runs on one
 * thread: what waits for a timer waits in virtual time, and what blocks that thread exceeds the limit of its caller.
 */
final class MutatedSession {

    private static final JsonMapper JACKSON = JsonMapper.shared();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int LIMIT = 4096;

    /**
     * In virtual time: the time after the connection is closed within which everything ends. It is less than the timeout of
     * commands, which therefore cannot be what ends them.
     */
    private static final Duration END = Duration.ofSeconds(2);

    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(5);

    /** What no QEMU sends. */
    private static final List<String> ODDITIES = List.of(
            "{}",
            "{\"event\": 5}",
            "{\"event\": {}, \"data\": 1}",
            "{\"event\": \"E0\", \"timestamp\": {\"seconds\": 1e400, \"microseconds\": -1}}",
            "{\"event\": \"E0\", \"data\": \"" + "x".repeat(LIMIT) + "\"}",
            "{\"return\": 1}",
            "{\"return\": 1, \"id\": [{}]}",
            "{\"id\": null, \"error\": 5}",
            "{\"error\": {\"class\": 1, \"desc\": []}, \"id\": 18446744073709551616}",
            "{\"QMP\": 1}",
            "{\"timestamp\": []}");

    /** What many sessions have come to: a test in which nothing works, or nothing fails, shows nothing. */
    static final class Tally {

        int opened;
        int exact;
        int failed;

        @Override
        public String toString() {
            return opened + " sessions, " + exact + " replies as expected, " + failed + " errors";
        }
    }

    private final EmbeddedConnection peer = new EmbeddedConnection();
    private final Random random;
    private final VirtualTimeScheduler time;
    private final Tally tally;
    private final List<CompletableFuture<?>> all = new ArrayList<>();

    /** What a command has to come to, by the name of its own that it has as an argument. */
    private final Map<Integer, CompletableFuture<?>> calls = new HashMap<>();

    /** Those that wait for an event, which does not come. */
    private final Set<Integer> waiting = new HashSet<>();

    /** Whether everything has been as it should be so far. */
    private boolean sound = true;

    MutatedSession(Random random, VirtualTimeScheduler time, Tally tally) {
        this.random = random;
        this.time = time;
        this.tally = tally;
    }

    void run() {
        var opening = add(Mono.fromFuture(peer.connect(client())));
        send(new Script().add(Dialer.GREETING), 8);
        answer(8);
        if (opening.isDone() && !opening.isCompletedExceptionally()) {
            tally.opened++;
            use(opening.join());
        } else {
            assertFalse(sound, "the session was not opened");
            peer.channel.close();
        }
        peer.channel.runPendingTasks();
        time.advanceTimeBy(END);
        peer.channel.runPendingTasks();
        peer.sent();
        all.forEach(this::assertEnded);
        assertTrue(peer.hasAllBack(), "a buffer was kept");
    }

    private QmpClient client() {
        QmpClient client = QmpClient.create().name("vm").maxMessageSize(LIMIT).maxInFlight(1 + random.nextInt(8));
        return random.nextBoolean() ? client : client.commandTimeout(COMMAND_TIMEOUT);
    }

    private <T> CompletableFuture<T> add(Mono<T> mono) {
        CompletableFuture<T> future = mono.toFuture();
        all.add(future);
        return future;
    }

    private void use(QmpSession session) {
        add(session.onDisconnect());
        add(session.states().then());
        add(session.events().then());
        add(session.events(EventOptions.all().bufferSize(1)).limitRate(1).then());
        for (int round = 1 + random.nextInt(3); round > 0; round--) {
            for (int i = random.nextInt(6); i > 0; i--) {
                call(session, calls.size());
            }
            while (answer(2)) {
                peer.channel.runPendingTasks();
            }
        }
        if (sound) {
            assertEquals(SessionState.RUNNING, session.state());
        }
        end(session);
    }

    private void call(QmpSession session, int number) {
        QmpCommand command = QmpCommand.of("x").arguments(Map.of("n", number));
        int kind = random.nextInt(5);
        Mono<?> call =
                switch (kind) {
                    case 0 -> session.raw(message(number), IdPolicy.ASSIGN).map(reply -> reply.path("return"));
                    case 1 -> session.execute(command, JsonNode.class);
                    case 2 -> session.executeAndAwait(command, event -> false);
                    default -> session.execute(command);
                };
        calls.put(number, add(call));
        if (kind == 2) {
            waiting.add(number);
        }
    }

    private static ObjectNode message(int number) {
        ObjectNode message = NODES.objectNode().put("execute", "x");
        message.putObject("arguments").put("n", number);
        return message;
    }

    /** Answers what was sent. Returns whether there was something. */
    private boolean answer(int oneIn) {
        Script script = new Script();
        for (String line : peer.sent().lines().toList()) {
            JsonNode command = JACKSON.readTree(line);
            for (int i = random.nextInt(3); i > 0; i--) {
                script.add(event());
            }
            if (random.nextInt(20) == 0) {
                script.addOddity();
            }
            script.reply(command.path("id"), command.path("arguments").path("n").asInt(-1));
        }
        boolean any = script.bytes.length > 0;
        send(script, oneIn);
        return any;
    }

    private String event() {
        String name = random.nextInt(40) == 0 ? "SHUTDOWN" : "E" + random.nextInt(3);
        return "{\"timestamp\": {\"seconds\": 1763900000, \"microseconds\": " + random.nextInt(1_000_000)
                + "}, \"event\": \"" + name + "\", \"data\": " + value() + "}\r\n";
    }

    private JsonNode value() {
        return switch (random.nextInt(6)) {
            case 0 -> NODES.objectNode();
            case 1 -> NODES.numberNode(random.nextLong());
            case 2 -> NODES.stringNode("é\n\\\"" + (char) random.nextInt(0xD800));
            case 3 -> NODES.arrayNode().add(true).addNull().add(value());
            case 4 -> NODES.objectNode().put("", 1.5).set("id", value());
            default -> NODES.objectNode().put("status", "x".repeat(random.nextInt(100)));
        };
    }

    /** Sends it in pieces, damaged if chance will have it so. */
    private void send(Script script, int damagedOneIn) {
        byte[] bytes = script.bytes;
        int intact = Math.min(bytes.length, script.oddFrom);
        if (bytes.length > 0 && random.nextInt(damagedOneIn) == 0) {
            Damage damage = Damage.to(bytes, random);
            bytes = damage.bytes();
            intact = Math.min(intact, damage.intact());
        }
        boolean before = sound;
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(1 << random.nextInt(12)));
            peer.receive(Arrays.copyOfRange(bytes, from, to));
            from = to;
        }
        if (before) {
            for (Expected expected : script.expected) {
                if (expected.end <= intact) {
                    check(expected);
                }
            }
        }
        sound = before && intact == script.bytes.length && bytes.length == intact;
    }

    private void check(Expected expected) {
        CompletableFuture<?> call = calls.get(expected.call);
        if (call == null || (waiting.contains(expected.call) && expected.value != null)) {
            // The negotiation, or one that has succeeded and waits for its event.
            return;
        }
        assertTrue(call.isDone(), () -> "not answered: " + expected);
        tally.exact++;
        if (expected.value == null) {
            // A raw command has the error as its reply.
            assertEquals(
                    call.isCompletedExceptionally() ? ExecuteError.class : MissingNode.class,
                    call.handle((reply, error) -> error == null ? reply : error)
                            .join()
                            .getClass());
        } else {
            assertEquals(expected.value, call.join(), () -> "the reply to " + expected.call);
        }
    }

    private void end(QmpSession session) {
        switch (random.nextInt(4)) {
            case 0 -> peer.channel.pipeline().fireExceptionCaught(new IOException("reset"));
            case 1 -> add(session.disconnect());
            default -> peer.channel.close();
        }
        peer.channel.runPendingTasks();
        peer.channel.close();
    }

    private void assertEnded(CompletableFuture<?> future) {
        assertTrue(future.isDone(), "there is no end of number " + all.indexOf(future));
        if (future.isCompletedExceptionally()) {
            tally.failed++;
            assertKnown(failure(future));
        }
    }

    /** An error that says what the server did. What the client did not expect is wrapped in errors of the library, too. */
    private static void assertKnown(Throwable error) {
        assertTrue(error instanceof QmpError, () -> "an error of another kind: " + error);
        Throwable cause = error.getCause();
        boolean fault = error instanceof ConnectionLostError && cause != null && !(cause instanceof IOException)
                || error instanceof BadReplyError && cause != null && !(cause instanceof QmpError);
        if (fault) {
            throw new AssertionError("the client has failed in itself", error);
        }
        if (cause instanceof QmpError) {
            assertKnown(cause);
        }
    }

    private static Throwable failure(CompletableFuture<?> future) {
        try {
            throw new AssertionError("it has succeeded: " + future.join());
        } catch (CompletionException e) {
            return e.getCause();
        }
    }

    private record Expected(int call, @Nullable JsonNode value, int end) {}

    /** What the server means to send. */
    private final class Script {

        private byte[] bytes = {};
        private final List<Expected> expected = new ArrayList<>();
        private int oddFrom = Integer.MAX_VALUE;

        Script add(String text) {
            byte[] more = text.getBytes(StandardCharsets.UTF_8);
            int before = bytes.length;
            bytes = Arrays.copyOf(bytes, before + more.length);
            System.arraycopy(more, 0, bytes, before, more.length);
            return this;
        }

        void addOddity() {
            oddFrom = Math.min(oddFrom, bytes.length);
            add(ODDITIES.get(random.nextInt(ODDITIES.size())));
        }

        void reply(JsonNode id, int call) {
            JsonNode value = random.nextInt(6) == 0 && call >= 0 ? null : value();
            ObjectNode reply = NODES.objectNode();
            if (value == null) {
                reply.putObject("error").put("class", "GenericError").put("desc", "no");
            } else {
                reply.set("return", value);
            }
            add(
                    random.nextBoolean()
                            ? reply.set("id", id).toString()
                            : reply.set("id", id).toPrettyString());
            expected.add(new Expected(call, value == null ? null : JACKSON.readTree(value.toString()), bytes.length));
            add("\r\n");
        }
    }
}
