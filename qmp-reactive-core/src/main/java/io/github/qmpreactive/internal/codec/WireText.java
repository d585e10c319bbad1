package io.github.qmpreactive.internal.codec;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** A message as it may be printed: without secrets, one line, and no longer than a line may be. */
public final class WireText {

    /** The most characters of a message that are printed. */
    static final int MAX_LENGTH = 1000;

    private static final int MAX_NAME = 100;

    /** More than is printed: what is secret must not become unknown by a cut. */
    private static final int MAX_LOOKED_AT = 8 * MAX_LENGTH;

    private final StringBuilder text = new StringBuilder();
    private final Secrets secrets;

    private WireText(Secrets secrets) {
        this.secrets = secrets;
    }

    /**
     * Prints a message.
     *
     * @param message a command, an event, or a reply to an unknown command
     * @return compact JSON with what is secret hidden, one line, cut at 1,000 characters
     */
    public static String of(JsonNode message) {
        return of(message, Secrets.of(message));
    }

    /**
     * Prints a reply.
     *
     * @param reply the reply
     * @param command what was asked; null if that is unknown
     * @return compact JSON with what is secret hidden, one line, cut at 1,000 characters
     */
    public static String ofReply(JsonNode reply, @Nullable JsonNode command) {
        return of(reply, command == null ? Secrets.of(reply) : Secrets.ofReplyTo(command));
    }

    private static String of(JsonNode message, Secrets secrets) {
        WireText wire = new WireText(secrets);
        wire.append(message);
        return line(wire.text, MAX_LENGTH);
    }

    /**
     * What a peer says in words, fit to be part of an error's message or a line of a log.
     *
     * @param words any text
     * @return the text as one line, with what is secret hidden, cut at 1,000 characters
     */
    public static String ofWords(String words) {
        return line(Secrets.ofEventOrReply().maskBeginning(words), MAX_LENGTH);
    }

    /**
     * A name that a peer has sent, fit to be part of an error's message or a line of a log.
     *
     * @param name any text
     * @return the text as one line, cut at 100 characters
     */
    public static String ofName(String name) {
        return line(name, MAX_NAME);
    }

    /** Cut before it is escaped: one string may be as large as a message. */
    static String beginning(String text) {
        return text.length() > MAX_LOOKED_AT ? text.substring(0, MAX_LOOKED_AT) : text;
    }

    /** Escapes what ends a line, or changes how one looks, and cuts it. */
    private static String line(CharSequence text, int limit) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), limit) + 3);
        for (int i = 0; i < text.length() && line.length() <= limit; i++) {
            char c = text.charAt(i);
            if (changesLines(c)) {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        if (line.length() > limit) {
            line.setLength(limit);
            line.append("...");
        }
        return line.toString();
    }

    /** Control characters, the separators of lines and paragraphs, and what turns the direction of writing. */
    static boolean changesLines(char c) {
        return Character.isISOControl(c)
                || c == '\u2028'
                || c == '\u2029'
                || (c >= '\u202a' && c <= '\u202e')
                || (c >= '\u2066' && c <= '\u2069');
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
        } else if (node.isString()) {
            appendString(secrets.maskBeginning(node.stringValue()));
        } else {
            text.append(node);
        }
    }

    private void appendString(String string) {
        String printed = string.length() > MAX_LENGTH ? string.substring(0, MAX_LENGTH) : string;
        text.append(JsonNodeFactory.instance.stringNode(printed));
    }

    private void appendObject(JsonNode object) {
        char before = '{';
        for (var member : object.properties()) {
            text.append(before);
            appendString(member.getKey());
            text.append(':');
            if (secrets.isSecret(object, member.getKey())) {
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
