package io.github.qmpreactive.bench.drive;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Drives a client through a workload and prints one line: who, what, how many, seconds, per second, and seconds of CPU
 * time. The clock runs from the first command to the last answer.
 */
public final class Drive {

    private Drive() {}

    /** A client that can be driven. */
    interface Driver extends AutoCloseable {
        void run(Workload workload) throws IOException;

        @Override
        void close() throws IOException;
    }

    /**
     * Runs one workload.
     *
     * @param arguments {@code --floor} for the floor in Java, {@code --rounds N} to measure the last of N, then the
     *     path of the socket and the workload
     * @throws IOException if the workload fails
     */
    public static void main(String[] arguments) throws IOException {
        List<String> all = Arrays.asList(arguments);
        boolean floor = all.contains("--floor");
        boolean blocking = all.contains("--blocking");
        boolean spinning = all.contains("--spin");
        int rounds = all.contains("--rounds") ? Integer.parseInt(all.get(all.indexOf("--rounds") + 1)) : 1;
        int first = (floor ? 1 : 0) + (blocking ? 1 : 0) + (spinning ? 1 : 0) + (all.contains("--rounds") ? 2 : 0);
        if (arguments.length - first < 3) {
            System.err.println("usage: Drive [--floor | --blocking] [--spin] [--rounds N] " + Workload.USAGE);
            System.exit(2);
        }
        String[] rest = Arrays.copyOfRange(arguments, first, arguments.length);
        Workload workload = Workload.parse(rest);
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (Driver driver = floor
                ? new FloorDriver(Path.of(rest[0]))
                : new SessionDriver(Path.of(rest[0]), workload, blocking, spinning)) {
            for (int i = 1; i < rounds; i++) {
                driver.run(workload);
            }
            long cpu = system.getProcessCpuTime();
            long start = System.nanoTime();
            driver.run(workload);
            long nanos = System.nanoTime() - start;
            System.out.println(workload.line(
                    floor ? "floor" : blocking ? "blocking" : spinning ? "spinning" : "reactive",
                    nanos,
                    system.getProcessCpuTime() - cpu));
        }
    }
}
