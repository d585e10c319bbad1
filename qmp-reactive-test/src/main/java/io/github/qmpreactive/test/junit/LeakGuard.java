package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.test.internal.junit.ClosedByJUnit;
import io.github.qmpreactive.test.internal.leak.ChildProcesses;
import io.github.qmpreactive.test.internal.leak.DroppedSignals;
import io.github.qmpreactive.test.internal.leak.Leftovers;
import io.github.qmpreactive.test.internal.leak.OpenSockets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * The extension behind {@link QmpGuards}. By itself, as {@code @ExtendWith(LeakGuard.class)}, it has all guards and does the
 * same, but keeps no other test away: where tests run in parallel it fails the class, and says so.
 */
public final class LeakGuard implements BeforeAllCallback, BeforeEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(LeakGuard.class);
    private static final String PARALLEL = "junit.jupiter.execution.parallel.enabled";
    private static final String PATIENCE = "qmp.guards.patience";
    private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(5);

    /** For JUnit. */
    public LeakGuard() {}

    @Override
    public void beforeAll(ExtensionContext context) {
        boolean parallel = context.getConfigurationParameter(PARALLEL)
                .map(Boolean::parseBoolean)
                .orElse(false);
        if (parallel && context.getExecutionMode() == ExecutionMode.CONCURRENT) {
            throw new IllegalStateException(
                    "LeakGuard looks at the whole JVM, in which other tests run at the same time:"
                            + " put @QmpGuards on the class in place of @ExtendWith(LeakGuard.class)");
        }
        // The first of a class and its nested ones: a store is asked for what its parents have.
        Set<Guard> guards = guards(context);
        context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(ClassWatch.class, key -> new ClassWatch(guards), ClassWatch.class);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        // JUnit closes it when all callbacks have been called, those that close what the test has as parameters
        // included.
        context.getStore(NAMESPACE).put(TestWatch.class, new TestWatch(guards(context), patience(context)));
    }

    private static Duration patience(ExtensionContext context) {
        return context.getConfigurationParameter(PATIENCE, Long::valueOf)
                .map(Duration::ofMillis)
                .orElse(DEFAULT_PATIENCE);
    }

    private static Set<Guard> guards(ExtensionContext context) {
        Set<Guard> guards = EnumSet.allOf(Guard.class);
        settings(context).map(QmpGuards::except).map(List::of).ifPresent(guards::removeAll);
        return guards;
    }

    private static Optional<QmpGuards> settings(ExtensionContext context) {
        return context.getElement()
                .flatMap(element -> AnnotationSupport.findAnnotation(element, QmpGuards.class))
                .or(() -> context.getParent().flatMap(LeakGuard::settings));
    }

    /** From before the first test of a class to behind its last. */
    private static final class ClassWatch implements ClosedByJUnit {

        private final Set<Guard> guards;

        ClassWatch(Set<Guard> guards) {
            this.guards = guards;
            if (guards.contains(Guard.DROPPED_SIGNALS)) {
                DroppedSignals.listen();
            }
        }

        @Override
        public void close() {
            List<String> found = DroppedSignals.take();
            // A nested class may have listened, though this one does not.
            DroppedSignals.stop();
            if (guards.contains(Guard.DROPPED_SIGNALS)) {
                check("after its last test", Map.of(Guard.DROPPED_SIGNALS, found));
            }
        }
    }

    /** Looks at what there is when a test begins, and fails the test with what there is more when it is closed. */
    private static final class TestWatch implements ClosedByJUnit {

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
    }

    /** Fails if anything was found. */
    private static void check(String where, Map<Guard, List<String>> found) {
        String report = found.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(entry -> entry.getKey().report(entry.getValue()))
                .collect(Collectors.joining("\n"));
        if (!report.isEmpty()) {
            throw new AssertionError("Found " + where + "\n" + report);
        }
    }
}
