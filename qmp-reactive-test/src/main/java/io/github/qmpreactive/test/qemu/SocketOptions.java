package io.github.qmpreactive.test.qemu;

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

    /** A comma in a path is doubled already. */
    static String of(String address) {
        if (address.startsWith("unix:") && address.length() > "unix:".length()) {
            return "path=" + address.substring("unix:".length());
        }
        Matcher tcp = TCP.matcher(address);
        if (!tcp.matches()) {
            throw new IllegalArgumentException(
                    "\"" + address + "\" is no address to dial in at: write unix:/path or tcp:host:port");
        }
        return "host=" + tcp.group(1) + ",port=" + tcp.group(2) + ",nodelay=on";
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
