package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.test.internal.leak.DroppedSignals;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
        return context.getConfigurationParameter(PATIENCE)
                .map(LeakGuard::patience)
                .orElse(DEFAULT_PATIENCE);
    }

    private static Duration patience(String milliseconds) {
        try {
            long value = Long.parseLong(milliseconds.strip());
            if (value >= 0) {
                return Duration.ofMillis(value);
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                PATIENCE + " has to be a number of milliseconds, 0 or more, and is \"" + milliseconds + '"');
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
            if (guards.contains(Guard.DROPPED_SIGNALS)) {
                List<String> found = DroppedSignals.take();
                DroppedSignals.stop();
                TestWatch.check("after its last test", Map.of(Guard.DROPPED_SIGNALS, found));
            }
        }
    }
}
