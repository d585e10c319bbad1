package io.github.qmpreactive.internal.transport;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads addresses as people have them from QEMU's command line. */
public final class AddressParser {

    private static final String FORMS = "unix:PATH, a path, tcp:HOST:PORT, HOST:PORT or [IPv6]:PORT";

    /** As QEMU has it, where no host is given: not for others to reach. */
    private static final String LOCAL = "localhost";

    private AddressParser() {}

    /**
     * Reads an address: {@code unix:PATH}, a bare path (it has a slash, or no colon), {@code tcp:HOST:PORT}, {@code
     * HOST:PORT}, {@code [IPv6]:PORT}; without a host, as in {@code tcp::4444}, it is this computer. What QEMU's command line
     * adds behind a comma ({@code ,server=on,wait=off}) is ignored, unless it changes what the address means ({@code
     * abstract}, {@code tls-creds}, {@code websocket}); a path that holds a comma is written with two, as QEMU wants it.
     *
     * @param address the address
     * @return where that is
     * @throws IllegalArgumentException if it is no address; the message says what is wrong and which forms there are
     */
    public static Endpoint parse(String address) {
        String unsupported = AddressKinds.unsupported(address);
        if (unsupported != null) {
            throw bad(address, unsupported, null);
        }
        String changed = AddressOptions.changingMeaning(address);
        if (changed != null) {
            throw bad(address, changed, null);
        }
        if (address.startsWith("unix:")) {
            return unix(address, address.substring("unix:".length()));
        }
        if (address.startsWith("tcp:")) {
            return tcp(address, AddressOptions.head(address.substring("tcp:".length())));
        }
        boolean isPath =
                address.indexOf('/') >= 0 || AddressOptions.head(address).indexOf(':') < 0;
        return isPath ? unix(address, address) : tcp(address, AddressOptions.head(address));
    }

    /**
     * Checks what a TCP address is made of.
     *
     * @param host a name or an address
     * @param port a port
     * @return the endpoint
     * @throws IllegalArgumentException if the host is blank or the port is out of range
     */
    public static Endpoint.Tcp tcp(String host, int port) {
        if (host.isBlank()) {
            throw new IllegalArgumentException("The host is blank");
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException(
                    "The port is " + port + ", but has to be from 1 to 65535, or 0 to listen on one that is free");
        }
        return new Endpoint.Tcp(host, port);
    }

    private static Endpoint unix(String address, String rest) {
        String path = AddressOptions.head(rest);
        if (path.isEmpty()) {
            throw bad(address, "the path is empty", null);
        }
        String at = AddressKinds.atSign(path);
        if (at != null) {
            throw bad(address, at, null);
        }
        try {
            return new Endpoint.Unix(Path.of(path));
        } catch (InvalidPathException e) {
            throw bad(address, "the path is invalid: " + e.getReason(), e);
        }
    }

    private static Endpoint tcp(String address, String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        if (colon < 0) {
            throw bad(address, "there is no port", null);
        }
        String host = hostAndPort.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw bad(address, "an IPv6 address goes in brackets", null);
        }
        String port = hostAndPort.substring(colon + 1);
        if (port.startsWith("+")) {
            throw bad(address, "the port is not a number", null);
        }
        try {
            return tcp(host.isEmpty() ? LOCAL : host, Integer.parseInt(port));
        } catch (NumberFormatException e) {
            throw bad(address, "the port is not a number", e);
        } catch (IllegalArgumentException e) {
            throw bad(address, String.valueOf(e.getMessage()), e);
        }
    }

    private static IllegalArgumentException bad(String address, String why, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "'" + address + "' is not an address: " + why + "; it has to be " + FORMS, cause);
    }
}
