package io.github.qmpreactive.error;

import io.github.qmpreactive.message.ErrorResponse;
import tools.jackson.databind.JsonNode;

/** The server replied to a command with an error. The session stays open. */
public final class ExecuteError extends QmpError {

    private static final long serialVersionUID = 2L;

    /** The name of the command. */
    private final String command;

    /** The class of the error. */
    private final String errorClass;

    /** The server's description. */
    private final String description;

    private final transient JsonNode sent;
    private final transient JsonNode received;

    /**
     * An error with the server's words and both messages.
     *
     * @param message the command and the server's words
     * @param response class and description
     * @param sent the command as it was sent
     * @param received the reply as it came
     */
    public ExecuteError(String message, ErrorResponse response, JsonNode sent, JsonNode received) {
        super(message, null);
        this.command = sent.path(sent.has("exec-oob") ? "exec-oob" : "execute").asString("");
        this.errorClass = response.errorClass();
        this.description = response.description();
        this.sent = sent;
        this.received = received;
    }

    /**
     * The command that was refused.
     *
     * @return its name
     */
    public String command() {
        return command;
    }

    /**
     * The class of the error.
     *
     * @return for example {@code "GenericError"} or {@code "CommandNotFound"}; the set may grow
     */
    public String errorClass() {
        return errorClass;
    }

    /**
     * The server's description.
     *
     * @return meant for people, not to be parsed
     */
    public String description() {
        return description;
    }

    /**
     * The server's own words.
     *
     * @return class and description
     */
    public ErrorResponse response() {
        return new ErrorResponse(errorClass, description);
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
     * @return the message as it came; not to be changed
     */
    public JsonNode received() {
        return received;
    }
}
