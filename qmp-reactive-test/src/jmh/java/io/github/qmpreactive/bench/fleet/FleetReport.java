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
     * @param results of fleets of different sizes
     * @param charts the folder for the chart
     * @throws IOException if the chart cannot be written
     */
    public static void print(List<FleetResult> results, Path charts) throws IOException {
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
        if (!results.isEmpty()) {
            new LineChart("Cost against sessions", "sessions", "KiB, microseconds")
                    .line("heap per idle session, KiB", line(results, FleetResult::heapKib))
                    .line("CPU per command, µs", line(results, FleetResult::cpuMicros))
                    .write(charts.resolve("fleet.svg"));
        }
    }

    private static SortedMap<Double, Double> line(List<FleetResult> results, ToDoubleFunction<FleetResult> figure) {
        SortedMap<Double, Double> line = new TreeMap<>();
        results.forEach(result -> line.put((double) result.sessions(), figure.applyAsDouble(result)));
        return line;
    }
}
