package io.github.qmpreactive.internal.codec;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What is known of a message that is not kept or cannot be read: whether it is an event or a reply, and which. It takes
 * the bytes of one object, in any pieces, and keeps no more of them than its id or the name of the event.
 */
public final class MessageOutline {

    private static final int MAX_NAME = 8;
    private static final int MAX_VALUE = 64 * 1024;
    private static final byte SENTINEL = (byte) 0xFF;

    private final boolean sentinels;
    private final ByteArrayOutputStream name = new ByteArrayOutputStream(MAX_NAME);
    private final ByteArrayOutputStream value = new ByteArrayOutputStream();
    private long length;
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean nameComes;
    private boolean inName;
    private boolean kept;
    private boolean dropped;
    private boolean reply;
    private byte @Nullable [] id;
    private byte @Nullable [] event;

    MessageOutline(boolean sentinels) {
        this.sentinels = sentinels;
    }

    /** Of a message that is there as a whole. */
    static MessageOutline of(byte[] bytes, int offset, int length) {
        MessageOutline outline = new MessageOutline(false);
        int unused = outline.feed(bytes, offset, offset + length);
        return outline;
    }

    /** How many bytes it has, so far. */
    long length() {
        return length;
    }

    /** Whether its last byte has come. */
    boolean isComplete() {
        return length > 0 && depth == 0;
    }

    /** Whether a sentinel came before its last byte. */
    boolean isDropped() {
        return dropped;
    }

    /** The member {@code id}; null if there is none that can be read. */
    @Nullable
    JsonNode id() {
        return read(id);
    }

    /** The name of the event; null if it is none, or has none. */
    @Nullable
    String event() {
        JsonNode read = id != null && reply ? null : read(event);
        return read != null && read.isString() ? read.stringValue() : null;
    }

    /** Takes bytes up to the end of the object, and says where that is; or takes all of them. */
    int feed(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && !(length > 0 && depth == 0) && !dropped) {
            byte b = bytes[i++];
            length++;
            if (sentinels && b == SENTINEL) {
                dropped = true;
            } else if (inString) {
                takeText(b);
            } else {
                take(b);
            }
        }
        return i;
    }

    private void takeText(byte b) {
        if (escaped) {
            escaped = false;
        } else if (b == '\\') {
            escaped = true;
        } else if (b == '"') {
            inString = false;
        }
        if (inName) {
            inName = inString;
            if (inString) {
                keep(name, b, MAX_NAME);
            }
        } else if (kept) {
            keep(value, b, MAX_VALUE);
        }
    }

    private void take(byte b) {
        switch (b) {
            case '"' -> {
                inString = true;
                inName = depth == 1 && nameComes;
                if (inName) {
                    name.reset();
                    return;
                }
            }
            case '{', '[' -> {
                if (depth++ == 0) {
                    nameComes = true;
                    return;
                }
            }
            case '}', ']' -> {
                if (--depth == 0) {
                    end();
                    return;
                }
            }
            case ':' -> {
                if (depth == 1 && nameComes) {
                    begin();
                    return;
                }
            }
            case ',' -> {
                if (depth == 1) {
                    end();
                    nameComes = true;
                    return;
                }
            }
            default -> {}
        }
        if (kept) {
            keep(value, b, MAX_VALUE);
        }
    }

    /** A value of the object begins. */
    private void begin() {
        nameComes = false;
        String member = name.toString(StandardCharsets.ISO_8859_1);
        kept = member.equals("id") || member.equals("event");
        reply |= member.equals("return") || member.equals("error");
        value.reset();
    }

    /** A value of the object ends. */
    private void end() {
        if (!kept) {
            return;
        }
        kept = false;
        byte[] bytes = value.size() > MAX_VALUE ? null : value.toByteArray();
        if (name.toString(StandardCharsets.ISO_8859_1).equals("id")) {
            id = bytes;
        } else {
            event = bytes;
        }
    }

    /** One more than is allowed shows that it is too long. */
    private static void keep(ByteArrayOutputStream bytes, byte b, int limit) {
        if (bytes.size() <= limit) {
            bytes.write(b);
        }
    }

    private static @Nullable JsonNode read(byte @Nullable [] json) {
        if (json == null) {
            return null;
        }
        try {
            JsonNode read = WireJson.MAPPER.readTree(json);
            return read.isMissingNode() ? null : read;
        } catch (JacksonException e) {
            return null;
        }
    }
}
