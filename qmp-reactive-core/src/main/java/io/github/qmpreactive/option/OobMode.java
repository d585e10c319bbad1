package io.github.qmpreactive.option;

/**
 * What to do about the capability {@code oob}, with which a server runs certain commands out of band. QEMU offers
 * it on monitors that run in their own thread: those on sockets, in general.
 */
public enum OobMode {
    /** Enabled when it is offered. The default. */
    AUTO,
    /** Never enabled. */
    OFF,
    /** Enabled; a server that does not offer it is an error of the handshake. */
    REQUIRE
}
