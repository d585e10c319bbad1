package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.internal.codec.Secrets;
import io.github.qmpreactive.test.internal.json.QemuJsonReader;
import io.github.qmpreactive.test.internal.record.Entry.Mark;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the messages in what goes by in one direction of one connection. Not thread-safe. */
final class Tap {

    private final Supplier<Duration> clock;
    private final int connection;
    private final Direction direction;
    private final SecretReplies replies;
    private final List<Entry> entries = new ArrayList<>();
    private final QemuJsonReader reader = new QemuJsonReader(
            new QemuJsonReader.Sink() {
                @Override
                public void onValue(JsonNode value) {
                    entries.add(entry(value));
                }

                @Override
                public void onError(String description) {
                    entries.add(new Entry.Unreadable(mark(), description));
                }
            },
            false);

    Tap(Supplier<Duration> clock, int connection, Direction direction, SecretReplies replies) {
        this.replies = replies;
        this.clock = clock;
        this.connection = connection;
        this.direction = direction;
    }

    /** The messages that are complete with these bytes. */
    List<Entry> read(byte[] bytes) {
        reader.feed(Unpooled.wrappedBuffer(bytes));
        List<Entry> read = List.copyOf(entries);
        entries.clear();
        return read;
    }

    Entry end(boolean reset) {
        return new Entry.End(mark(), reset);
    }

    private Entry entry(JsonNode value) {
        return value instanceof ObjectNode message
                ? new Entry.Message(mark(), message, secretsOf(message).hideIn(message))
                : new Entry.Unreadable(mark(), "JSON, but no object");
    }

    private Secrets secretsOf(ObjectNode message) {
        return direction == Direction.CLIENT ? replies.asked(message) : replies.answered(message);
    }

    private Mark mark() {
        return new Mark(clock.get(), connection, direction, 0);
    }
}
