package io.github.qmpreactive.bench.jmh;

import io.github.qmpreactive.bench.report.Figures;
import io.github.qmpreactive.bench.report.LineChart;
import io.github.qmpreactive.bench.report.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the benchmarks of this package, prints each beside its floor, and draws throughput against commands in flight. */
public final class Suite {

    private static final String FLOOR = "Floor";
    private static final int WARM_UP = 3;
    private static final int ITERATIONS = 5;

    private Suite() {}

    /** One line of the table: what was measured, without and with session. */
    private record Pair(Map<Boolean, RunResult> byFloor) {

        double rate(boolean floor) {
            RunResult result = byFloor.get(floor);
            return result == null ? Double.NaN : result.getPrimaryResult().getScore();
        }

        double bytes(boolean floor) {
            RunResult result = byFloor.get(floor);
            Result<?> bytes =
                    result == null ? null : result.getSecondaryResults().get("gc.alloc.rate.norm");
            return bytes == null ? Double.NaN : bytes.getScore();
        }
    }

    /**
     * Runs them.
     *
     * @param regex part of the names of those that are wanted; empty for all
     * @param charts the folder for the chart
     * @throws RunnerException if one fails
     * @throws IOException if the chart cannot be written
     */
    public static void run(String regex, Path charts) throws RunnerException, IOException {
        TimeValue time =
                TimeValue.milliseconds((long) (1000 * Double.parseDouble(System.getProperty("bench.time", "1"))));
        Options options = new OptionsBuilder()
                .include(Pattern.quote(Suite.class.getPackageName()) + ".*" + regex)
                .mode(Mode.Throughput)
                .timeUnit(TimeUnit.SECONDS)
                .forks(Integer.getInteger("bench.forks", 1))
                .warmupIterations(WARM_UP)
                .warmupTime(time)
                .measurementIterations(ITERATIONS)
                .measurementTime(time)
                .addProfiler(GCProfiler.class)
                .jvmArgs("-Dqmp.log.level=OFF", "-Xms1g", "-Xmx1g")
                .build();
        Collection<RunResult> results = new Runner(options).run();
        Map<String, Pair> pairs = new LinkedHashMap<>();
        for (RunResult result : results) {
            String name = name(result);
            boolean floor = name.endsWith(FLOOR);
            String work = (floor ? name.substring(0, name.length() - FLOOR.length()) : name) + parameters(result);
            pairs.computeIfAbsent(work, w -> new Pair(new TreeMap<>()))
                    .byFloor()
                    .put(floor, result);
        }
        print(pairs);
        draw(results, charts);
    }

    private static void print(Map<String, Pair> pairs) {
        Table table =
                new Table("", "session, per s", "floor, per s", "ratio", "session, bytes each", "floor, bytes each");
        pairs.forEach((work, pair) -> table.row(
                work,
                Figures.of(pair.rate(false)),
                Figures.of(pair.rate(true)),
                Figures.of(pair.rate(false) / pair.rate(true)),
                Figures.of(pair.bytes(false)),
                Figures.of(pair.bytes(true))));
        System.out.println(table);
    }

    private static void draw(Collection<RunResult> results, Path charts) throws IOException {
        SortedMap<Double, Double> session = new TreeMap<>();
        SortedMap<Double, Double> floor = new TreeMap<>();
        for (RunResult result : results) {
            if (name(result).startsWith("pipelined")) {
                (name(result).endsWith(FLOOR) ? floor : session)
                        .put(
                                Double.valueOf(result.getParams().getParam("inFlight")),
                                result.getPrimaryResult().getScore());
            }
        }
        if (!session.isEmpty() && !floor.isEmpty()) {
            new LineChart("Throughput against commands in flight", "commands in flight", "commands per second")
                    .line("a session", session)
                    .line("the floor in Java", floor)
                    .write(charts.resolve("throughput.svg"));
        }
    }

    private static String name(RunResult result) {
        String name = result.getParams().getBenchmark();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static String parameters(RunResult result) {
        StringBuilder text = new StringBuilder();
        for (String key : result.getParams().getParamsKeys()) {
            text.append(", ").append(key).append(' ').append(result.getParams().getParam(key));
        }
        return text.toString();
    }
}
