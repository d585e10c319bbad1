package io.github.qmpreactive.test.internal.leak;

import io.github.qmpreactive.test.internal.process.Watchdog;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The processes that this JVM has started and that run, but for those that watch over others of them. */
public final class ChildProcesses implements Census<ProcessHandle> {

    /** All of them. */
    public ChildProcesses() {}

    @Override
    public Set<ProcessHandle> take() {
        return ProcessHandle.current()
                .children()
                .filter(process -> process.isAlive() && !Watchdog.isShell(process.pid()))
                .collect(Collectors.toSet());
    }

    @Override
    public List<String> describe(Collection<ProcessHandle> more) {
        return more.stream().map(ChildProcesses::describe).toList();
    }

    private static String describe(ProcessHandle process) {
        String command =
                process.info().commandLine().or(() -> process.info().command()).orElse("unknown command");
        return "process " + process.pid() + ": " + command;
    }
}
