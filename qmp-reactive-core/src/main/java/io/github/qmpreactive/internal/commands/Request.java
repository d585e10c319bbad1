package io.github.qmpreactive.internal.commands;

import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.internal.codec.CommandEncoder;
import io.github.qmpreactive.internal.codec.CommandTemplate;
import io.github.qmpreactive.internal.codec.MessageId;
import io.github.qmpreactive.internal.codec.WireText;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.IdPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A message that is to be sent, and what has to be known of it. */
public final class Request {

    /** Its name, for errors and logs. */
    private final String name;

    /** Ours, and never changed. */
    private final ObjectNode message;

    private final boolean oob;
    private final boolean numbered;
    private final @Nullable Object ownKey;
    private final @Nullable Duration timeout;

    /** Whether it is the client's own: no limit of what may wait, and no time limit, counts for it. */
    private final boolean unlimited;

    /** Made on first use, kept for the next if it is small. Immutable, so whichever thread made it will do. */
    private @Nullable CommandTemplate template;

    /**
     * A request.
     *
     * @param name the name of the command, for errors and logs
     * @param message the message; ours, and never changed
     * @param oob whether it goes out of band
     * @param numbered whether it gets an id of ours
     * @param ownKey the key of the id it brings; null where it has none or is numbered
     * @param timeout its own limit, from subscribing on; null for the client's
     */
    Request(
            String name,
            ObjectNode message,
            boolean oob,
            boolean numbered,
            @Nullable Object ownKey,
            @Nullable Duration timeout) {
        this(name, message, oob, numbered, ownKey, timeout, false);
    }

    private Request(
            String name,
            ObjectNode message,
            boolean oob,
            boolean numbered,
            @Nullable Object ownKey,
            @Nullable Duration timeout,
            boolean unlimited) {
        this.unlimited = unlimited;
        this.name = name;
        this.message = message;
        this.oob = oob;
        this.numbered = numbered;
        this.ownKey = ownKey;
        this.timeout = timeout;
    }

    /** Ids that begin so are the client's own. */
    static final String RESERVED = "#";

    public static Request of(QmpCommand command) {
        return new Request(
                command.name(),
                command.json(),
                command.isOob(),
                true,
                null,
                command.timeout().orElse(null));
    }

    /** A command of the client's own, which is sent whatever waits, and waits for its answer without a time limit. */
    public static Request unlimited(QmpCommand command) {
        return new Request(command.name(), command.json(), command.isOob(), true, null, null, true);
    }

    /** Takes a copy of a message of the user's, or refuses it. */
    static Request raw(String prefix, ObjectNode message, IdPolicy ids) {
        CommandEncoder.requireSendable(prefix, message);
        ObjectNode copy = message.deepCopy();
        boolean oob = copy.has("exec-oob");
        String name = copy.path(oob ? "exec-oob" : "execute").asString("(raw message)");
        if (ids == IdPolicy.ASSIGN) {
            return new Request(name, copy, oob, true, null, null);
        }
        JsonNode id = copy.get("id");
        if (id == null) {
            if (oob) {
                throw new EncodeError(prefix + "The command " + name + " cannot be sent: exec-oob needs an id", null);
            }
            return new Request(name, copy, false, false, null, null);
        }
        return new Request(name, copy, oob, false, keyOf(prefix, name, id), null);
    }

    String name() {
        return name;
    }

    ObjectNode message() {
        return message;
    }

    /** Whether it goes out of band. */
    boolean oob() {
        return oob;
    }

    /** Whether it gets an id of ours. */
    boolean numbered() {
        return numbered;
    }

    /** The key of the id it brings; null where it has none or is numbered. */
    @Nullable
    Object ownKey() {
        return ownKey;
    }

    /** Its own limit, from subscribing on; null for the client's. */
    @Nullable
    Duration timeout() {
        return timeout;
    }

    boolean isUnlimited() {
        return unlimited;
    }

    /** What may become of it although it was given up; a clause that follows others. */
    String afterTimeout() {
        String freeze = name.startsWith("guest-fsfreeze-freeze")
                ? "; the guest may be frozen, or freeze yet: guest-fsfreeze-thaw is due"
                : "";
        return "; the server may still be running it, and it may still take effect" + freeze;
    }

    /** Its bytes, with an id of ours or, if that is null, as it is; refuses what cannot be sent. */
    byte[] encode(String prefix, @Nullable String id) {
        if (id == null) {
            return CommandEncoder.encode(prefix, message, null);
        }
        CommandTemplate made = template;
        if (made == null) {
            made = CommandTemplate.of(prefix, message);
            if (made.isSmall()) {
                template = made;
            }
        }
        return made.withId(id);
    }

    /** Whether the server goes away once it has run this. */
    boolean endsServer() {
        return switch (name) {
            case "quit", "guest-suspend-disk" -> true;
            case "guest-shutdown" -> !message.at("/arguments/mode").asString("").equals("reboot");
            default -> false;
        };
    }

    private static Object keyOf(String prefix, String name, JsonNode id) {
        if (id.isString() && id.stringValue().startsWith(RESERVED)) {
            throw new EncodeError(
                    prefix + "The command " + name + " cannot be sent: ids that begin with " + RESERVED
                            + " are the client's own, and this one is " + WireText.of(id),
                    null);
        }
        Object key = MessageId.keyOf(id);
        if (key == null) {
            throw new EncodeError(
                    prefix + "The command " + name + " cannot be sent: its id " + WireText.of(id)
                            + " would not come back as it is; ids are strings, 64-bit integers, booleans, null,"
                            + " and arrays and objects of these",
                    null);
        }
        return key;
    }
}
