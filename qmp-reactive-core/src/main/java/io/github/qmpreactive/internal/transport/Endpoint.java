package io.github.qmpreactive.internal.transport;

import java.nio.file.Path;

/** Where a monitor listens, or is listened for. */
public sealed interface Endpoint {

    /**
     * The address as QEMU's command line takes it, in {@code -qmp} for example: a comma in a path is doubled.
     *
     * @return the address
     */
    default String toQemu() {
        return toString().replace(",", ",,");
    }

    /**
     * A UNIX socket.
     *
     * @param path its path
     */
    record Unix(Path path) implements Endpoint {
        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /**
     * A TCP port.
     *
     * @param host a name or an address, without brackets
     * @param port from 1 to 65535; 0 to listen on one that is free
     */
    record Tcp(String host, int port) implements Endpoint {
        @Override
        public String toString() {
            return host.indexOf(':') < 0 ? "tcp:" + host + ":" + port : "tcp:[" + host + "]:" + port;
        }
    }
}
