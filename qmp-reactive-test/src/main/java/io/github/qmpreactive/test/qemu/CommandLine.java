package io.github.qmpreactive.test.qemu;

import io.github.qmpreactive.test.internal.process.VersionedOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The arguments of a QEMU or a storage daemon.
 *
 * @param daemon whether it is a storage daemon
 * @param paused whether a machine is to wait for {@code cont}
 * @param args what was asked for
 * @param monitorOptions options of each monitor
 * @param versioned the options that depend on the version of the program
 */
record CommandLine(
        boolean daemon, boolean paused, List<String> args, List<String> monitorOptions, VersionedOptions versioned) {

    /** How the monitor's character device is called. */
    static String label(int monitor) {
        return "qmp" + monitor;
    }

    static boolean hasMachine(List<String> args) {
        return args.contains("-machine") || args.contains("-M");
    }

    List<String> arguments(List<String> listening, List<String> dialled, String ready) {
        List<String> line = new ArrayList<>(beginning());
        for (int i = 0; i < listening.size(); i++) {
            line.addAll(monitor(label(i), listening.get(i) + ",server=on,wait=off", monitorOptions));
        }
        for (int i = 0; i < dialled.size(); i++) {
            line.addAll(monitor("dial" + i, dialled.get(i) + ",server=off," + versioned.reconnect(), monitorOptions));
        }
        line.addAll(monitor("ready", ready + ",server=off", List.of()));
        return line;
    }

    private List<String> beginning() {
        if (daemon) {
            return args;
        }
        return Stream.of(
                        hasMachine(args) ? List.<String>of() : List.of("-machine", "none"),
                        List.of("-nodefaults", "-display", "none"),
                        paused ? List.of("-S") : List.<String>of(),
                        args)
                .flatMap(List::stream)
                .toList();
    }

    private List<String> monitor(String label, String socket, List<String> options) {
        return Stream.concat(
                        Stream.of(daemon ? "--chardev" : "-chardev", "socket,id=" + label + "," + socket),
                        onChardev(label, options.toArray(String[]::new)).stream())
                .toList();
    }

    /** No version of the storage daemon deprecates {@code --monitor}. */
    private List<String> onChardev(String label, String... options) {
        return daemon
                ? List.of("--monitor", String.join(",", concat("chardev=" + label, options)))
                : versioned.monitor(label, options);
    }

    private static List<String> concat(String first, String... more) {
        return Stream.concat(Stream.of(first), Stream.of(more)).toList();
    }
}
