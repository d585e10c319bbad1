package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The reply to one command cannot be understood: it has neither {@code return} nor {@code error}, or an {@code error}
 * that is not class and description, or it is not JSON, though its end and its id were found. Only this command fails;
 * the session stays open.
 */
public final class BadReplyError extends ProtocolError {

    private static final long serialVersionUID = 1L;

    private final transient JsonNode sent;
    private final transient JsonNode received;

    /**
     * An error with both messages and what was thrown.
     *
     * @param message what is wrong with the reply
     * @param sent the command as it was sent
     * @param received the reply as it came
     * @param cause what was thrown while the reply was read, if anything
     */
    public BadReplyError(String message, JsonNode sent, JsonNode received, @Nullable Throwable cause) {
        super(message, cause);
        this.sent = sent;
        this.received = received;
    }

    /**
     * The command.
     *
     * @return the message that was sent, without its id, and with its secrets replaced by {@code ***}; not to be
     *     changed
     */
    public JsonNode sent() {
        return sent;
    }

    /**
     * The reply.
     *
     * @return the message as it came, or what is known of it where it is not JSON; not to be changed
     */
    public JsonNode received() {
        return received;
    }
}
