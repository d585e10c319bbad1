package io.github.qmpreactive.internal.transport;

import reactor.netty.Connection;

/** Handles accepted connections, one at a time, on whichever event loop. */
@FunctionalInterface
public interface AcceptHandler {

    /**
     * A connection was accepted, and is ready to be read from.
     *
     * @param connection the connection, which the handler owns
     */
    void accept(Connection connection);
}
