package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The first message of the server is not the greeting of QMP. No session is opened; the connection is closed. */
public final class GreetingError extends ProtocolError {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable JsonNode received;

    /**
     * An error with the message that was received.
     *
     * @param message what is wrong with it, and what may be the reason
     * @param received the message, or null where there was none
     * @param cause what it came from, if anything
     */
    public GreetingError(String message, @Nullable JsonNode received, @Nullable Throwable cause) {
        super(message, cause);
        this.received = received;
    }

    /**
     * The message that was received.
     *
     * @return the message as it came, not to be changed; null where no message came
     */
    public @Nullable JsonNode received() {
        return received;
    }

    @Override
    public boolean endsSession() {
        return true;
    }
}
