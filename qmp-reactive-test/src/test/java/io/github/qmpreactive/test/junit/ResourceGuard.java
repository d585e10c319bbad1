package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.test.internal.junit.ClosedByJUnit;
import io.github.qmpreactive.test.internal.leak.BufferLeaks;
import io.github.qmpreactive.test.internal.leak.EventLoops;
import io.github.qmpreactive.test.internal.leak.Leftovers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Fails tests of this project that leave event loops running, and classes that leak Netty buffers, where {@link LeakGuard}
 * looks at the rest. JUnit finds it by itself.
 */
public final class ResourceGuard implements BeforeAllCallback, BeforeEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(ResourceGuard.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        if (isGuarded(context)) {
            // The first of a class and its nested ones: a store is asked for what its parents have.
            context.getStore(NAMESPACE).getOrComputeIfAbsent(Buffers.class, key -> new Buffers(), Buffers.class);
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (isGuarded(context)) {
            Duration patience = context.getConfigurationParameter("qmp.guards.patience", Long::valueOf)
                    .map(Duration::ofMillis)
                    .orElse(Duration.ofSeconds(5));
            Leftovers loops = Leftovers.since(new EventLoops()::running);
            ClosedByJUnit check =
                    () -> check("Event loops left running", loops.await(System.nanoTime() + patience.toNanos()));
            context.getStore(NAMESPACE).put(Leftovers.class, check);
        }
    }

    private static boolean isGuarded(ExtensionContext context) {
        for (Optional<ExtensionContext> c = Optional.of(context);
                c.isPresent();
                c = c.get().getParent()) {
            if (AnnotationSupport.findRepeatableAnnotations(c.get().getTestClass(), ExtendWith.class).stream()
                    .anyMatch(extension -> List.of(extension.value()).contains(LeakGuard.class))) {
                return true;
            }
        }
        return false;
    }

    private static void check(String what, List<String> found) {
        if (!found.isEmpty()) {
            throw new AssertionError(what + ":\n  " + String.join("\n  ", found));
        }
    }

    /** From before the first test of a class to behind its last. */
    private static final class Buffers implements ClosedByJUnit {

        Buffers() {
            BufferLeaks.listen();
        }

        @Override
        public void close() {
            List<String> leaks = BufferLeaks.take();
            BufferLeaks.stop();
            check("Leaked, as Netty reports", leaks);
        }
    }
}
