package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.json.QemuJsonWriter;
import io.github.qmpreactive.test.internal.net.FakeChannel;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Puts answers and events on one connection. Lives on its event loop. */
final class AnswerWriter {

    private static final int LINE_END = 2;

    private final FakeChannel channel;
    private final SchemaGuard guard;
    private final boolean pretty;

    AnswerWriter(FakeChannel channel, SchemaGuard guard, boolean pretty) {
        this.channel = channel;
        this.guard = guard;
        this.pretty = pretty;
    }

    void message(JsonNode message) {
        channel.write(QemuJsonWriter.line(message, pretty));
    }

    void reply(String key, JsonNode value, @Nullable JsonNode id) {
        channel.write(line(key, value, id));
    }

    void event(EventTemplate event) {
        message(event.now());
    }

    void write(@Nullable ReceivedCommand command, @Nullable JsonNode id, Answer answer) {
        answer.before.forEach(this::event);
        byte[] reply = bytes(command, answer.echoesId ? id : answer.id, answer);
        if (reply.length > answer.truncation) {
            reply = Arrays.copyOf(reply, answer.truncation);
        }
        for (int i = 0; i < answer.copies; i++) {
            if (answer.delimited) {
                channel.write(new byte[] {(byte) 0xFF});
            }
            channel.write(reply);
        }
        answer.after.forEach(this::event);
        switch (answer.ending) {
            case GO_ON -> {}
            case CLOSE -> channel.close();
            case RESET -> channel.flushAndReset();
            case STOP_READING -> channel.read(false);
        }
    }

    private byte[] bytes(@Nullable ReceivedCommand command, @Nullable JsonNode id, Answer answer) {
        if (answer.bytes != null) {
            return answer.bytes;
        }
        if (answer.error != null) {
            return line("error", answer.error, id);
        }
        if (answer.result == null || command == null) {
            return new byte[0];
        }
        try {
            JsonNode result = Objects.requireNonNull(answer.result.apply(command), "it gave no reply");
            Answer complaint = answer.isChecked() ? guard.complaintOf(command, result) : null;
            return complaint == null ? success(result, id, answer) : bytes(command, id, complaint);
        } catch (Throwable e) {
            return bytes(command, id, guard.broken(command, e));
        }
    }

    private byte[] success(JsonNode result, @Nullable JsonNode id, Answer answer) {
        byte[] reply = line("return", result, id);
        int missing = answer.size - (reply.length - LINE_END);
        return answer.size == 0 || missing <= 0
                ? reply
                : line("return", JsonNodeFactory.instance.stringNode("x".repeat(missing)), id);
    }

    private byte[] line(String key, JsonNode value, @Nullable JsonNode id) {
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        message.set(key, value);
        if (id != null) {
            message.set("id", id);
        }
        return QemuJsonWriter.line(message, pretty);
    }
}
