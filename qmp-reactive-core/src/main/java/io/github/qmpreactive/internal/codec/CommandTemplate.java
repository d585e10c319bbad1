package io.github.qmpreactive.internal.codec;

import tools.jackson.databind.node.ObjectNode;

/** The bytes of a command but for its id: encoded once, sent any number of times with a new id each. Immutable. */
public final class CommandTemplate {

    private static final int SMALL = 4096;
    private static final String ID = "\"id\":\"";
    private static final String END = "\"}\n";

    /** What {@link #withId} says of a command that gets too long by its id. */
    private final String prefix;

    private final ObjectNode message;
    private final CompactJson head;

    private CommandTemplate(String prefix, ObjectNode message, CompactJson head) {
        this.prefix = prefix;
        this.message = message;
        this.head = head;
    }

    /**
     * Encodes a command.
     *
     * @param prefix what the message of an error begins with
     * @param message the command; not changed. An id of its own gives way to the one that it is sent with
     * @return the template
     * @throws io.github.qmpreactive.error.EncodeError if QEMU would refuse it
     */
    public static CommandTemplate of(String prefix, ObjectNode message) {
        CompactJson head = CommandEncoder.write(prefix, message, SendableCheck.ID_TOKENS, json -> {
            json.raw('{');
            json.members(message, "id");
            if (json.length() > 1) {
                json.raw(',');
            }
        });
        return new CommandTemplate(prefix, message, head);
    }

    /**
     * Whether it takes little room, so that it may be kept for the next time.
     *
     * @return whether it does
     */
    public boolean isSmall() {
        return head.length() <= SMALL;
    }

    /**
     * The message.
     *
     * @param id an id of ours: ASCII, nothing to escape
     * @return the bytes to send
     * @throws io.github.qmpreactive.error.EncodeError if it takes more than QEMU reads
     */
    @SuppressWarnings("deprecation") // The quick way to get at the bytes of what is ASCII
    public byte[] withId(String id) {
        int more = ID.length() + id.length() + END.length();
        if (head.length() > WireJson.MAX_COMMAND_BYTES + 1 - more) {
            throw CommandEncoder.tooLong(prefix, message);
        }
        byte[] bytes = head.toByteArray(more);
        int at = head.length();
        ID.getBytes(0, ID.length(), bytes, at);
        at += ID.length();
        id.getBytes(0, id.length(), bytes, at);
        at += id.length();
        END.getBytes(0, END.length(), bytes, at);
        return bytes;
    }
}
