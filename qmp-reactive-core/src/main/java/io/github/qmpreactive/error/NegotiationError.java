package io.github.qmpreactive.error;

import io.github.qmpreactive.message.ErrorResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The capabilities could not be negotiated: the server refused {@code qmp_capabilities}, sent something that is not an
 * answer, or does not offer what was required. No session is opened; the connection is closed.
 */
public final class NegotiationError extends ProtocolError {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable JsonNode received;
    /** The class of the server's error. */
    private final @Nullable String errorClass;

    /** The description of the server's error. */
    private final @Nullable String description;

    /**
     * An error with what was received.
     *
     * @param message what is wrong, and what may be the reason
     * @param received the message that was received: a reply, or the greeting where the required capability is
     *     missing from it
     * @param response the server's own words, where it refused
     * @param cause what it came from, if anything
     */
    public NegotiationError(
            String message, @Nullable JsonNode received, @Nullable ErrorResponse response, @Nullable Throwable cause) {
        super(message, cause);
        this.received = received;
        this.errorClass = response == null ? null : response.errorClass();
        this.description = response == null ? null : response.description();
    }

    /**
     * The message that was received.
     *
     * @return the reply, or the greeting where the required capability is missing from it; not to be changed
     */
    public @Nullable JsonNode received() {
        return received;
    }

    /**
     * The server's own words.
     *
     * @return class and description, or null where the server did not refuse
     */
    public @Nullable ErrorResponse response() {
        return errorClass == null || description == null ? null : new ErrorResponse(errorClass, description);
    }

    @Override
    public boolean endsSession() {
        return true;
    }
}
