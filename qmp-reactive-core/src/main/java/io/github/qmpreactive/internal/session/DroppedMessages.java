package io.github.qmpreactive.internal.session;

import org.jspecify.annotations.Nullable;

/**
 * Logs and counts the messages of the server that belong to nothing. The lines have an end, however many messages come:
 * the rest is only counted, and the sum is logged when the session ends. Confined to the event loop.
 */
final class DroppedMessages {

    /** A monitor is trusted, but it too may be broken. */
    static final int LINES_OF_MONITOR = 100;

    /** What runs in a guest is told of once. */
    static final int LINES_OF_AGENT = 1;

    private final SessionLog log;
    private int linesLeft = LINES_OF_MONITOR;
    private long dropped;

    DroppedMessages(SessionLog log) {
        this.log = log;
    }

    /** The server is an agent. */
    void limitToAgent() {
        linesLeft = LINES_OF_AGENT;
    }

    /** A message that an operator has to know of. */
    void warn(String message, @Nullable Object argument) {
        if (mayLog()) {
            log.warn(message + ending(), argument);
        }
    }

    /** A message that tells of a failure. */
    void error(String message, @Nullable Object argument) {
        if (mayLog()) {
            log.error(message + ending(), argument);
        }
    }

    /** The session has ended. */
    void logSum() {
        if (dropped > 1) {
            log.debug("Dropped {} messages in all", dropped);
        }
    }

    private boolean mayLog() {
        dropped++;
        return linesLeft > 0 && linesLeft-- > 0;
    }

    private String ending() {
        return linesLeft == 0 ? "; further ones are counted, not logged" : "";
    }
}
