package io.github.qmpreactive.test.internal.leak;

import io.github.qmpreactive.test.internal.process.Watchdog;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The processes that this JVM has started and that run, but for those that watch over others of them. */
public final class ChildProcesses {

    private ChildProcesses() {}

    /** Returns each with what to call it. */
    public static Map<ProcessHandle, String> running() {
        return ProcessHandle.current()
                .children()
                .filter(process -> process.isAlive() && !Watchdog.isShell(process.pid()))
                .collect(Collectors.toMap(Function.identity(), ChildProcesses::describe));
    }

    private static String describe(ProcessHandle process) {
        String command =
                process.info().commandLine().or(() -> process.info().command()).orElse("unknown command");
        return "process " + process.pid() + ": " + command;
    }
}
