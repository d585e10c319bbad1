package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.internal.json.QemuJsonReader;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads the messages in what goes by in one direction of one connection. Not thread-safe. */
final class Tap {

    /** Each message of a server has one of these. */
    private static final Set<String> MEMBERS = Set.of("QMP", "return", "error", "event");

    private static final String PARSE_ERROR = "JSON parse error";

    private final Supplier<Duration> clock;
    private final int connection;
    private final boolean isServer;
    private final SecretReplies replies;
    private final List<Entry> entries = new ArrayList<>();
    private final QemuJsonReader reader = new QemuJsonReader(
            new QemuJsonReader.Sink() {
                @Override
                public void onValue(JsonNode value) {
                    entries.add(message(value));
                }

                @Override
                public void onError(String description) {
                    // Its words quote what was read, which may be a secret.
                    entries.add(entry("unreadable", JsonNodeFactory.instance.stringNode(PARSE_ERROR)));
                }
            },
            false);

    Tap(Supplier<Duration> clock, int connection, boolean isServer, SecretReplies replies) {
        this.replies = replies;
        this.clock = clock;
        this.connection = connection;
        this.isServer = isServer;
    }

    /** The messages that are complete with these bytes. */
    List<Entry> read(byte[] bytes) {
        reader.feed(Unpooled.wrappedBuffer(bytes));
        List<Entry> read = List.copyOf(entries);
        entries.clear();
        return read;
    }

    Entry end(boolean reset) {
        return entry("end", JsonNodeFactory.instance.stringNode(reset ? "reset" : "closed"));
    }

    private Entry message(JsonNode value) {
        if (!(value instanceof ObjectNode message)) {
            return entry("unreadable", JsonNodeFactory.instance.stringNode("JSON, but no object"));
        }
        if (isServer && MEMBERS.stream().noneMatch(message::has)) {
            return entry("unreadable", JsonNodeFactory.instance.stringNode("JSON, but no message"));
        }
        if (message.path("error").path("desc").asString("").startsWith(PARSE_ERROR)) {
            ((ObjectNode) message.path("error")).put("desc", PARSE_ERROR);
        }
        List<String> hidden = (isServer ? replies.answered(message) : replies.asked(message)).hideIn(message);
        return entry("message", message).hiding(hidden);
    }

    private Entry entry(String what, JsonNode value) {
        return Entry.of(clock.get(), connection, isServer, what, value);
    }
}
