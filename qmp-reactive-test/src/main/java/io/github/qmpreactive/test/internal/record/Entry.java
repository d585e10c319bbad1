package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.internal.net.FakeChannel;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One line of a recording: a message, something unreadable, or the end of a connection.
 *
 * @param json as it is in the file
 * @param line of the file; 0 while it is not in one
 */
public record Entry(ObjectNode json, int line) {

    private static final String SERVER = "server";
    private static final String HIDDEN = "hidden";

    /**
     * Something that happens now.
     *
     * @param time since the recording began
     * @param connection the number of the connection, from 0
     * @param isServer whether QEMU does it, or the client
     * @param what {@code message}, {@code unreadable} or {@code end}
     */
    static Entry of(Duration time, int connection, boolean isServer, String what, JsonNode value) {
        ObjectNode json = at(time).put("connection", connection).put("direction", isServer ? SERVER : "client");
        json.set(what, value);
        return new Entry(json, 0);
    }

    /** The beginning of a line: the time in seconds. */
    static ObjectNode at(Duration time) {
        return JsonNodeFactory.instance.objectNode().put("time", BigDecimal.valueOf(time.toNanos() / 1000, 6));
    }

    /** Of a message, whose secrets were replaced at these places. */
    Entry hiding(List<String> pointers) {
        if (!pointers.isEmpty()) {
            ArrayNode hidden = json.putArray(HIDDEN);
            pointers.forEach(hidden::add);
        }
        return this;
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if it is no line of a recording; says what one is
     */
    static Entry read(JsonNode json, int line) {
        Set<String> directions = Set.of("client", SERVER);
        Set<String> ends = Set.of("closed", "reset");
        boolean isPlaced = json.path("time").isNumber()
                && json.path("connection").asInt(-1) >= 0
                && directions.contains(json.path("direction").asString(""));
        boolean happens = json.path("message").isObject()
                || json.path("unreadable").isString()
                || ends.contains(json.path("end").asString(""));
        if (!isPlaced || !happens || !(json instanceof ObjectNode object)) {
            throw new IllegalArgumentException(
                    "a line has a 'time', a 'connection', a 'direction' (\"client\" or \"server\"), and a 'message' (a JSON"
                            + " object), an 'end' (\"closed\" or \"reset\"), or what was 'unreadable'");
        }
        return new Entry(object, line);
    }

    Duration time() {
        return Duration.ofNanos(
                json.path("time").decimalValue().movePointRight(9).longValue());
    }

    int connection() {
        return json.path("connection").intValue();
    }

    public boolean isServer() {
        return json.path("direction").asString("").equals(SERVER);
    }

    /** The message; null if it is none. */
    public @Nullable ObjectNode message() {
        return json.get("message") instanceof ObjectNode message ? message : null;
    }

    /** Why it is no JSON object; null if it is one, or the end of the connection. */
    public @Nullable String unreadable() {
        return json.path("unreadable").stringValue(null);
    }

    Consumer<FakeChannel> ending() {
        return json.path("end").asString("").equals("reset") ? FakeChannel::flushAndReset : FakeChannel::close;
    }

    /** Where secrets were in the message, as JSON pointers. */
    List<String> hidden() {
        return json.path(HIDDEN)
                .valueStream()
                .map(pointer -> pointer.asString(""))
                .toList();
    }

    boolean isReply() {
        ObjectNode message = message();
        return message != null && (message.has("return") || message.has("error"));
    }

    /** The id of the message; missing if it has none. */
    JsonNode id() {
        return json.path("message").path("id");
    }
}
