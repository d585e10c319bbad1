package io.github.qmpreactive.internal.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An address as QEMU's command line has it: a head, and options behind commas. Most options tell QEMU how to listen and mean
 * nothing to a client; those that change which socket it is, or what is spoken on it, must not be passed over.
 */
final class AddressOptions {

    /** What is meant instead, by the name of an option that changes the meaning of the address. */
    private static final Map<String, String> CHANGES_MEANING = Map.ofEntries(
            Map.entry("abstract", "abstract sockets are not supported, and a file would be another socket"),
            Map.entry("tight", "it belongs to abstract sockets, which are not supported"),
            Map.entry("tls-creds", "leave it out and call secure(SslContext) for TLS"),
            Map.entry("tls-authz", "leave it out and call secure(SslContext) for TLS"),
            Map.entry("websocket", "WebSocket is not supported; have QEMU listen without it"),
            Map.entry("telnet", "telnet is not supported; have QEMU listen without it"),
            Map.entry("tn3270", "tn3270 is not supported; have QEMU listen without it"),
            Map.entry("fd", "a descriptor is no address; open a connection on it and call connect(Connection)"),
            Map.entry("vsock", "vsock is not supported; open a connection yourself and call connect(Connection)"),
            Map.entry("to", "QEMU may have taken any port of that range; name the port that it listens on"),
            Map.entry("path", "the path goes before the first comma"),
            Map.entry("host", "the host goes before the first comma"),
            Map.entry("port", "the port goes before the first comma"));

    private static final Set<String> OFF = Set.of("off", "no", "false", "n");

    private AddressOptions() {}

    /**
     * Cuts the options off.
     *
     * @param text an address; a comma that belongs to the head is doubled
     * @return what is before the first comma that is not doubled, with single commas
     */
    static String head(String text) {
        return split(text).get(0);
    }

    /**
     * Finds an option that changes what the address means.
     *
     * @param text an address
     * @return the option and what to do instead, or null if there is no such option
     */
    static @Nullable String changingMeaning(String text) {
        List<String> parts = split(text);
        for (String option : parts.subList(1, parts.size())) {
            int equals = option.indexOf('=');
            String name = (equals < 0 ? option : option.substring(0, equals)).trim();
            String value = equals < 0 ? "on" : option.substring(equals + 1).trim();
            // addr.path and the like are how -chardev and JSON spell them.
            String known = name.startsWith("addr.") ? name.substring("addr.".length()) : name;
            String instead = CHANGES_MEANING.get(known);
            if (instead != null && !OFF.contains(value.toLowerCase(Locale.ROOT))) {
                return "the option " + name + " changes what it means: " + instead;
            }
        }
        return null;
    }

    /** Cuts at each comma that is not doubled. */
    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != ',') {
                part.append(c);
            } else if (i + 1 < text.length() && text.charAt(i + 1) == ',') {
                part.append(c);
                i++;
            } else {
                parts.add(part.toString());
                part.setLength(0);
            }
        }
        parts.add(part.toString());
        return parts;
    }
}
