package io.github.qmpreactive.internal.transport;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** Addresses of UNIX sockets: each transport has a class of its own for the same thing, and a limit of its own. */
final class UnixAddresses {

    private static final String SYSTEM = System.getProperty("os.name", "");

    private UnixAddresses() {}

    /** How many bytes a path may have on this system. */
    static int limit(boolean nio) {
        return limit(nio, SYSTEM);
    }

    /**
     * How many bytes a path may have. As QEMU: of the system's bytes one is for the zero at the end; without it connecting
     * fails now and then. The JDK leaves out one more.
     */
    static int limit(boolean nio, String system) {
        return bytesOfSystem(system.toLowerCase(Locale.ROOT)) - (nio ? 2 : 1);
    }

    /** The size of {@code sun_path}: 104 where the system descends from BSD. */
    private static int bytesOfSystem(String system) {
        return system.startsWith("mac") || system.contains("darwin") || system.contains("bsd") ? 104 : 108;
    }

    static int bytesOf(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    static SocketAddress of(Path path, boolean nio) {
        return nio ? UnixDomainSocketAddress.of(path) : new DomainSocketAddress(path.toString());
    }
}
