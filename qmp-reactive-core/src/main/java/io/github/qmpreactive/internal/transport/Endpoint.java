package io.github.qmpreactive.internal.transport;

import java.nio.file.Path;

/** Where a monitor listens. */
public sealed interface Endpoint {

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
     * @param port from 1 to 65535
     */
    record Tcp(String host, int port) implements Endpoint {
        @Override
        public String toString() {
            return host.indexOf(':') < 0 ? "tcp:" + host + ":" + port : "tcp:[" + host + "]:" + port;
        }
    }
}
