package io.github.qmpreactive.test.internal.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends processes with this JVM: a shutdown hook for the usual end, and for a JVM that is killed a shell that waits for
 * the pipe from it to close. Without a shell the hook has to do.
 */
public final class Watchdog {

    private static final String SCRIPT = "read line; kill -9 \"$1\"; rm -rf \"$2\"";
    private static final Set<Process> PROCESSES = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> PROCESSES.forEach(Process::destroyForcibly), "qmp-test watchdog"));
    }

    private Watchdog() {}

    /**
     * Watches a process until it ends.
     *
     * @param process the process
     * @param folder its temporary folder, removed with it if this JVM does not come to that
     */
    public static void watch(Process process, Path folder) {
        PROCESSES.add(process);
        Optional<Process> shell = shell(process.pid(), folder);
        var unused = process.onExit().thenAccept(ended -> {
            PROCESSES.remove(ended);
            shell.ifPresent(Process::destroyForcibly);
        });
    }

    private static Optional<Process> shell(long pid, Path folder) {
        try {
            return Optional.of(
                    new ProcessBuilder("/bin/sh", "-c", SCRIPT, "watchdog", Long.toString(pid), folder.toString())
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
