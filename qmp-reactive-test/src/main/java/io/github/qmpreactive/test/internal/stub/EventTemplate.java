package io.github.qmpreactive.test.internal.stub;

import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.json.JsonText;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event that is stamped with the time when it is sent.
 *
 * @param numbered whether its data is no more than a number of the test's own
 * @param pause how long after what was sent before it, where it comes behind a reply
 */
public record EventTemplate(String name, @Nullable JsonNode data, boolean numbered, Duration pause) {

    /** An event with data as JSON text; null for none. */
    public EventTemplate(String name, @Nullable String data) {
        this(name, data == null ? null : JsonText.read(data), false, Duration.ZERO);
    }

    /** Many of one name, numbered from 0 on. */
    public static List<EventTemplate> numbered(int count, String name) {
        Checks.notNegative(count, "count");
        return IntStream.range(0, count)
                .mapToObj(n -> new EventTemplate(
                        name, JsonNodeFactory.instance.objectNode().put("n", n), true, Duration.ZERO))
                .toList();
    }

    /** Many that are the same, with data as JSON text; null for none. */
    public static List<EventTemplate> same(int count, String name, @Nullable String data) {
        Checks.notNegative(count, "count");
        return Collections.nCopies(count, new EventTemplate(name, data));
    }

    public ObjectNode now() {
        Instant now = Instant.now();
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.putObject("timestamp").put("seconds", now.getEpochSecond()).put("microseconds", now.getNano() / 1000);
        event.put("event", name);
        if (data != null) {
            event.set("data", data);
        }
        return event;
    }
}
