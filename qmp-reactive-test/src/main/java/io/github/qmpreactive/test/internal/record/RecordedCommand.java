package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.internal.codec.Secrets;
import io.github.qmpreactive.internal.codec.WireText;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.internal.json.JsonDifferences;
import java.util.List;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a client sent when it was recorded, and whether it is what one sends now: ids do not count, secrets neither. */
record RecordedCommand(Entry.Message entry) {

    /** In what a command differs; nothing if it is the same. */
    List<String> differences(ReceivedCommand received) {
        return JsonDifferences.ofWhole(comparable(received.raw()), comparable(entry.json()), "");
    }

    /** Whether it is a command of the same name, whatever its arguments. */
    boolean isNamedLike(ReceivedCommand received) {
        ObjectNode recorded = entry.json();
        return recorded.path(received.isOob() ? "exec-oob" : "execute")
                .asString("")
                .equals(received.name());
    }

    String name() {
        ObjectNode recorded = entry.json();
        return recorded.path(recorded.has("execute") ? "execute" : "exec-oob").asString("");
    }

    /** For people. */
    String text() {
        return text(entry.json());
    }

    static String text(ObjectNode command) {
        ObjectNode withoutId = command.deepCopy();
        withoutId.remove("id");
        return WireText.of(withoutId);
    }

    private ObjectNode comparable(ObjectNode command) {
        ObjectNode comparable = command.deepCopy();
        comparable.remove("id");
        if (!comparable.has("arguments")) {
            comparable.set("arguments", JsonNodeFactory.instance.objectNode());
        }
        for (String hidden : entry.hidden()) {
            JsonPointer place = JsonPointer.compile(hidden);
            String member = place.last().getMatchingProperty();
            JsonNode parent = comparable.at(place.head());
            if (parent instanceof ObjectNode object && object.has(member)) {
                object.put(member, Secrets.HIDDEN);
            } else if (parent instanceof ArrayNode array
                    && array.has(place.last().getMatchingIndex())) {
                array.set(place.last().getMatchingIndex(), JsonNodeFactory.instance.stringNode(Secrets.HIDDEN));
            }
        }
        return comparable;
    }
}
