package io.github.qmpreactive.message;

/** Where a session is in its life. A session only ever moves down this list, and no state will be added. */
public enum SessionState {
    /** Negotiated: the session accepts commands and emits events. */
    RUNNING,
    /** {@code disconnect()} was called: what has to be sent before the end is awaited and flushed, new commands are refused. */
    DISCONNECTING,
    /** The connection is closed, by whichever side. */
    DISCONNECTED
}
