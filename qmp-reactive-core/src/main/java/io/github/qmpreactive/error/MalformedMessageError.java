package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/**
 * What came from the server is not JSON, is not an object, or is an event without a name. There is no safe place to
 * go on reading, so the session ends, or does not come about.
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
     * @param cause what the parser reported, if anything
     */
    public MalformedMessageError(String message, String excerpt, @Nullable Throwable cause) {
        super(message, cause);
        this.excerpt = excerpt;
    }

    /**
     * The beginning of what was received.
     *
     * @return at most 120 characters, what is not printable replaced
     */
    public String excerpt() {
        return excerpt;
    }
}
