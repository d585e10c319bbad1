package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.internal.codec.Secrets;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.record.Entry.Mark;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The lines of a recording: a header, the entries, and a last one that says that nothing is missing. */
final class RecordingFormat {

    private static final String NAME = "qmp-recording";
    private static final int VERSION = 1;

    private RecordingFormat() {}

    static String header(Instant now) {
        return JsonText.write(JsonNodeFactory.instance
                .objectNode()
                .put("format", NAME)
                .put("version", VERSION)
                .put("recorded", now.truncatedTo(ChronoUnit.SECONDS).toString())
                .put("secrets", Secrets.HIDDEN));
    }

    static String complete(Duration time) {
        return JsonText.write(object(time).put("complete", true));
    }

    static String line(Entry entry) {
        Mark mark = entry.mark();
        ObjectNode line = object(mark.time())
                .put("connection", mark.connection())
                .put("direction", mark.direction().text());
        if (entry instanceof Entry.Message message) {
            line.set("message", message.json());
            if (!message.hidden().isEmpty()) {
                ArrayNode hidden = line.putArray("hidden");
                message.hidden().forEach(hidden::add);
            }
        } else if (entry instanceof Entry.Unreadable unreadable) {
            line.put("unreadable", unreadable.problem());
        } else if (entry instanceof Entry.End end) {
            line.put("end", end.reset() ? "reset" : "closed");
        }
        return JsonText.write(line);
    }

    /** Reads the first line. */
    static void readHeader(String text) {
        JsonNode header = JsonText.read(text);
        check(
                NAME.equals(header.path("format").asString("")),
                "this is no recording: the first line has to be " + "{\"format\":\"" + NAME + "\",\"version\":"
                        + VERSION + ", ...}");
        JsonNode version = header.path("version");
        check(
                version.isInt() && version.intValue() == VERSION,
                "the format is of version " + version + ", but this test kit reads version " + VERSION
                        + "; record it anew");
    }

    /** Reads another line; empty if it is the last one, which says that nothing is missing. */
    static Optional<Entry> readLine(String text, int number) {
        JsonNode line = JsonText.read(text);
        check(line.isObject(), "a line has to be a JSON object");
        if (line.path("complete").booleanValue(false)) {
            return Optional.empty();
        }
        JsonNode time = line.path("time");
        check(time.isNumber() && time.decimalValue().signum() >= 0, "'time' has to be a number of seconds");
        JsonNode connection = line.path("connection");
        check(connection.isInt() && connection.intValue() >= 0, "'connection' has to be a number, from 0");
        Duration since = Duration.ofNanos(time.decimalValue().movePointRight(9).longValue());
        return Optional.of(entry(line, new Mark(since, connection.intValue(), direction(line), number)));
    }

    private static Entry entry(JsonNode line, Mark mark) {
        if (line.get("message") instanceof ObjectNode message) {
            List<String> hidden = new ArrayList<>();
            line.path("hidden").forEach(pointer -> hidden.add(pointer.asString("")));
            return new Entry.Message(mark, message, hidden);
        }
        if (line.path("unreadable").isString()) {
            return new Entry.Unreadable(mark, line.path("unreadable").stringValue());
        }
        String end = line.path("end").asString("");
        check(
                end.equals("reset") || end.equals("closed"),
                "there has to be a 'message', which is a JSON object, an "
                        + "'end', which is \"closed\" or \"reset\", or what was 'unreadable'");
        return new Entry.End(mark, end.equals("reset"));
    }

    private static Direction direction(JsonNode line) {
        String text = line.path("direction").asString("");
        for (Direction direction : Direction.values()) {
            if (direction.text().equals(text)) {
                return direction;
            }
        }
        throw new IllegalArgumentException("'direction' has to be \"client\" or \"server\"");
    }

    private static ObjectNode object(Duration time) {
        BigDecimal seconds = BigDecimal.valueOf(time.toNanos() / 1000, 6);
        return JsonNodeFactory.instance.objectNode().put("time", seconds);
    }

    private static void check(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }
}
