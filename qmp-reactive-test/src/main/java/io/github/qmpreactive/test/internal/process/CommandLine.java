package io.github.qmpreactive.test.internal.process;

import io.github.qmpreactive.internal.transport.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * The arguments of a QEMU or a storage daemon.
 *
 * @param daemon whether it is a storage daemon
 * @param paused whether a machine is to wait for {@code cont}
 * @param args what was asked for
 * @param versioned the options that depend on the version of the program
 */
public record CommandLine(boolean daemon, boolean paused, List<String> args, VersionedOptions versioned) {

    private static final Pattern LISTENING = Pattern.compile(".*(tcp:[^,]+),.*");

    /** How the monitor's character device is called. */
    public static String label(int monitor) {
        return "qmp" + monitor;
    }

    public static boolean hasMachine(List<String> args) {
        return args.contains("-machine") || args.contains("-M");
    }

    /** Which ports the system has chosen for the first monitors, by the answer to {@code query-chardev}. */
    public static List<String> ports(JsonNode chardevs, int monitors) {
        return IntStream.range(0, monitors)
                .mapToObj(i -> port(chardevs, label(i)))
                .toList();
    }

    private static String port(JsonNode chardevs, String label) {
        return chardevs.valueStream()
                .filter(device -> device.path("label").asString().equals(label))
                .map(device -> LISTENING.matcher(device.path("filename").asString()))
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No port of " + label + " in " + chardevs));
    }

    /**
     * The arguments.
     *
     * @param listening where monitors listen
     * @param dialled where monitors connect, again and again
     * @param ready where the last monitor connects once
     */
    public List<String> arguments(List<Endpoint> listening, List<Endpoint> dialled, Endpoint ready) {
        List<String> line = new ArrayList<>();
        if (!daemon) {
            line.addAll(hasMachine(args) ? List.of() : List.of("-machine", "none"));
            line.addAll(List.of("-nodefaults", "-display", "none"));
            line.addAll(paused ? List.of("-S") : List.of());
        }
        line.addAll(args);
        for (int i = 0; i < listening.size(); i++) {
            line.addAll(monitor(label(i), listening.get(i), "server=on,wait=off"));
        }
        for (int i = 0; i < dialled.size(); i++) {
            line.addAll(monitor("dial" + i, dialled.get(i), "server=off," + versioned.reconnect()));
        }
        line.addAll(monitor("ready", ready, "server=off"));
        return line;
    }

    private List<String> monitor(String label, Endpoint address, String socketOptions) {
        List<String> line = new ArrayList<>();
        line.add(daemon ? "--chardev" : "-chardev");
        line.add("socket,id=" + label + "," + socket(address) + "," + socketOptions);
        if (daemon) {
            // No version of the storage daemon deprecates --monitor.
            line.addAll(List.of("--monitor", "chardev=" + label));
        } else {
            line.addAll(versioned.monitor(label));
        }
        return line;
    }

    private String socket(Endpoint address) {
        return address instanceof Endpoint.Tcp tcp
                ? "host=" + tcp.host() + ",port=" + tcp.port() + "," + versioned.noDelay()
                // A comma ends a value, unless it is doubled.
                : "path=" + ((Endpoint.Unix) address).path().toString().replace(",", ",,");
    }
}
