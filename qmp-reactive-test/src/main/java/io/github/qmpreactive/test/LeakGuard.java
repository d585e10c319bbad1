package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.leak.BufferLeaks;
import io.github.qmpreactive.test.internal.leak.DroppedSignals;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit extension that fails tests which lose something: <code>@ExtendWith(LeakGuard.class)</code> on the class.
 *
 * <ul>
 *   <li>A signal that reached Reactor's {@code Hooks.onErrorDropped} or {@code Hooks.onNextDropped} fails the test during
 *       which it did, with its stack trace; one that comes later fails the next test, or the class.
 *   <li>A Netty buffer that was collected without having been released fails the class: after its last test garbage is
 *       collected, and Netty's leak detector is asked. Until then every buffer is watched, as with
 *       {@code -Dio.netty.leakDetection.level=paranoid}; for the places where it was used see
 *       {@code -Dio.netty.leakDetection.targetRecords=20}. Netty looks for leaks only while its logger
 *       {@code io.netty.util.ResourceLeakDetector} takes errors.
 *   <li>Hooks and level are set back after each class. Both belong to the JVM as a whole, so classes with this extension
 *       must not run at the same time.
 * </ul>
 *
 * <p>A test that means to drop something asks with StepVerifier's {@code verifyThenAssertThat}, which keeps it from this
 * extension.
 */
public final class LeakGuard implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    /** For JUnit. */
    public LeakGuard() {}

    @Override
    public void beforeAll(ExtensionContext context) {
        if (isOutermost(context)) {
            BufferLeaks.listen();
            DroppedSignals.listen();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        // A test before this one may have reset the hooks, as StepVerifier does.
        DroppedSignals.listen();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        check("Dropped by Reactor", DroppedSignals.take());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (!isOutermost(context)) {
            return;
        }
        try {
            List<String> leaks = BufferLeaks.take();
            List<String> dropped = DroppedSignals.take();
            check("Leaked, as Netty reports", leaks);
            check("Dropped by Reactor after the last test", dropped);
        } finally {
            DroppedSignals.stop();
            BufferLeaks.stop();
        }
    }

    private static boolean isOutermost(ExtensionContext context) {
        return context.getParent().flatMap(ExtensionContext::getTestClass).isEmpty();
    }

    private static void check(String what, List<String> found) {
        if (!found.isEmpty()) {
            throw new AssertionError(what + ": " + String.join("\n", found));
        }
    }
}
