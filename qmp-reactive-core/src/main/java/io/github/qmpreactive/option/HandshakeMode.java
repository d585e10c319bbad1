package io.github.qmpreactive.option;

/** How much of the handshake a client performs before it emits a session. */
public enum HandshakeMode {
    /** The greeting is awaited, and capabilities are negotiated. The default, and what a new connection needs. */
    FULL,
    /**
     * The greeting is awaited, and nothing is sent: the server accepts only {@code qmp_capabilities} until the
     * application has sent it.
     */
    GREETING_ONLY,
    /**
     * Nothing is awaited and nothing is sent: for a connection on which another program has negotiated before. There is
     * no greeting, and replies to the commands of that program are dropped.
     */
    NONE
}
