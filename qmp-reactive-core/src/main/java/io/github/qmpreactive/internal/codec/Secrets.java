package io.github.qmpreactive.internal.codec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which members of a message are secrets, so that they are in no log and no file: by their names, by the command, and of a
 * reply by what was asked.
 */
public final class Secrets {

    /** What is printed in the place of a secret. */
    public static final String HIDDEN = "***";

    private static final int MAX_DEPTH = 1000;
    private static final Set<String> NAMES = Set.of("password", "passwd", "passphrase", "secret", "cookie");
    private static final String DATA = "data";

    /** What a reply is matched by is no secret, even where the server's words are not shown. */
    private static final Set<String> KEPT = Set.of("/id", "/error/class");

    private static final Set<String> OBJECTS = Set.of("secret", "secret_keyring");

    /** A line of the monitor for people: what is a secret in it is not told from the rest. */
    private static final Pattern SECRET_LINE =
            Pattern.compile("passw|passphrase|secret|cookie|qom-[gs]et\\s.*\\bdata\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern WORDS = Pattern.compile("[\\s,=]+");

    /** Each is looked for in what the server says: where there are more, nothing of that is shown. */
    static final int MAX_VALUES = 100;

    /** What is shorter occurs in any text. */
    static final int MIN_LENGTH = 4;

    private static final Secrets BY_NAME = new Secrets(null, false, List.of());

    /** The member that is a secret in this message alone; null if there is none. */
    private final @Nullable String also;

    /** Whether the message is a list of properties, of which the names say whether the values are secrets. */
    private final boolean properties;

    /** What the command holds: the server may repeat it in what it says. */
    private final List<String> values;

    private Secrets(@Nullable String also, boolean properties, List<String> values) {
        this.values = values;
        this.also = also;
        this.properties = properties;
    }

    /**
     * The secrets of a command, an event, or a reply to an unknown command.
     *
     * @param message the message
     * @return tells which they are
     */
    public static Secrets of(JsonNode message) {
        JsonNode arguments = message.path("arguments");
        return switch (nameOf(message)) {
            // In props.data before QEMU 6.0
            case "object-add" -> also(OBJECTS.contains(text(arguments, "qom-type")), DATA);
            case "qom-set" -> also(holdsSecret(text(arguments, "property")), "value");
            // QEMU before 6.0: for a VNC server, the new password.
            case "change" -> also(NAMES.contains(text(arguments, "target")), "arg");
            case "human-monitor-command" -> also(isSecretLine(arguments), "command-line");
            case "guest-exec" -> also(true, "input-data");
            case "guest-file-write" -> also(true, "buf-b64");
            // Which command this was is unknown: what it returned may be a password, or have one in any place.
            case "" -> also(holdsText(message.path("return")), "return");
            default -> BY_NAME;
        };
    }

    /**
     * The secrets of an event, or of a reply to a command that has no special ones.
     *
     * @return tells which they are
     */
    public static Secrets ofEventOrReply() {
        return BY_NAME;
    }

    /**
     * The secrets of a reply.
     *
     * @param command what was asked
     * @return tells which they are
     */
    public static Secrets ofReplyTo(JsonNode command) {
        JsonNode arguments = command.path("arguments");
        List<String> values = new ArrayList<>();
        of(command).collect(command, 0, values);
        // One may be the beginning of another.
        values.sort(Comparator.comparingInt(String::length).reversed());
        return switch (nameOf(command)) {
            case "qom-get" -> ofReply(holdsSecret(text(arguments, "property")), values);
            case "qom-list-get" -> new Secrets(null, true, values);
            case "human-monitor-command" -> ofReply(isSecretLine(arguments), values);
            default -> ofReply(false, values);
        };
    }

    private static Secrets ofReply(boolean isSecret, List<String> values) {
        return isSecret || !values.isEmpty() ? new Secrets(isSecret ? "return" : null, false, values) : BY_NAME;
    }

    private static Secrets also(boolean isSecret, String member) {
        return isSecret ? new Secrets(member, false, List.of()) : BY_NAME;
    }

    private static String nameOf(JsonNode command) {
        return text(command, command.has("exec-oob") ? "exec-oob" : "execute");
    }

    private static String text(JsonNode object, String member) {
        return object.path(member).asString("");
    }

    private static boolean holdsText(JsonNode value) {
        return value.isString() || (value.isContainer() && !value.isEmpty());
    }

    private static boolean holdsSecret(String property) {
        return property.equals(DATA) || isSecretName(property);
    }

    private static boolean isSecretName(String member) {
        return NAMES.contains(member.toLowerCase(Locale.ROOT));
    }

    private static boolean isSecretLine(JsonNode arguments) {
        return SECRET_LINE.matcher(text(arguments, "command-line")).find();
    }

    /**
     * Whether these are more secrets than the names of members tell.
     *
     * @return whether they are
     */
    public boolean isSpecial() {
        return this != BY_NAME;
    }

    /**
     * Whether a member is a secret, at whatever depth.
     *
     * @param parent the object that has it
     * @param member its name
     * @return whether its value, whatever it is, has to be hidden
     */
    boolean isSecret(JsonNode parent, String member) {
        return isSecretName(member)
                || member.equals(also)
                || (properties && member.equals("value") && holdsSecret(text(parent, "name")));
    }

    /**
     * Hides the secrets of a message in place.
     *
     * @param message a command, an event, or a reply to an unknown command; the values of its secret members are replaced
     * @return the JSON pointers of those members, in the order of the message
     */
    public static List<String> hide(ObjectNode message) {
        return of(message).hideIn(message);
    }

    /**
     * Hides these secrets in place.
     *
     * @param message the message; the values of its secret members are replaced, and text with credentials in it
     * @return the JSON pointers of what was replaced, in the order of the message
     */
    public List<String> hideIn(ObjectNode message) {
        List<String> hidden = new ArrayList<>();
        hide(message, "", 0, hidden);
        return hidden;
    }

    /**
     * Whether there are any of these secrets.
     *
     * @param value any part of a message
     * @return whether it, or anything in it, has to be hidden
     */
    public boolean isIn(JsonNode value) {
        return !hideIn(JsonNodeFactory.instance.objectNode().set("", value.deepCopy()))
                .isEmpty();
    }

    /**
     * A copy of a command, to be handed out in an error.
     *
     * @param command the command
     * @return the same with its secrets hidden
     */
    public static ObjectNode withoutSecrets(ObjectNode command) {
        ObjectNode copy = command.deepCopy();
        hide(copy);
        return copy;
    }

    /**
     * What the server says of a command, fit to be part of an error's message.
     *
     * @param words its words; they may repeat what was sent
     * @param command the command
     * @return the words as one line, with what is secret hidden, cut at 1,000 characters
     */
    public static String ofWords(String words, ObjectNode command) {
        return WireText.ofWords(ofReplyTo(command).maskBeginning(words));
    }

    /** The beginning of a text, as much as is printed of one, with what is secret in it hidden. */
    String maskBeginning(String text) {
        String beginning = WireText.beginning(text);
        boolean isCut = beginning.length() < text.length();
        // What ends behind the cut is not recognised.
        return isCut && (!values.isEmpty() || Credentials.isSuspect(beginning)) ? HIDDEN : mask(beginning);
    }

    /** A text of the message with what is secret in it hidden. */
    String mask(String text) {
        if (values.size() >= MAX_VALUES) {
            return HIDDEN;
        }
        String masked = Credentials.mask(text);
        for (String value : values) {
            masked = masked.replace(value, HIDDEN);
        }
        return masked;
    }

    /** The secret strings of a command. */
    private void collect(JsonNode node, int depth, List<String> values) {
        if (depth > MAX_DEPTH || values.size() >= MAX_VALUES) {
            return;
        }
        if (node.isString()) {
            Credentials.collect(node.stringValue(), values);
        }
        for (var member : node.properties()) {
            JsonNode value = member.getValue();
            if (!isSecret(node, member.getKey())) {
                collect(value, depth + 1, values);
            } else if (value.isString()) {
                // Of a line for people it is one of the words.
                boolean line = member.getKey().equals("command-line");
                String text = value.stringValue();
                Stream.of(line ? WORDS.split(text) : new String[] {text})
                        .filter(word -> word.length() >= MIN_LENGTH)
                        .forEach(values::add);
            }
        }
        if (node.isArray()) {
            node.forEach(element -> collect(element, depth + 1, values));
        }
    }

    private void hide(JsonNode node, String at, int depth, List<String> hidden) {
        if (node instanceof ObjectNode object) {
            for (String member : List.copyOf(object.propertyNames())) {
                String place = at + "/" + member.replace("~", "~0").replace("/", "~1");
                if (isSecret(object, member) || (!KEPT.contains(place) && mustGo(object.path(member), depth))) {
                    object.put(member, HIDDEN);
                    hidden.add(place);
                } else {
                    hide(object.path(member), place, depth + 1, hidden);
                }
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                String place = at + "/" + i;
                if (mustGo(array.path(i), depth)) {
                    array.set(i, JsonNodeFactory.instance.stringNode(HIDDEN));
                    hidden.add(place);
                } else {
                    hide(array.path(i), place, depth + 1, hidden);
                }
            }
        }
    }

    /** Whether it is text with a secret in it, or too deep to be looked at. */
    private boolean mustGo(JsonNode value, int depth) {
        return value.isString()
                ? values.size() >= MAX_VALUES
                        || Credentials.isIn(value.stringValue())
                        || values.stream().anyMatch(value.stringValue()::contains)
                : value.isContainer() && depth >= MAX_DEPTH;
    }
}
