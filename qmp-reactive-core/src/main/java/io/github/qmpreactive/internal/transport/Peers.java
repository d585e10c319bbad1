package io.github.qmpreactive.internal.transport;

import reactor.netty.Connection;

/** Is told of those who dial in, one at a time, on whichever event loop. */
@FunctionalInterface
public interface Peers {

    /**
     * Somebody has dialled in, and the connection is ready to be read from.
     *
     * @param connection the connection; whoever is told owns it
     */
    void arrived(Connection connection);
}
