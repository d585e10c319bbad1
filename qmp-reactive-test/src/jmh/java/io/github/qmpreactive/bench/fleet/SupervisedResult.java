package io.github.qmpreactive.bench.fleet;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What was measured of a fleet of supervised machines.
 *
 * @param machines how many
 * @param connectSeconds until all of them were connected
 * @param heapKib KiB of heap of each, idle, with one subscriber to the events of all
 * @param threads how many more there are than without machines
 * @param idlePercent CPU time of the process while nothing happens, in percent of one processor
 * @param p50 microseconds from subscribe to answer, of half of the commands to one half of the machines
 * @param p99 of 99 %
 * @param survivorsP99 the same, while the other half is started again, and machines come and go
 * @param halfSeconds from the restart of a half until all of it are connected again, 0.5 s included in which nothing listens
 * @param allSeconds the same with all machines
 * @param handshakes how many connections the servers had accepted and not negotiated at a time, at most, during both restarts
 * @param broadcastMillis from a command that brings an event to every machine until the subscriber has all
 */
public record SupervisedResult(
        int machines,
        double connectSeconds,
        double heapKib,
        int threads,
        double idlePercent,
        double p50,
        double p99,
        double survivorsP99,
        double halfSeconds,
        double allSeconds,
        int handshakes,
        double broadcastMillis) {

    /** One line, for another process to read. */
    String line() {
        return Stream.of(
                        machines,
                        connectSeconds,
                        heapKib,
                        threads,
                        idlePercent,
                        p50,
                        p99,
                        survivorsP99,
                        halfSeconds,
                        allSeconds,
                        handshakes,
                        broadcastMillis)
                .map(number -> String.format(Locale.ROOT, "%.4f", number.doubleValue()))
                .collect(Collectors.joining(" "));
    }

    static SupervisedResult parse(String line) {
        List<Double> n = Stream.of(line.split(" ")).map(Double::valueOf).toList();
        return new SupervisedResult(
                n.get(0).intValue(),
                n.get(1),
                n.get(2),
                n.get(3).intValue(),
                n.get(4),
                n.get(5),
                n.get(6),
                n.get(7),
                n.get(8),
                n.get(9),
                n.get(10).intValue(),
                n.get(11));
    }
}
