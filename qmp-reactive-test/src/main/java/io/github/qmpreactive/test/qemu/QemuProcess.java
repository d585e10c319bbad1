package io.github.qmpreactive.test.qemu;

import io.github.qmpreactive.test.internal.net.SocketFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A real QEMU that a {@link QemuLauncher} has started. It ends when it is
 * closed, and with this JVM at the latest, even if that is killed (where there is a {@code /bin/sh}). Safe for use by
 * several threads.
 */
public final class QemuProcess implements AutoCloseable {

    private static final int PATIENCE_SECONDS = Integer.getInteger("qmp.test.patience", 10);

    private final Process process;
    private final List<String> command;
    private final List<String> addresses;
    private final SocketFolder folder;
    private final Path outputFile;
    private volatile @Nullable String lastOutput;

    QemuProcess(Process process, List<String> command, List<String> addresses, SocketFolder folder, Path outputFile) {
        this.process = process;
        this.command = List.copyOf(command);
        this.addresses = List.copyOf(addresses);
        this.folder = folder;
        this.outputFile = outputFile;
    }

    /** {@return where its first monitor listens: {@code unix:/path} or {@code tcp:127.0.0.1:port}} */
    public String address() {
        return addresses.get(0);
    }

    /**
     * {@return where one of its monitors listens}
     *
     * @param monitor 0 for the first
     * @throws IndexOutOfBoundsException if it has no such monitor
     */
    public String address(int monitor) {
        return addresses.get(monitor);
    }

    /** {@return its temporary folder, for disk images and the like, with a short path; removed when it is closed} */
    public Path folder() {
        return folder.path();
    }

    /** {@return the arguments it was started with, the program first} */
    public List<String> command() {
        return command;
    }

    /** {@return its process id} */
    public long pid() {
        return process.pid();
    }

    /** {@return whether it has not ended yet} */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Kills it with SIGKILL: it sends no event. Does not wait. */
    public void kill() {
        process.destroyForcibly();
    }

    /** Ends it with SIGTERM: it sends SHUTDOWN and exits. Does not wait. */
    public void terminate() {
        process.destroy();
    }

    /**
     * Stops the whole process with SIGSTOP, so that it neither reads nor writes; blocks until that is done.
     *
     * @throws IllegalStateException if there is no {@code kill} program
     */
    public void suspend() {
        signal("STOP");
    }

    /**
     * Continues it after {@link #suspend()}, with SIGCONT; blocks until that is done.
     *
     * @throws IllegalStateException if there is no {@code kill} program
     */
    public void resume() {
        signal("CONT");
    }

    /** {@return emits the exit code when it ends: 128 and the signal's number if it was killed; on a thread of the JVM's} */
    public Mono<Integer> exitCode() {
        return Mono.fromFuture(process::onExit, true).map(Process::exitValue);
    }

    /** {@return what it has printed so far on both of its outputs, for failure messages} */
    public String output() {
        String last = lastOutput;
        if (last != null) {
            return last;
        }
        try {
            return Files.readString(outputFile, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * Kills it if it still runs, waits for its end, 10 s at most or what the system property {@code qmp.test.patience} says,
     * and removes its folder. Any number of times; blocks.
     */
    @Override
    public void close() {
        kill();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("QEMU (process " + pid() + ") does not end");
            }
        } catch (InterruptedException e) {
            // Killed it is; only the waiting is cut short.
            Thread.currentThread().interrupt();
        }
        lastOutput = output();
        folder.delete();
    }

    /** For people: the program, its process id and its address. */
    @Override
    public String toString() {
        return Path.of(command.get(0)).getFileName() + " (process " + pid() + ") at " + address();
    }

    private void signal(String name) {
        try {
            int result = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (result != 0) {
                throw new IllegalStateException("kill -" + name + " " + pid() + " failed with " + result);
            }
        } catch (IOException e) {
            throw new IllegalStateException("SIG" + name + " cannot be sent", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while sending SIG" + name, e);
        }
    }
}
