package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/**
 * The server sent a message that is not JSON, is not an object, or is an event without a name, and it is not known what
 * the message belongs to. The session ends, or is not opened. If the message is known to be the reply to a command,
 * only that command fails, with a {@link BadReplyError} that has this as its cause. If it is known to be an event, it
 * is dropped and logged.
 */
public final class MalformedMessageError extends ProtocolError {

    private static final long serialVersionUID = 1L;

    /** The beginning of what was received. */
    private final String excerpt;

    /**
     * An error with an excerpt.
     *
     * @param message what is wrong
     * @param excerpt the beginning of what was received, at most 120 characters, what is not printable replaced
     * @param cause what was thrown, if anything
     */
    public MalformedMessageError(String message, String excerpt, @Nullable Throwable cause) {
        super(message, cause);
        this.excerpt = excerpt;
    }

    /**
     * The beginning of what was received. It may hold secrets, so the error's message does not quote it where it may be
     * a part of a QMP message.
     *
     * @return at most 120 characters, what is not printable replaced
     */
    public String excerpt() {
        return excerpt;
    }

    @Override
    public boolean endsSession() {
        return true;
    }
}
