package io.github.qmpreactive.internal.codec;

import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.error.MessageTooLargeError;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into JSON objects by their structure: wherever they are split, however they are spaced. Each
 * byte is copied once and looked at once. Not thread-safe.
 *
 * <p>It only finds where an object ends; whether the object is right is for the parser. After it has thrown it must
 * not be fed again: a corrupt stream has no safe place to go on, but for a {@linkplain #skipToSentinel sentinel}.
 */
public final class JsonFramer {

    /** Takes one object. The bytes are valid during the call only. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Takes one object.
         *
         * @param bytes holds it
         * @param offset where it begins
         * @param length how long it is
         */
        void onObject(byte[] bytes, int offset, int length);

        /**
         * Takes what is known of an object that has more bytes than the limit.
         *
         * @param outline which it is
         * @param error says so
         */
        default void onTooLarge(MessageOutline outline, MessageTooLargeError error) {
            throw error;
        }
    }

    /** No byte of UTF-8: the guest agent sends it before the reply to {@code guest-sync-delimited}. */
    private static final byte SENTINEL = (byte) 0xFF;

    /** What each byte means to the structure of a message. */
    private static final byte[] KINDS = new byte[256];

    private static final byte OTHER = 0;
    private static final byte QUOTE = 1;
    private static final byte ESCAPE = 2;
    private static final byte OPEN = 3;
    private static final byte CLOSE = 4;
    private static final byte RESET = 5;

    static {
        KINDS['"'] = QUOTE;
        KINDS['\\'] = ESCAPE;
        KINDS['{'] = OPEN;
        KINDS['['] = OPEN;
        KINDS['}'] = CLOSE;
        KINDS[']'] = CLOSE;
        KINDS[SENTINEL & 0xFF] = RESET;
    }

    /** How many times the limit an object may have to be looked at to its end. */
    static final int HARD_FACTOR = 64;

    private static final int INITIAL_SIZE = 1024;
    private static final int KEPT_SIZE = 64 * 1024;

    private final int limit;
    private byte[] buffer = new byte[INITIAL_SIZE];
    private int start;
    private int position;
    private int end;
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean sentinels;
    private boolean skipping;
    private final SkippedLine skipped = new SkippedLine();

    /** Of the object that has too many bytes; null while there is none. */
    private @Nullable MessageOutline outline;

    /**
     * A framer at the beginning of a stream.
     *
     * @param limit the bytes that one object may have, from its first brace to its last
     */
    public JsonFramer(int limit) {
        this.limit = limit;
    }

    /**
     * Whether the last byte that came was inside of an object.
     *
     * @return whether an object is incomplete
     */
    public boolean isInsideObject() {
        return depth > 0;
    }

    /** From here on the byte 0xFF may come anywhere: an object that is incomplete is dropped with it. */
    public void acceptSentinels() {
        sentinels = true;
    }

    /**
     * Drops what is incomplete, and all that comes up to the next byte 0xFF, whatever it is. May be called by the sink,
     * and after {@link #feed} has thrown.
     */
    public void skipToSentinel() {
        skipping = true;
        dropIncomplete();
    }

    /**
     * What was skipped last, to tell it to people.
     *
     * @return the last line that is not blank, or its beginning; no bytes if nothing was skipped
     */
    public byte[] lastSkipped() {
        return skipped.bytes();
    }

    /**
     * Takes what has come and hands on each object that is complete.
     *
     * @param in is read to its end; stays the caller's to release
     * @param sink takes the objects, in order
     * @throws MessageTooLargeError if an object has more than {@value #HARD_FACTOR} times the bytes of the limit; those
     *     before it were handed on
     * @throws MalformedMessageError if there is something other than white space between objects
     */
    public void feed(ByteBuf in, Sink sink) {
        append(in);
        while (position < end) {
            if (outline != null) {
                outlineRest(outline, sink);
            } else if (skipping) {
                skip();
            } else if (depth == 0) {
                skipToObject();
            } else if (scanObject()) {
                int length = position - start;
                if (length > limit) {
                    sink.onTooLarge(MessageOutline.of(buffer, start, length), tooLarge());
                } else {
                    sink.onObject(buffer, start, length);
                }
            }
        }
        if (depth > 0 && outline == null && end - start >= limit) {
            // From here on it is looked at, and not kept.
            outline = new MessageOutline(sentinels);
            int unused = outline.feed(buffer, start, end);
        }
        if (depth == 0 || outline != null) {
            clear();
        }
    }

    private void outlineRest(MessageOutline tooLarge, Sink sink) {
        position = tooLarge.feed(buffer, position, end);
        start = position;
        if (tooLarge.isDropped()) {
            dropIncomplete();
        } else if (tooLarge.isComplete()) {
            dropIncomplete();
            sink.onTooLarge(tooLarge, tooLarge());
        } else if (tooLarge.length() > (long) HARD_FACTOR * limit) {
            throw new MessageTooLargeError(
                    "A message is larger than " + HARD_FACTOR + " times " + limit
                            + " bytes and has no end; maxMessageSize raises the limit",
                    limit,
                    true);
        }
    }

    private void append(ByteBuf in) {
        int incoming = in.readableBytes();
        if (end + incoming > buffer.length) {
            makeRoom(incoming);
        }
        in.readBytes(buffer, end, incoming);
        end += incoming;
    }

    private void makeRoom(int incoming) {
        int kept = end - start;
        int needed = kept + incoming;
        byte[] target = buffer;
        if (needed > buffer.length) {
            byte[] spare = needed > KEPT_SIZE ? SpareBuffer.take(needed) : null;
            target = spare != null
                    ? spare
                    : new byte[(int) Math.min(Math.max(needed, 2L * buffer.length), (long) Integer.MAX_VALUE - 8)];
        }
        System.arraycopy(buffer, start, target, 0, kept);
        buffer = target;
        position -= start;
        end = kept;
        start = 0;
    }

    private void clear() {
        start = 0;
        position = 0;
        end = 0;
        if (buffer.length > KEPT_SIZE) {
            SpareBuffer.give(buffer);
            buffer = new byte[INITIAL_SIZE];
        }
    }

    private void skip() {
        int from = position;
        while (skipping && position < end) {
            skipping = buffer[position++] != SENTINEL;
        }
        skipped.add(buffer, from, skipping ? position : position - 1);
        start = position;
    }

    private void dropIncomplete() {
        outline = null;
        depth = 0;
        inString = false;
        escaped = false;
        start = position;
    }

    private void skipToObject() {
        while (position < end) {
            byte b = buffer[position];
            if (b == '{') {
                start = position++;
                depth = 1;
                return;
            }
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t' && !(b == SENTINEL && sentinels)) {
                String received = Excerpts.inWords(buffer, position, end - position);
                throw new MalformedMessageError(
                        "Expected a JSON object, but received: " + received + "; is this a QMP monitor?",
                        Excerpts.of(buffer, position, end - position),
                        null);
            }
            position++;
        }
        start = position;
    }

    /** Goes on to the end of the object, or of what has come. */
    private boolean scanObject() {
        byte[] bytes = buffer;
        byte[] kinds = KINDS;
        int stop = end;
        int i = position;
        int open = depth;
        boolean quoted = inString;
        boolean ignored = escaped;
        while (i < stop) {
            byte kind = kinds[bytes[i++] & 0xFF];
            if (kind == OTHER) {
                ignored = false;
            } else if (kind == RESET) {
                if (sentinels) {
                    position = i;
                    dropIncomplete();
                    return false;
                }
                ignored = false;
            } else if (quoted) {
                if (ignored) {
                    ignored = false;
                } else if (kind == QUOTE) {
                    quoted = false;
                } else if (kind == ESCAPE) {
                    ignored = true;
                }
            } else if (kind == QUOTE) {
                quoted = true;
            } else if (kind == OPEN) {
                open++;
            } else if (kind == CLOSE && --open == 0) {
                break;
            }
        }
        position = i;
        depth = open;
        inString = quoted;
        escaped = ignored;
        return open == 0;
    }

    private MessageTooLargeError tooLarge() {
        return new MessageTooLargeError(
                "A message is larger than " + limit + " bytes; maxMessageSize raises the limit", limit, true);
    }
}
