package io.github.qmpreactive.internal.transport;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Knows addresses of kinds that a client does not support, which would pass for a path, or for a host and a port. */
final class AddressKinds {

    private static final Pattern URL = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://.*", Pattern.DOTALL);
    private static final Pattern PREFIX = Pattern.compile("([A-Za-z][A-Za-z0-9]*):.*", Pattern.DOTALL);

    private static final String OPEN_IT = "open a connection yourself and call connect(Connection)";
    private static final String SOCKET =
            "have QEMU listen on a socket, for example with -qmp unix:PATH,server=on,wait=off";

    /** What can be done instead, by what stands before the colon. A host of such a name goes behind {@code tcp:}. */
    private static final Map<String, String> UNSUPPORTED = Map.ofEntries(
            Map.entry("fd", "it is a descriptor: " + OPEN_IT),
            Map.entry("vsock", "vsock is not supported: " + OPEN_IT),
            Map.entry("abstract", "abstract sockets are not supported: " + OPEN_IT),
            Map.entry("exec", "a program is not an address: " + OPEN_IT),
            Map.entry("telnet", "telnet is not supported: " + SOCKET),
            Map.entry("telnets", "telnet is not supported: " + SOCKET),
            Map.entry("tn3270", "tn3270 is not supported: " + SOCKET),
            Map.entry("websocket", "WebSocket is not supported: " + SOCKET),
            Map.entry("http", "QMP is not spoken over HTTP: " + SOCKET),
            Map.entry("https", "QMP is not spoken over HTTP: " + SOCKET),
            Map.entry("ws", "WebSocket is not supported: " + SOCKET),
            Map.entry("wss", "WebSocket is not supported: " + SOCKET),
            Map.entry("udp", "QMP is not spoken over UDP: " + SOCKET),
            Map.entry("file", "a file is no socket: " + SOCKET),
            Map.entry("pipe", "a pipe is no socket: " + SOCKET),
            Map.entry("chardev", "it is QEMU's name for a chardev: use the address of that chardev"),
            Map.entry("mon", "it is QEMU's name for a monitor: use the address of its chardev"));

    private AddressKinds() {}

    /**
     * Says why an address is of a kind that is not supported.
     *
     * @param address an address
     * @return why, and what to write or do instead; null if nothing speaks against it
     */
    static @Nullable String unsupported(String address) {
        Matcher url = URL.matcher(address);
        if (url.matches() && !address.startsWith("unix:///")) {
            return url(url.group(1));
        }
        Matcher prefix = PREFIX.matcher(address);
        if (prefix.matches()) {
            return prefix(prefix.group(1));
        }
        String head = AddressOptions.head(address);
        if (head.equals("socket") && !head.equals(address)) {
            return "that is how -chardev has it: write unix:PATH or tcp:HOST:PORT";
        }
        if (head.equals("stdio") || head.equals("pty")) {
            return head + " is no socket: " + SOCKET + "; if it is a path, write ./" + head;
        }
        return atSign(head);
    }

    private static @Nullable String url(String scheme) {
        String known = UNSUPPORTED.get(scheme.toLowerCase(Locale.ROOT));
        if (known != null) {
            return known;
        }
        return switch (scheme.toLowerCase(Locale.ROOT)) {
            case "tcp" -> "it is no URL: write tcp:HOST:PORT, without the slashes";
            case "unix" -> "it is no URL: write unix:PATH, without the slashes";
            default -> "a URL is not supported";
        };
    }

    private static @Nullable String prefix(String prefix) {
        String lower = prefix.toLowerCase(Locale.ROOT);
        if ((lower.equals("unix") || lower.equals("tcp")) && !lower.equals(prefix)) {
            return lower + ": is written in lower case";
        }
        return UNSUPPORTED.get(prefix);
    }

    /** Many programs write an abstract socket so. */
    static @Nullable String atSign(String path) {
        return path.startsWith("@")
                ? "abstract sockets are not supported; if it is the path of a file, write ./" + path
                : null;
    }
}
