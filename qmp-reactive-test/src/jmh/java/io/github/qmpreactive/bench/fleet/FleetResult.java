package io.github.qmpreactive.bench.fleet;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What was measured of a fleet.
 *
 * @param sessions how many
 * @param connectSeconds until all of them were connected
 * @param heapKib KiB of heap of each, idle, with a subscriber to its events
 * @param directKib KiB of Netty's direct memory of each
 * @param threads how many more there are than with one session
 * @param messages how many commands were sent
 * @param cpuMicros CPU time of the process for each command, in microseconds
 * @param p50 microseconds from subscribe to answer, of half of the commands
 * @param p99 of 99 %
 * @param p999 of 99.9 %
 * @param broadcastMillis from a command that brings an event to every session until all have it
 * @param eventCpuMicros CPU time of the process for each of those events
 */
public record FleetResult(
        int sessions,
        double connectSeconds,
        double heapKib,
        double directKib,
        int threads,
        double messages,
        double cpuMicros,
        double p50,
        double p99,
        double p999,
        double broadcastMillis,
        double eventCpuMicros) {

    /** One line, for another process to read. */
    String line() {
        return Stream.of(
                        sessions,
                        connectSeconds,
                        heapKib,
                        directKib,
                        threads,
                        messages,
                        cpuMicros,
                        p50,
                        p99,
                        p999,
                        broadcastMillis,
                        eventCpuMicros)
                .map(number -> String.format(Locale.ROOT, "%.4f", number.doubleValue()))
                .collect(Collectors.joining(" "));
    }

    static FleetResult parse(String line) {
        List<Double> n = Stream.of(line.split(" ")).map(Double::valueOf).toList();
        return new FleetResult(
                n.get(0).intValue(),
                n.get(1),
                n.get(2),
                n.get(3),
                n.get(4).intValue(),
                n.get(5),
                n.get(6),
                n.get(7),
                n.get(8),
                n.get(9),
                n.get(10),
                n.get(11));
    }
}
