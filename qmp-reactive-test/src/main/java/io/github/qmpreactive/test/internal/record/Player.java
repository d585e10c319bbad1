package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.net.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Replays one connection: sends what QEMU sent, with the ids that the client uses now. Lives on the fakes' event loop. */
abstract class Player {

    private final FakeConnection connection;
    private final @Nullable Supplier<Scheduler> timer;
    private final Consumer<String> problems;

    /** Of each recorded id, those that the client uses in its place, oldest first: an id may be used again. */
    private final Map<Object, Queue<Optional<JsonNode>>> ids = new HashMap<>();

    /** The timer is looked up at each wait; null for none. */
    Player(FakeConnection connection, @Nullable Supplier<Scheduler> timer, Consumer<String> problems) {
        this.connection = connection;
        this.timer = timer;
        this.problems = problems;
    }

    /** The client is connected. */
    abstract void begin();

    /** The client has sent a command. */
    abstract void onCommand(ReceivedCommand command);

    /** From now on the reply to what was recorded is one to what was received. */
    void answers(Entry.Message recorded, ReceivedCommand received) {
        ids.computeIfAbsent(recorded.id(), key -> new ArrayDeque<>()).add(received.id());
    }

    /** Does once more what QEMU did. */
    void play(Entry entry) {
        if (entry instanceof Entry.Message message) {
            send(withPresentId(message));
        } else if (entry instanceof Entry.End end && end.reset()) {
            connection.reset();
        } else {
            connection.close();
        }
    }

    /** Whether to wait between two moments of the recording. */
    boolean waits(Duration from, Duration to) {
        return timer != null && to.compareTo(from) > 0;
    }

    /** Runs a task when as much time has passed as between two moments of the recording. */
    void after(Duration from, Duration to, Runnable task) {
        if (timer != null) {
            var unused = Timers.after(timer, to.minus(from), () -> FakeLoop.run(task));
        }
    }

    /** Tells a problem of the replay, to the client too. */
    void fail(ReceivedCommand received, String problem) {
        problems.accept(problem);
        refuse(received, problem);
    }

    void refuse(ReceivedCommand received, String problem) {
        ObjectNode reply = JsonNodeFactory.instance.objectNode();
        reply.putObject("error").put("class", "GenericError").put("desc", problem);
        received.id().ifPresent(id -> reply.set("id", id));
        send(reply);
    }

    /** In the order of its members, which is that of QEMU's hash table, and not to be found out from the message. */
    private void send(ObjectNode message) {
        // A client may go earlier than the recorded one did.
        if (connection.isOpen()) {
            connection.sendText(JsonText.write(message) + "\r\n");
        }
    }

    private ObjectNode withPresentId(Entry.Message message) {
        Queue<Optional<JsonNode>> present = message.isReply() ? ids.get(message.id()) : null;
        Optional<JsonNode> id = present == null ? null : present.poll();
        if (id == null) {
            return message.json();
        }
        ObjectNode reply = message.json().deepCopy();
        reply.remove("id");
        id.ifPresent(value -> reply.set("id", value));
        return reply;
    }
}
