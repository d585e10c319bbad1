package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstantiationAwareExtension;
import org.junit.jupiter.api.extension.TestWatcher;
import org.opentest4j.TestAbortedException;

/** What {@link Qemu} does for tests that are not left out: starts, hands over, closes. */
final class QemuExtension
        implements BeforeAllCallback,
                BeforeEachCallback,
                AfterEachCallback,
                AfterAllCallback,
                ParameterResolver,
                TestWatcher,
                LifecycleMethodExecutionExceptionHandler,
                TestInstantiationAwareExtension {

    private static final Namespace NAMESPACE = Namespace.create(QemuExtension.class);
    private static final Set<Class<?>> TYPES = Set.of(
            QemuProcess.class, QmpClient.class, QmpSession.class, QmpListener.class, QgaClient.class, QgaSession.class);

    /** Without a constructor that JUnit can call there is no extension. */
    QemuExtension() {}

    /** A constructor's parameters live as long as the instance. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        QemuSettings.find(context)
                .filter(settings -> settings.isShared() && settings.belongsTo(context))
                .ifPresent(settings -> {
                    settings.requireProgram();
                    machine(context, settings);
                });
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        QemuSettings.find(context).ifPresent(settings -> {
            settings.requireProgram();
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
        return TYPES.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        QemuSettings settings = QemuSettings.find(context)
                .orElseThrow(() -> new IllegalStateException("There is no @Qemu for " + context.getDisplayName()));
        Class<?> type = parameter.getParameter().getType();
        TestMachine machine = machine(context, settings);
        machine.requireProtocol(type);
        if (type == QemuProcess.class) {
            return machine.process();
        } else if (type == QmpClient.class) {
            return machine.client();
        } else if (type == QmpListener.class) {
            return machine.listener();
        } else if (type == QgaClient.class) {
            return machine.agentClient();
        }
        TestSession session = store(context)
                .getOrComputeIfAbsent(
                        Map.entry(TestSession.class, settings.owner().getUniqueId()),
                        key -> type == QmpSession.class ? machine.session() : machine.agentSession(),
                        TestSession.class);
        return session.session();
    }

    // A store is asked for what its parents have: a QEMU of the class is one of its tests, and so is a session.
    private static TestMachine machine(ExtensionContext context, QemuSettings settings) {
        ExtensionContext level = settings.isShared() ? settings.owner() : context;
        return store(level)
                .getOrComputeIfAbsent(
                        Map.entry(TestMachine.class, settings.owner().getUniqueId()),
                        key -> TestMachine.start(settings.qemu()),
                        TestMachine.class);
    }

    /**
     * What was started for this context, not its parents. JUnit would close it, but only after other extensions have looked
     * at what the test has left behind.
     */
    private static void close(ExtensionContext context) {
        QemuSettings.find(context)
                .map(settings -> settings.owner().getUniqueId())
                .ifPresent(owner -> {
                    TestSession session = store(context).remove(Map.entry(TestSession.class, owner), TestSession.class);
                    TestMachine machine = store(context).remove(Map.entry(TestMachine.class, owner), TestMachine.class);
                    try {
                        if (session != null) {
                            session.close();
                        }
                    } finally {
                        if (machine != null) {
                            machine.close();
                        }
                    }
                });
    }

    private static Store store(ExtensionContext context) {
        return context.getStore(NAMESPACE);
    }
}
