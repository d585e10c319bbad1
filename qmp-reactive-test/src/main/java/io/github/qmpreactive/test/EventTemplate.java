package io.github.qmpreactive.test;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** An event that is stamped with the time when it is sent. */
record EventTemplate(String name, @Nullable JsonNode data) {

    ObjectNode now() {
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
