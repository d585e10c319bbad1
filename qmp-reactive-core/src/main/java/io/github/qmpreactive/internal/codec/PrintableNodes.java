package io.github.qmpreactive.internal.codec;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes containers whose {@code toString} prints any nesting: that of Jackson's own throws beyond 500 levels. */
final class PrintableNodes extends JsonNodeFactory {

    private static final long serialVersionUID = 1L;

    @Override
    public ObjectNode objectNode() {
        return new PrintableObject(this);
    }

    @Override
    public ArrayNode arrayNode() {
        return new PrintableArray(this);
    }

    @Override
    public ArrayNode arrayNode(int capacity) {
        return new PrintableArray(this);
    }

    private static final class PrintableObject extends ObjectNode {

        private static final long serialVersionUID = 1L;

        PrintableObject(JsonNodeFactory factory) {
            super(factory);
        }

        @Override
        public String toString() {
            return print(this);
        }
    }

    private static final class PrintableArray extends ArrayNode {

        private static final long serialVersionUID = 1L;

        PrintableArray(JsonNodeFactory factory) {
            super(factory);
        }

        @Override
        public String toString() {
            return print(this);
        }
    }

    /** Without recursion: the stack is not for the server to fill. */
    private static String print(JsonNode root) {
        StringBuilder text = new StringBuilder();
        Deque<Level> open = new ArrayDeque<>();
        open.push(new Level(root, text));
        while (!open.isEmpty()) {
            Level level = open.element();
            JsonNode child = level.next(text);
            if (child == null) {
                open.remove();
            } else if (child.isContainer()) {
                open.push(new Level(child, text));
            } else {
                text.append(child);
            }
        }
        return text.toString();
    }

    /** A container of which a part is printed. */
    private static final class Level {

        private final boolean object;
        private final Iterator<Map.Entry<String, JsonNode>> members;
        private final Iterator<JsonNode> elements;
        private boolean first = true;

        Level(JsonNode container, StringBuilder text) {
            object = container.isObject();
            members = container.properties().iterator();
            elements = container.iterator();
            text.append(object ? '{' : '[');
        }

        /** The next child, behind its comma and name; null behind the closing bracket. */
        @Nullable
        JsonNode next(StringBuilder text) {
            if (!elements.hasNext()) {
                text.append(object ? '}' : ']');
                return null;
            }
            if (!first) {
                text.append(',');
            }
            first = false;
            if (object) {
                text.append(JsonNodeFactory.instance.stringNode(members.next().getKey()))
                        .append(':');
            }
            return elements.next();
        }
    }
}
