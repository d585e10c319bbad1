package io.github.qmpreactive.test.qemu;

import static io.github.qmpreactive.test.Patience.PATIENCE;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Another JVM with the class path of this one. It is killed when it is closed. */
public final class ChildJvm implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;
    private final CompletableFuture<Void> late;

    /**
     * Starts it.
     *
     * @param main the class to run
     * @param environment what is different from this JVM's
     * @param arguments of the class
     * @param options of the JVM
     * @throws IOException if it does not start
     */
    public ChildJvm(Class<?> main, Map<String, String> environment, List<String> arguments, String... options)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.directory(new File("").getAbsoluteFile());
        builder.environment().putAll(environment);
        process = builder.start();
        output = process.inputReader();
        late = CompletableFuture.runAsync(
                process::destroyForcibly, CompletableFuture.delayedExecutor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }

    /** The next line that it prints; null at the end. */
    public String line() {
        try {
            return output.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All lines that it still prints, until it ends. */
    public List<String> lines() {
        return output.lines().toList();
    }

    /** Kills it, as the system does when memory runs out. */
    public void kill() throws Exception {
        process.destroyForcibly();
        process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Lets it go on, which waits for its input. */
    public void goOn() throws Exception {
        process.getOutputStream().close();
        process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        late.cancel(false);
        process.destroyForcibly();
        output.close();
    }
}
