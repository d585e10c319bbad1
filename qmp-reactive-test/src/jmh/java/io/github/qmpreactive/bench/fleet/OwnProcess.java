package io.github.qmpreactive.bench.fleet;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Measures in a JVM of its own, and what that JVM holds. */
final class OwnProcess {

    static final String MARK = "fleet:";

    private OwnProcess() {}

    /** Runs a program that measures, and returns the line that it prints behind the mark. */
    static String run(Class<?> program, int machines) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx2g",
                        "-Dqmp.log.level=OFF",
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName(),
                        Integer.toString(machines))
                .redirectError(Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            return out.lines()
                    .filter(line -> line.startsWith(MARK))
                    .findFirst()
                    .map(line -> line.substring(MARK.length()))
                    .orElseThrow(() -> new IOException(program.getSimpleName() + " of " + machines
                            + " printed no result; does ulimit -n allow twice as many descriptors?"));
        } finally {
            process.destroy();
        }
    }

    /** What is reachable. */
    static long heap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(200);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    static long direct() {
        return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                ? provider.metric().usedDirectMemory()
                : 0;
    }

    static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }
}
