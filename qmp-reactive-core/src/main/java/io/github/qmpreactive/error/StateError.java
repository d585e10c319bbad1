package io.github.qmpreactive.error;

import io.github.qmpreactive.message.SessionState;

/** The session is not in the state that is needed; nothing was sent. */
public final class StateError extends QmpError {

    private static final long serialVersionUID = 1L;

    /** The state the session was in. */
    private final SessionState state;
    /** The state that was needed. */
    private final SessionState required;

    /**
     * An error with both states.
     *
     * @param message what was refused
     * @param state the state the session is in
     * @param required the state that was needed
     */
    public StateError(String message, SessionState state, SessionState required) {
        super(message, null);
        this.state = state;
        this.required = required;
    }

    /**
     * The state the session was in.
     *
     * @return the state
     */
    public SessionState state() {
        return state;
    }

    /**
     * The state that was needed.
     *
     * @return the state
     */
    public SessionState required() {
        return required;
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
