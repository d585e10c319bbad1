package io.github.qmpreactive.test.qemu;

import io.github.qmpreactive.test.internal.process.VersionedOptions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Addresses as the options of QEMU's socket character devices, and back. */
final class SocketOptions {

    private static final Pattern TCP = Pattern.compile("tcp:\\[?([^]]+?)]?:(\\d+)");
    private static final Pattern LISTENING = Pattern.compile(".*(tcp:[^,]+),.*");
    private static final JsonMapper JSON = new JsonMapper();

    private SocketOptions() {}

    /**
     * Checks an address.
     *
     * @throws IllegalArgumentException if it is neither {@code unix:/path} nor {@code tcp:host:port}
     */
    static void check(String address) {
        if (!isUnix(address) && !TCP.matcher(address).matches()) {
            throw new IllegalArgumentException(
                    "\"" + address + "\" is not an address to connect to: write unix:/path or tcp:host:port");
        }
    }

    /** Returns the options of the socket at an address. */
    static String of(String address, VersionedOptions versioned) {
        if (isUnix(address)) {
            return "path=" + address.substring("unix:".length());
        }
        Matcher tcp = TCP.matcher(address);
        if (!tcp.matches()) {
            throw new IllegalArgumentException(address);
        }
        return "host=" + tcp.group(1) + ",port=" + tcp.group(2) + "," + versioned.noDelay();
    }

    private static boolean isUnix(String address) {
        return address.startsWith("unix:") && address.length() > "unix:".length();
    }

    /** Which ports the system has chosen for the first monitors, by the answer to {@code query-chardev}. */
    static List<String> ports(String answer, int monitors) {
        JsonNode devices = JSON.readTree(answer).path("return");
        return IntStream.range(0, monitors)
                .mapToObj(i -> port(devices, CommandLine.label(i)))
                .toList();
    }

    private static String port(JsonNode devices, String label) {
        return StreamSupport.stream(devices.spliterator(), false)
                .filter(device -> device.path("label").asString().equals(label))
                .map(device -> LISTENING.matcher(device.path("filename").asString()))
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No port of " + label + " in " + devices));
    }
}
