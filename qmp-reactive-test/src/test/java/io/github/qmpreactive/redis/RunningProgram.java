package io.github.qmpreactive.redis;

import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.internal.net.SocketFolder;
import io.github.qmpreactive.test.internal.process.Watchdog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A process that a test may kill at any moment; it ends with this JVM. */
final class RunningProgram implements AutoCloseable {

    private final Process process;

    /** Starts it; each line that it prints goes to a consumer, on a thread of its own, and what it complains of to the errors. */
    RunningProgram(List<String> command, Map<String, String> environment, SocketFolder folder, Consumer<String> lines)
            throws IOException {
        this(command, environment, folder, lines, System.err::println);
    }

    /** As well, with a consumer for the lines of its errors, on another thread of its own. */
    RunningProgram(
            List<String> command,
            Map<String, String> environment,
            SocketFolder folder,
            Consumer<String> lines,
            Consumer<String> errors)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.path().toFile());
        builder.environment().putAll(environment);
        process = builder.start();
        Watchdog.watch(process, folder);
        start("output of " + command.get(0), () -> read(process.inputReader(), lines));
        start("errors of " + command.get(0), () -> read(process.errorReader(), errors));
    }

    private static void start(String name, Runnable reading) {
        Thread reader = new Thread(reading, name);
        reader.setDaemon(true);
        reader.start();
    }

    /** A class of this class path, in a JVM of its own that starts soon. */
    static List<String> java(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static void read(BufferedReader reader, Consumer<String> lines) {
        try {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.accept(line);
            }
        } catch (IOException e) {
            // The process was killed while it printed.
        }
    }

    /** Sends a signal, by its name. */
    void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            if (kill.waitFor() != 0) {
                throw new AssertionError("kill -" + name + " has failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until it ends. */
    int exitCode() {
        return await().exitValue();
    }

    private Process await() {
        return process.onExit()
                .orTimeout(Patience.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /** Kills it, and waits for its end. */
    @Override
    public void close() {
        process.destroyForcibly();
        await();
    }
}
