package io.github.qmpreactive.console;

import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What QEMU says, without what looks like a path or an address of its host: an ellipsis replaces it. Rather too much than too little. */
final class Masked {

    /** Members whose texts are paths or addresses, whatever they look like. */
    private static final Pattern MEMBERS =
            Pattern.compile("(?:.*[-_])?(?:file|filename|host|hostname|ipv4|ipv6|addr|uri|url|path)");

    /** QEMU's own tree of objects, and what only QEMU knows by that path. */
    private static final String OWN = "/(?:(?:machine|objects|chardevs|backend)(?![\\w.-])|dev/fdset/)";

    private static final Pattern IS_OWN = Pattern.compile(OWN + "\\S*");

    /** Whether there is a listener is no secret: {@code disconnected:unix:/run/web.sock,server=on}. */
    private static final String DISCONNECTED = "disconnected:";

    /** No repetition, within lookaheads neither, is without a bound or a beginning of its own: a server's text may be long. */
    private static final Pattern HIDDEN = Pattern.compile(String.join(
            "|",
            // In quotes, all but a name.
            "(?<!\\w)(?<!arameter |roperty |evice )(?:(')(?!" + OWN + ")(?![\\w#-]*')[^']*'|(\")(?!" + OWN
                    + ")(?![\\w#-]*\")[^\"]*\")(?!\\w)",
            // With a scheme.
            "json:\\{.*",
            "(?<![\\w+.-])(?:[a-z][a-z+.-]{0,20}://|(?:unix|tcp|udp|telnet|websocket|file|fd|exec|nbd|vsock|pipe|pty):)[^\\s'\"]+",
            // A path, with blanks if more of it follows. A relative one has an extension, or is longer than any word.
            "(?<![\\w./\\]])(?!" + OWN
                    + ")(?:[.~]{0,2}/|(?<!-)[\\w.-]{1,255}/(?=[^\\s'\"]{0,255}\\.\\w|[^\\s'\"]{256}))"
                    + "[^\\s'\"]*[^\\s'\",:;.)](?: [^\\s'\"/(]*/[^\\s'\"]*[^\\s'\",:;.)]){0,5}",
            "(?<![\\w.+-])[\\w+-][\\w.+-]*\\.(?:img|qcow2?|raw|iso|vmdk|vdi|vhdx|sock|socket|rom|log|pem)(?!\\w)",
            // An address.
            "(?<![\\w.])\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d+)?(?![\\w.]*\\w)",
            "(?<![\\w:.])\\[?(?:(?:H:){7}H|(?:(?:H:){1,7}:|::)(?:H:){0,7}(?:H)?)(?:%\\w+)?\\]?(?::\\d+)?(?!:?\\w)"
                    .replace("H", "[0-9a-fA-F]{1,4}"),
            "(?<![\\w:.-])[A-Za-z][\\w-]*(?:\\.[\\w-]+){0,8}:\\d{2,5}(?!:?\\w)"));

    /** A host without its port, in a sentence. A value that is one word with dots is rather the name of a node or a machine. */
    private static final Pattern HOST =
            Pattern.compile("(?<=\\b(?:[Hh]ost: |[Oo]n host |[Tt]o host |[Hh]ostname ))[\\w.-]{1,255}\\w"
                    + "|(?<![\\w.:/'\"-])(?:[A-Za-z0-9][\\w-]{0,62}\\.){1,8}[a-z]{2,24}(?![\\w.'\"-]*[\\w'\"-])");

    private Masked() {}

    /** A sentence. */
    static String text(String text) {
        return HOST.matcher(word(text)).replaceAll("…");
    }

    private static String word(String text) {
        return HIDDEN.matcher(text).replaceAll(found -> {
            String quote = found.group(1) != null ? "'" : found.group(2) != null ? "\"" : "";
            return quote + "…" + quote;
        });
    }

    static JsonNode json(JsonNode json) {
        return json("", json);
    }

    private static JsonNode json(String member, JsonNode json) {
        if (json.isString()) {
            return JsonNodeFactory.instance.stringNode(value(member, json.asString()));
        }
        if (json instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.forEachEntry((name, value) -> copy.set(name, json(name, value)));
            return copy;
        }
        if (json instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            array.forEach(value -> copy.add(json(member, value)));
            return copy;
        }
        return json;
    }

    /** A text that is a value, not a sentence: it is a path as a whole, whatever blanks and commas there are in it. */
    private static String value(String member, String text) {
        if (IS_OWN.matcher(text).matches() || text.isEmpty()) {
            return text;
        }
        boolean isPath =
                text.startsWith("/") || text.indexOf('/') >= 0 && text.chars().noneMatch(Character::isWhitespace);
        if (!isPath && !MEMBERS.matcher(member).matches()) {
            return text.indexOf(' ') < 0 ? word(text) : text(text);
        }
        return text.startsWith(DISCONNECTED) ? DISCONNECTED + "…" : "…";
    }
}
