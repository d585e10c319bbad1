package io.github.qmpreactive.console;

import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What QEMU says, without the paths and addresses of its host: they are replaced by an ellipsis. */
final class Masked {

    /** Socket addresses, and absolute paths but for those of QEMU's own tree of objects. */
    private static final Pattern HIDDEN = Pattern.compile("\\b(?:unix|tcp|telnet|file|fd|exec|nbd|vsock):[^\\s'\",]+"
            + "|(?<![\\w./\\]])/(?!machine\\b|objects\\b|chardevs\\b|backend\\b|dev/fdset/)[^\\s'\",:]+"
            + "|\\b\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d+)?\\b");

    private Masked() {}

    static String text(String text) {
        return HIDDEN.matcher(text).replaceAll("…");
    }

    static JsonNode json(JsonNode json) {
        if (json.isString()) {
            return JsonNodeFactory.instance.stringNode(text(json.asString()));
        }
        if (json instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.forEachEntry((name, value) -> copy.set(name, json(value)));
            return copy;
        }
        if (json instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            array.forEach(value -> copy.add(json(value)));
            return copy;
        }
        return json;
    }
}
