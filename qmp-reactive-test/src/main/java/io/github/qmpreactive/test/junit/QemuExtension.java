package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.internal.junit.LeftOutTests;
import io.github.qmpreactive.test.internal.junit.TestMachine;
import io.github.qmpreactive.test.internal.junit.TestSession;
import io.github.qmpreactive.test.internal.process.VersionRange;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.TinyGuest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstantiationAwareExtension;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/** What {@link Qemu} does: leaves tests out, or starts, hands over and closes what they need. */
final class QemuExtension
        implements ExecutionCondition,
                BeforeAllCallback,
                BeforeEachCallback,
                AfterEachCallback,
                AfterAllCallback,
                ParameterResolver,
                TestWatcher,
                LifecycleMethodExecutionExceptionHandler,
                TestInstantiationAwareExtension {

    private static final String REQUIRED = "qmp.qemu.required";

    /**
     * What counts for a test, and where that is written.
     *
     * @param qemu the annotation
     * @param owner the context of the class or the method that has it
     */
    private record Settings(Qemu qemu, ExtensionContext owner) {

        boolean isShared() {
            if (qemu.scope() == Qemu.Scope.CLASS && owner.getTestMethod().isPresent()) {
                throw new IllegalArgumentException("@Qemu(scope = CLASS) stands on the method " + owner.getDisplayName()
                        + ": put it on the class");
            }
            return qemu.scope() == Qemu.Scope.CLASS;
        }

        /** In a store, which is asked for what its parents have: a QEMU of the class is one of its tests. */
        Object key(Class<?> type) {
            return Map.entry(type, owner.getUniqueId());
        }
    }

    /** Without a constructor that JUnit can call there is no extension. */
    QemuExtension() {}

    private static Optional<Settings> settings(ExtensionContext context) {
        return context.getElement()
                .flatMap(element -> AnnotationSupport.findAnnotation(element, Qemu.class))
                .map(qemu -> new Settings(qemu, context))
                .or(() -> context.getParent().flatMap(QemuExtension::settings));
    }

    /** Whether the annotation counts for a test. */
    static boolean provides(ExtensionContext context) {
        return settings(context).isPresent();
    }

    /** A constructor's parameters live as long as the instance. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return settings(context)
                .flatMap(settings -> reasonToLeaveOut(context, settings.qemu()))
                .map(reason -> {
                    LeftOutTests.of(context).add(context, reason);
                    return ConditionEvaluationResult.disabled(reason);
                })
                .orElse(ConditionEvaluationResult.enabled("QEMU is here, or has to be"));
    }

    private static Optional<String> reasonToLeaveOut(ExtensionContext context, Qemu wanted) {
        QemuBinary binary = wanted.binary();
        LeftOutTests.of(context).uses(binary);
        // Also where there is no QEMU: a mistake is to be seen everywhere.
        Optional<VersionRange> versions = versions(wanted);
        if (!binary.isAvailable()) {
            boolean required = binary.isNamed() || Boolean.getBoolean(REQUIRED);
            return required ? Optional.empty() : Optional.of(binary.installHint());
        }
        return versions.flatMap(range -> {
            QemuVersion version = binary.version().orElseThrow();
            String here = binary.find().orElseThrow() + " is " + LeftOutTests.number(version);
            return range.contains(version) ? Optional.empty() : Optional.of("needs QEMU " + range + ", " + here);
        });
    }

    private static Optional<VersionRange> versions(Qemu wanted) {
        if (wanted.version().isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(VersionRange.parse(wanted.version()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("@Qemu(version = ...): " + e.getMessage(), e);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        settings(context)
                .filter(settings ->
                        settings.isShared() && settings.owner().getUniqueId().equals(context.getUniqueId()))
                .ifPresent(settings -> machine(context, settings));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        settings(context).ifPresent(settings -> {
            requireProgram(settings.qemu().binary());
            if (settings.isShared()) {
                machine(context, settings).requireAlive();
            }
        });
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close(context);
    }

    @Override
    public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
        LeftOutTests.of(context).addAborted(context, cause);
    }

    /** A class whose {@code @BeforeAll} fails an assumption has no tests that JUnit would tell of. */
    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable problem) throws Throwable {
        if (problem instanceof TestAbortedException) {
            LeftOutTests.of(context).addAborted(context, problem);
        }
        throw problem;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return TestMachine.TYPES.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Settings settings = settings(context)
                .orElseThrow(() -> new IllegalStateException("There is no @Qemu for " + context.getDisplayName()));
        Class<?> type = parameter.getParameter().getType();
        TestMachine machine = machine(context, settings);
        if (type != QmpSession.class && type != QgaSession.class) {
            return machine.parameter(type);
        }
        return store(context)
                .getOrComputeIfAbsent(settings.key(TestSession.class), key -> machine.session(type), TestSession.class)
                .session();
    }

    private static TestMachine machine(ExtensionContext context, Settings settings) {
        requireProgram(settings.qemu().binary());
        return store(settings.isShared() ? settings.owner() : context)
                .getOrComputeIfAbsent(
                        settings.key(TestMachine.class), key -> start(settings.qemu()), TestMachine.class);
    }

    private static void requireProgram(QemuBinary binary) {
        if (!binary.isAvailable()) {
            String required = Boolean.getBoolean(REQUIRED) ? " (" + REQUIRED + " is true)" : "";
            throw new IllegalStateException(binary.installHint() + required);
        }
    }

    private static TestMachine start(Qemu qemu) {
        QemuLauncher launcher = QemuLauncher.of(qemu.binary())
                .withArgs(qemu.args())
                .withMonitors(qemu.monitors())
                .withStartTimeout(Duration.ofSeconds(qemu.startTimeout()));
        launcher = qemu.running() ? launcher.running() : launcher;
        for (TinyGuest guest : qemu.guest()) {
            launcher = launcher.withGuest(guest);
        }
        if (qemu.monitor() == Qemu.Monitor.DIAL_IN) {
            return TestMachine.diallingIn(qemu.binary(), launcher);
        }
        launcher = qemu.monitor() == Qemu.Monitor.TCP ? launcher.withTcp() : launcher;
        // One more: QEMU serves one client at each monitor, and the test's client is another than its session's.
        int ofSessions = qemu.binary() == QemuBinary.GUEST_AGENT ? 0 : 1;
        return TestMachine.listening(
                qemu.binary(), launcher.withMonitors(qemu.monitors() + ofSessions), qemu.monitors());
    }

    /**
     * What was started for this context, not its parents. JUnit would close it, but only after other extensions have looked
     * at what the test has left behind.
     */
    private static void close(ExtensionContext context) {
        settings(context).ifPresent(settings -> {
            TestSession session = store(context).remove(settings.key(TestSession.class), TestSession.class);
            TestMachine machine = store(context).remove(settings.key(TestMachine.class), TestMachine.class);
            try (machine) {
                if (session != null) {
                    session.close();
                }
            }
        });
    }

    private static Store store(ExtensionContext context) {
        return context.getStore(Namespace.create(QemuExtension.class));
    }
}
