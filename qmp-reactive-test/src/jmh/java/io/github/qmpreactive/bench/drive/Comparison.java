package io.github.qmpreactive.bench.drive;

import io.github.qmpreactive.bench.report.Figures;
import io.github.qmpreactive.bench.report.Table;
import io.github.qmpreactive.bench.server.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A session and the floor through each workload in turn, as processes of their own, and the ratio pair by pair. */
public final class Comparison {

    private static final int PAIRS = 3;
    private static final String ROUNDS = "6";

    private static final List<String> WORKLOADS =
            List.of("seq 40000", "pipe 400000 256", "flood 500000", "big 400 200");

    private Comparison() {}

    /**
     * Runs them and prints a table.
     *
     * @throws IOException if a process cannot be started, or fails
     */
    public static void run() throws IOException {
        Table table = new Table("workload", "session, per s", "floor, per s", "ratio", "CPU, ratio");
        try (ServerProcess server = new ServerProcess()) {
            for (String workload : WORKLOADS) {
                List<Double> session = new ArrayList<>();
                List<Double> floor = new ArrayList<>();
                List<Double> ratio = new ArrayList<>();
                List<Double> cpu = new ArrayList<>();
                for (int i = 0; i < PAIRS; i++) {
                    String[] a = drive(server.socket(), workload);
                    String[] b = drive(server.socket(), workload, "--floor");
                    session.add(Double.valueOf(a[4]));
                    floor.add(Double.valueOf(b[4]));
                    ratio.add(Double.parseDouble(a[4]) / Double.parseDouble(b[4]));
                    cpu.add(Double.parseDouble(a[5]) / Double.parseDouble(b[5]));
                }
                table.row(workload, median(session), median(floor), median(ratio), median(cpu));
            }
        }
        System.out.println(table);
    }

    private static String[] drive(Path socket, String workload, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dqmp.log.level=OFF",
                "-cp",
                System.getProperty("java.class.path"),
                Drive.class.getName()));
        command.addAll(Arrays.asList(options));
        command.addAll(List.of("--rounds", ROUNDS, socket.toString()));
        command.addAll(Arrays.asList(workload.split(" ")));
        Process process =
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = out.readLine();
            if (line == null) {
                throw new IOException("The workload " + workload + " has failed");
            }
            return line.split(" ");
        } finally {
            process.destroy();
        }
    }

    private static String median(List<Double> figures) {
        return Figures.of(figures.stream().sorted().toList().get(figures.size() / 2));
    }
}
