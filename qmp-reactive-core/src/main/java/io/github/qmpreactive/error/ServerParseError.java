package io.github.qmpreactive.error;

import io.github.qmpreactive.message.ErrorResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The server sent an error without an id, because it could not parse its input. The error does not identify the command
 * that was lost, so the session ends.
 *
 * @see <a href="https://www.qemu.org/docs/master/interop/qmp-spec.html">QMP specification, "Error"</a>
 */
public final class ServerParseError extends ProtocolError {

    private static final long serialVersionUID = 1L;

    /** The class of the server's error. */
    private final @Nullable String errorClass;

    /** The description of the server's error. */
    private final @Nullable String description;

    private final transient JsonNode received;

    /**
     * An error with what was received.
     *
     * @param message what happened
     * @param response class and description, where they can be read
     * @param received the message as it came
     */
    public ServerParseError(String message, @Nullable ErrorResponse response, JsonNode received) {
        super(message, null);
        this.errorClass = response == null ? null : response.errorClass();
        this.description = response == null ? null : response.description();
        this.received = received;
    }

    /**
     * The server's own words.
     *
     * @return class and description, or null where they cannot be read
     */
    public @Nullable ErrorResponse response() {
        return errorClass == null || description == null ? null : new ErrorResponse(errorClass, description);
    }

    /**
     * The message that was received.
     *
     * @return the message as it came; not to be changed
     */
    public JsonNode received() {
        return received;
    }

    @Override
    public boolean endsSession() {
        return true;
    }

    @Override
    public boolean isTemporary() {
        return true;
    }
}
