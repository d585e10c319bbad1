package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.internal.codec.MessageId;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.internal.json.JsonText;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Sends what QEMU sent, with the ids that the client uses now. */
final class Replayed {

    private final FakeConnection connection;

    /** Of each recorded id, those that the client uses in its place, oldest first: an id may be used again. */
    private final Map<Object, Queue<Optional<JsonNode>>> ids = new HashMap<>();

    Replayed(FakeConnection connection) {
        this.connection = connection;
    }

    /** From now on the reply to what was recorded is one to what was received. */
    void answers(ObjectNode recorded, ReceivedCommand received) {
        ids.computeIfAbsent(keyOf(recorded.get("id")), key -> new ArrayDeque<>())
                .add(received.id());
    }

    /** Does once more what QEMU did. */
    void play(Entry entry) {
        if (entry instanceof Entry.Message message) {
            send(withPresentId(message.json()));
        } else if (entry instanceof Entry.End end && end.reset()) {
            ifOpen(connection::reset);
        } else {
            connection.close();
        }
    }

    /** Answers with an error that says what is wrong with the replay. */
    void refuse(ReceivedCommand received, String problem) {
        ObjectNode reply = JsonNodeFactory.instance.objectNode();
        reply.putObject("error").put("class", "GenericError").put("desc", problem);
        received.id().ifPresent(id -> reply.set("id", id));
        send(reply);
    }

    /** In the order of its members, which is that of QEMU's hash table, and not to be found out from the message. */
    private void send(ObjectNode message) {
        String text = JsonText.write(message) + "\r\n";
        ifOpen(() -> connection.sendText(text));
    }

    /** A client may go earlier than the recorded one did, and then there is no client to play to. */
    private void ifOpen(Runnable task) {
        try {
            task.run();
        } catch (IllegalStateException e) {
            if (connection.isOpen()) {
                throw e;
            }
        }
    }

    static boolean isReply(ObjectNode message) {
        return message.has("return") || message.has("error");
    }

    /** An id as a value. */
    static Object keyOf(@Nullable JsonNode id) {
        if (id == null) {
            return Optional.empty();
        }
        // QEMU gives 1.0 back as 1.
        return id.isNumber()
                ? id.decimalValue().stripTrailingZeros()
                : Objects.requireNonNullElse(MessageId.keyOf(id), id);
    }

    private ObjectNode withPresentId(ObjectNode message) {
        Queue<Optional<JsonNode>> present = isReply(message) ? ids.get(keyOf(message.get("id"))) : null;
        Optional<JsonNode> id = present == null ? null : present.poll();
        if (id == null) {
            return message;
        }
        ObjectNode reply = message.deepCopy();
        reply.remove("id");
        id.ifPresent(value -> reply.set("id", value));
        return reply;
    }
}
