package io.github.qmpreactive.internal.codec;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Which members of a message are secrets: nobody should find them in logs or files. */
public final class Secrets {

    /** What is printed in the place of a secret. */
    public static final String HIDDEN = "***";

    private static final Set<String> NAMES = Set.of("password", "passphrase", "secret", "cookie");
    private static final String DATA = "data";
    private static final Set<String> OBJECTS = Set.of("secret", "secret_keyring");

    /** The member that is a secret in this command alone; empty if there is none. */
    private final String also;

    private Secrets(JsonNode message) {
        JsonNode arguments = message.path("arguments");
        this.also = switch (message.path(message.has("exec-oob") ? "exec-oob" : "execute")
                .asString("")) {
            // In props.data before QEMU 6.0
            case "object-add" -> OBJECTS.contains(arguments.path("qom-type").asString("")) ? DATA : "";
            case "qom-set" -> holdsSecret(arguments.path("property").asString("")) ? "value" : "";
            // The monitor for people: what is a secret in its line is not told from the rest.
            case "human-monitor-command" ->
                mentionsSecret(arguments.path("command-line").asString("")) ? "command-line" : "";
            default -> "";
        };
    }

    private static boolean holdsSecret(String property) {
        return property.equals(DATA) || NAMES.contains(property.toLowerCase(Locale.ROOT));
    }

    private static boolean mentionsSecret(String line) {
        String lower = line.toLowerCase(Locale.ROOT);
        return NAMES.stream().anyMatch(lower::contains);
    }

    /**
     * The secrets of a message.
     *
     * @param message a command, a reply or an event
     * @return tells which they are
     */
    static Secrets of(JsonNode message) {
        return new Secrets(message);
    }

    /**
     * Whether a member is one, at whatever depth.
     *
     * @param member its name
     * @return whether its value, whatever it is, has to be hidden
     */
    boolean isSecret(String member) {
        return NAMES.contains(member.toLowerCase(Locale.ROOT)) || member.equals(also);
    }

    /**
     * Hides the secrets of a message in place.
     *
     * @param message a command, a reply or an event; the values of its secret members are replaced
     * @return the JSON pointers of those members, in the order of the message
     */
    public static List<String> hide(ObjectNode message) {
        List<String> hidden = new ArrayList<>();
        of(message).hide(message, "", hidden);
        return hidden;
    }

    private void hide(JsonNode node, String at, List<String> hidden) {
        if (node instanceof ObjectNode object) {
            for (String member : List.copyOf(object.propertyNames())) {
                String place = at + "/" + member.replace("~", "~0").replace("/", "~1");
                if (isSecret(member)) {
                    object.put(member, HIDDEN);
                    hidden.add(place);
                } else {
                    hide(object.path(member), place, hidden);
                }
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                hide(array.path(i), at + "/" + i, hidden);
            }
        }
    }
}
