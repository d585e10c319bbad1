package io.github.qmpreactive.error;

import tools.jackson.databind.JsonNode;

/**
 * The reply to one command cannot be understood: it has neither {@code return} nor {@code error}, or an
 * {@code error} that is not class and description. Only this command is hurt; the session goes on.
 */
public final class BadReplyError extends ProtocolError {

    private static final long serialVersionUID = 1L;

    private final transient JsonNode sent;
    private final transient JsonNode received;

    /**
     * An error with both messages.
     *
     * @param message what is wrong with the reply
     * @param sent the command as it was sent
     * @param received the reply as it came
     */
    public BadReplyError(String message, JsonNode sent, JsonNode received) {
        super(message, null);
        this.sent = sent;
        this.received = received;
    }

    /**
     * The command.
     *
     * @return the message that was sent, without its id; not to be changed
     */
    public JsonNode sent() {
        return sent;
    }

    /**
     * The reply.
     *
     * @return the message as it came; not to be changed
     */
    public JsonNode received() {
        return received;
    }
}
