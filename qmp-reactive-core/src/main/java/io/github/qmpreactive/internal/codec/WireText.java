package io.github.qmpreactive.internal.codec;

import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** A message as it may be printed: without secrets, and no longer than a line may be. */
public final class WireText {

    /** The most characters of a message that are printed. */
    static final int MAX_LENGTH = 1000;

    private static final String HIDDEN = "\"***\"";
    private static final Set<String> SECRET_NAMES = Set.of("password", "passphrase", "secret", "cookie");
    private static final Set<String> SECRET_OBJECTS = Set.of("secret", "secret_keyring");

    private final StringBuilder text = new StringBuilder();
    private final boolean dataIsSecret;

    private WireText(JsonNode message) {
        // object-add of a secret carries it in data, in props.data before QEMU 6.0.
        dataIsSecret = "object-add".equals(message.path("execute").asString(""))
                && SECRET_OBJECTS.contains(
                        message.path("arguments").path("qom-type").asString(""));
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
            text.append(before).append('"').append(member.getKey()).append("\":");
            if (isSecret(member.getKey())) {
                text.append(HIDDEN);
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

    private boolean isSecret(String member) {
        return SECRET_NAMES.contains(member.toLowerCase(Locale.ROOT)) || (dataIsSecret && member.equals("data"));
    }

    private boolean isFull() {
        return text.length() > MAX_LENGTH;
    }
}
