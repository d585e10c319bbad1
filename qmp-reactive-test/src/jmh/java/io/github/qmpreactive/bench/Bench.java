package io.github.qmpreactive.bench;

import io.github.qmpreactive.bench.drive.Comparison;
import io.github.qmpreactive.bench.drive.Drive;
import io.github.qmpreactive.bench.fleet.Fleet;
import io.github.qmpreactive.bench.fleet.FleetReport;
import io.github.qmpreactive.bench.fleet.FleetResult;
import io.github.qmpreactive.bench.fleet.SupervisedFleet;
import io.github.qmpreactive.bench.fleet.SupervisedResult;
import io.github.qmpreactive.bench.jmh.Suite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/** Runs the benchmarks, as the command line says. */
public final class Bench {

    private static final String USAGE = """
            usage: jmh [REGEX]                 single operations, or those whose names match
                   fleet [SESSIONS ...]        many sessions in one process, plain and supervised (100 1000 10000)
                   drive                       whole workloads, a session and the floor in turn
                   drive UNIX_PATH ...         one workload against a server that is there already; see Drive
                   all                         jmh, drive and fleet (the default)
            -Dbench.time=SECONDS (1) is the time of an iteration, -Dbench.forks=N (1) how many JVMs measure each
            operation, -Dbench.charts=FOLDER (target/performance) where the charts go""";

    private Bench() {}

    /**
     * Runs them.
     *
     * @param arguments which
     * @throws IOException if a server or a chart cannot be made
     * @throws RunnerException if an operation fails
     */
    public static void main(String[] arguments) throws IOException, RunnerException {
        String what = arguments.length == 0 ? "all" : arguments[0];
        String[] rest = arguments.length == 0 ? arguments : Arrays.copyOfRange(arguments, 1, arguments.length);
        Path charts = Path.of(System.getProperty("bench.charts", "target/performance"));
        switch (what) {
            case "all" -> {
                Suite.run("", charts);
                Comparison.run();
                fleet(charts);
            }
            case "jmh" -> Suite.run(rest.length == 0 ? "" : rest[0], charts);
            case "fleet" -> fleet(charts, rest);
            case "drive" -> {
                if (rest.length == 0) {
                    Comparison.run();
                } else {
                    Drive.main(rest);
                }
            }
            default -> {
                System.err.println(USAGE);
                System.exit(2);
            }
        }
        // Reactor Netty's event loops are daemons, but those of a user's need not be.
        System.exit(0);
    }

    private static void fleet(Path charts, String... sizes) throws IOException {
        List<FleetResult> results = new ArrayList<>();
        List<SupervisedResult> supervised = new ArrayList<>();
        for (String size : sizes.length == 0 ? new String[] {"100", "1000", "10000"} : sizes) {
            results.add(Fleet.runInProcessOfItsOwn(Integer.parseInt(size)));
            supervised.add(SupervisedFleet.runInProcessOfItsOwn(Integer.parseInt(size)));
        }
        FleetReport.print(results, supervised, charts);
    }
}
