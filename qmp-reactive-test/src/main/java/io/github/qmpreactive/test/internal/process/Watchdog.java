package io.github.qmpreactive.test.internal.process;

import io.github.qmpreactive.test.internal.net.SocketFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends processes with this JVM: a shutdown hook for the usual end, and for a JVM that is killed a shell that waits for
 * the pipe from it to close. Without a shell the hook has to do.
 */
public final class Watchdog {

    private static final String SCRIPT = "read line; kill -9 \"$1\"; rm -rf \"$2\"";
    private static final Map<Process, SocketFolder> PROCESSES = new ConcurrentHashMap<>();
    private static final Set<Long> SHELLS = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Watchdog::endAll, "qmp-test watchdog"));
    }

    private Watchdog() {}

    /**
     * Watches a process until it ends.
     *
     * @param folder its temporary folder, removed with it if it was not removed before this JVM ends
     */
    public static void watch(Process process, SocketFolder folder) {
        PROCESSES.put(process, folder);
        Optional<Process> shell = shell(process.pid(), folder.path());
        var unused = process.onExit().thenAccept(ended -> {
            PROCESSES.remove(ended);
            shell.ifPresent(Process::destroyForcibly);
        });
    }

    /** Whether a process is one of these shells, which only this has to end. */
    public static boolean isShell(long pid) {
        return SHELLS.contains(pid);
    }

    private static void endAll() {
        // Those that end are taken from the map meanwhile.
        Map<Process, SocketFolder> all = Map.copyOf(PROCESSES);
        all.keySet().forEach(Process::destroyForcibly);
        all.forEach((process, folder) -> {
            process.onExit().join();
            folder.delete();
        });
    }

    private static Optional<Process> shell(long pid, Path folder) {
        try {
            Process shell = new ProcessBuilder(
                            "/bin/sh", "-c", SCRIPT, "watchdog", Long.toString(pid), folder.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            SHELLS.add(shell.pid());
            var unused = shell.onExit().thenAccept(ended -> SHELLS.remove(ended.pid()));
            return Optional.of(shell);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
