package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The command succeeded, but what it returned does not fit the requested class, or that class threw an exception while
 * it was created. The session stays open.
 */
public final class ResultTypeError extends QmpError {

    private static final long serialVersionUID = 1L;

    private final transient JsonNode result;

    /**
     * An error with what the command returned.
     *
     * @param message the command, the class, and what does not fit
     * @param result what the command returned
     * @param cause what Jackson reported, if anything
     */
    public ResultTypeError(String message, JsonNode result, @Nullable Throwable cause) {
        super(message, cause);
        this.result = result;
    }

    /**
     * What the command returned.
     *
     * @return the {@code return} member of the reply; not to be changed
     */
    public JsonNode result() {
        return result;
    }
}
