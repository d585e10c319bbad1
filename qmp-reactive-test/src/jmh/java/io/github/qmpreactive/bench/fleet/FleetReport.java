package io.github.qmpreactive.bench.fleet;

import io.github.qmpreactive.bench.report.Figures;
import io.github.qmpreactive.bench.report.LineChart;
import io.github.qmpreactive.bench.report.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Prints what was measured of fleets, and draws what a session and a message cost in each. */
public final class FleetReport {

    private FleetReport() {}

    /**
     * Prints and draws.
     *
     * @param results of fleets of different sizes, plain sessions
     * @param supervised the same sizes, supervised machines
     * @param charts the folder for the chart
     * @throws IOException if the chart cannot be written
     */
    public static void print(List<FleetResult> results, List<SupervisedResult> supervised, Path charts)
            throws IOException {
        Table table = new Table(
                "sessions",
                "connected in, s",
                "per s",
                "heap each, KiB",
                "direct each, KiB",
                "more threads",
                "CPU per command, µs",
                "p50, µs",
                "p99, µs",
                "p99.9, µs",
                "event to all, ms",
                "CPU per event, µs");
        for (FleetResult r : results) {
            table.row(
                    String.format("%,d", r.sessions()),
                    Figures.of(r.connectSeconds()),
                    Figures.of(r.sessions() / r.connectSeconds()),
                    Figures.of(r.heapKib()),
                    Figures.of(r.directKib()),
                    r.threads(),
                    Figures.of(r.cpuMicros()),
                    Figures.of(r.p50()),
                    Figures.of(r.p99()),
                    Figures.of(r.p999()),
                    Figures.of(r.broadcastMillis()),
                    Figures.of(r.eventCpuMicros()));
        }
        System.out.println(table);
        System.out.println(table(supervised));
        if (!results.isEmpty()) {
            new LineChart("Cost against sessions", "sessions", "KiB, microseconds")
                    .line("heap per idle session, KiB", line(results, FleetResult::sessions, FleetResult::heapKib))
                    .line(
                            "heap per supervised machine, KiB",
                            line(supervised, SupervisedResult::machines, SupervisedResult::heapKib))
                    .line("CPU per command, µs", line(results, FleetResult::sessions, FleetResult::cpuMicros))
                    .write(charts.resolve("fleet.svg"));
        }
    }

    private static Table table(List<SupervisedResult> supervised) {
        Table table = new Table(
                "supervised machines",
                "connected in, s",
                "heap each, KiB",
                "more threads",
                "CPU idle, %",
                "p50, µs",
                "p99, µs",
                "p99 beside the restart of half, µs",
                "restart of half, s",
                "restart of all, s",
                "handshakes at a time",
                "event to all, ms");
        for (SupervisedResult r : supervised) {
            table.row(
                    String.format("%,d", r.machines()),
                    Figures.of(r.connectSeconds()),
                    Figures.of(r.heapKib()),
                    r.threads(),
                    Figures.of(r.idlePercent()),
                    Figures.of(r.p50()),
                    Figures.of(r.p99()),
                    Figures.of(r.survivorsP99()),
                    Figures.of(r.halfSeconds()),
                    Figures.of(r.allSeconds()),
                    r.handshakes(),
                    Figures.of(r.broadcastMillis()));
        }
        return table;
    }

    private static <R> SortedMap<Double, Double> line(
            List<R> results, ToDoubleFunction<R> size, ToDoubleFunction<R> figure) {
        SortedMap<Double, Double> line = new TreeMap<>();
        results.forEach(result -> line.put(size.applyAsDouble(result), figure.applyAsDouble(result)));
        return line;
    }
}
