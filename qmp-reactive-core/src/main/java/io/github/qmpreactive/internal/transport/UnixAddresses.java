package io.github.qmpreactive.internal.transport;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Addresses of UNIX sockets: each transport has a class of its own for the same thing, and a limit of its own. */
final class UnixAddresses {

    /** What the JDK allows. */
    private static final int MAX_PATH_NIO = 106;

    /** As QEMU: of the system's 108 bytes one is for the zero at the end; without it connecting fails now and then. */
    private static final int MAX_PATH_NATIVE = 107;

    private UnixAddresses() {}

    static int limit(boolean nio) {
        return nio ? MAX_PATH_NIO : MAX_PATH_NATIVE;
    }

    static int bytesOf(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    static SocketAddress of(Path path, boolean nio) {
        return nio ? UnixDomainSocketAddress.of(path) : new DomainSocketAddress(path.toString());
    }
}
