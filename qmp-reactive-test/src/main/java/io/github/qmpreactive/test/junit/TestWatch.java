package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.test.internal.leak.ChildProcesses;
import io.github.qmpreactive.test.internal.leak.DroppedSignals;
import io.github.qmpreactive.test.internal.leak.Leftovers;
import io.github.qmpreactive.test.internal.leak.OpenSockets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks at what there is when a test begins, and fails the test with what there is more when it is closed. */
final class TestWatch implements ClosedByJUnit {

    private final Duration patience;
    private final boolean dropped;
    private final Map<Guard, Leftovers> leftovers = new EnumMap<>(Guard.class);

    TestWatch(Set<Guard> guards, Duration patience) {
        this.patience = patience;
        dropped = guards.contains(Guard.DROPPED_SIGNALS);
        if (dropped) {
            // A test before this one may have reset the hooks, as StepVerifier does.
            DroppedSignals.listen();
        }
        if (guards.contains(Guard.PROCESSES)) {
            leftovers.put(Guard.PROCESSES, Leftovers.since(ChildProcesses::running));
        }
        if (guards.contains(Guard.SOCKETS)) {
            OpenSockets.listen();
            leftovers.put(Guard.SOCKETS, Leftovers.since(OpenSockets::open));
        }
    }

    @Override
    public void close() {
        long deadline = System.nanoTime() + patience.toNanos();
        Map<Guard, List<String>> found = new EnumMap<>(Guard.class);
        leftovers.forEach((guard, left) -> found.put(guard, left.await(deadline)));
        // Taken in any case: the next test is not to be blamed.
        List<String> signals = DroppedSignals.take();
        if (dropped) {
            found.put(Guard.DROPPED_SIGNALS, signals);
        }
        check("in, or left behind by, this test", found);
    }

    /** Fails if anything was found. */
    static void check(String where, Map<Guard, List<String>> found) {
        String report = found.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(entry -> entry.getKey().report(entry.getValue()))
                .collect(Collectors.joining("\n"));
        if (!report.isEmpty()) {
            throw new AssertionError("Found " + where + "\n" + report);
        }
    }
}
