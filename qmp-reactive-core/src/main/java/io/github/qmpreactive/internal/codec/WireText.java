package io.github.qmpreactive.internal.codec;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** A message as it may be printed: without secrets, and no longer than a line may be. */
public final class WireText {

    /** The most characters of a message that are printed. */
    static final int MAX_LENGTH = 1000;

    private final StringBuilder text = new StringBuilder();
    private final Secrets secrets;

    private WireText(JsonNode message) {
        secrets = Secrets.of(message);
    }

    /**
     * Prints a message.
     *
     * @param message a command, a reply or an event
     * @return compact JSON with the values of secret members hidden, cut at 1,000 characters
     */
    public static String of(JsonNode message) {
        WireText wire = new WireText(message);
        wire.append(message);
        StringBuilder text = wire.text;
        if (text.length() > MAX_LENGTH) {
            text.setLength(MAX_LENGTH);
            text.append("...");
        }
        return text.toString();
    }

    /**
     * What a peer says in words, fit to be part of an error's message or a line of a log.
     *
     * @param words any text
     * @return the text, cut at 1,000 characters
     */
    public static String ofWords(String words) {
        return words.length() > MAX_LENGTH ? words.substring(0, MAX_LENGTH) + "..." : words;
    }

    private void append(JsonNode node) {
        if (isFull()) {
            return;
        }
        if (node.isObject()) {
            appendObject(node);
        } else if (node.isArray()) {
            char before = '[';
            for (JsonNode element : node) {
                text.append(before);
                append(element);
                before = ',';
                if (isFull()) {
                    return;
                }
            }
            text.append(before == '[' ? "[]" : "]");
        } else if (node.isString() && node.stringValue().length() > MAX_LENGTH) {
            // Cut before it is escaped: one string may be as large as a message.
            text.append(JsonNodeFactory.instance.stringNode(node.stringValue().substring(0, MAX_LENGTH)));
        } else {
            text.append(node);
        }
    }

    private void appendObject(JsonNode object) {
        char before = '{';
        for (var member : object.properties()) {
            text.append(before)
                    .append(JsonNodeFactory.instance.stringNode(member.getKey()))
                    .append(':');
            if (secrets.isSecret(member.getKey())) {
                text.append('"').append(Secrets.HIDDEN).append('"');
            } else {
                append(member.getValue());
            }
            before = ',';
            if (isFull()) {
                return;
            }
        }
        text.append(before == '{' ? "{}" : "}");
    }

    private boolean isFull() {
        return text.length() > MAX_LENGTH;
    }
}
