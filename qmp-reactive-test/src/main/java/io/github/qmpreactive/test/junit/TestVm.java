package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.internal.junit.TestSession;
import io.github.qmpreactive.test.internal.junit.Waiting;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A machine for tests that run against a {@link FakeVm} and against a real QEMU. Each test gets its own {@code FakeVm}.
 * If the test or its class has the annotation {@link Qemu}, that annotation provides all parameters instead, and no
 * {@code FakeVm} is started.
 *
 * <ul>
 *   <li>{@link QmpClient}: a client with the machine's address, without an open connection. {@link QmpSession}: a
 *       session on a monitor of its own, disconnected after the test. {@link RunningFakeVm}: the machine itself; not
 *       available with {@code @Qemu}.
 *   <li>The machine starts when the first parameter needs it, and is closed after the test's {@code @AfterEach}.
 *   <li>Parameters of tests and {@code @BeforeEach}, not of constructors and {@code @BeforeAll}.
 * </ul>
 *
 * <pre>{@code
 * class PauseTest {
 *
 *     @RegisterExtension
 *     static final TestVm VM = TestVm.of(FakeVm.create());
 *
 *     @Test
 *     void pauses(QmpClient vm) {
 *         StepVerifier.create(new Panel(vm).pause()).verifyComplete();
 *     }
 * }
 *
 * @Qemu(args = {"-machine", "pc", "-accel", "tcg", "-m", "32"}, running = true)
 * class PauseAtQemuTest extends PauseTest {}
 * }</pre>
 */
public final class TestVm implements ParameterResolver, AfterEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(TestVm.class);
    private static final Set<Class<?>> TYPES = Set.of(QmpClient.class, QmpSession.class, RunningFakeVm.class);

    private final FakeVm vm;

    private TestVm(FakeVm vm) {
        this.vm = vm;
    }

    /**
     * Creates the extension, for a field that is annotated with {@code @RegisterExtension}.
     *
     * @param vm the machine of each test without {@code @Qemu}
     * @return the extension
     */
    public static TestVm of(FakeVm vm) {
        return new TestVm(Objects.requireNonNull(vm, "vm"));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return TYPES.contains(parameter.getParameter().getType()) && !QemuExtension.provides(context);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (context.getTestMethod().isEmpty()) {
            throw new IllegalStateException("TestVm has a machine for each test: take "
                    + parameter.getParameter().getType().getSimpleName()
                    + " as a parameter of the test or of @BeforeEach");
        }
        Class<?> type = parameter.getParameter().getType();
        if (type == QmpSession.class) {
            return session(context).session();
        }
        RunningFakeVm running = machine(context);
        return type == RunningFakeVm.class ? running : running.client();
    }

    // Not left to the store: other extensions are to find nothing left behind.
    @Override
    public void afterEach(ExtensionContext context) {
        Store store = context.getStore(NAMESPACE);
        TestSession session = store.remove(TestSession.class, TestSession.class);
        RunningFakeVm running = store.remove(RunningFakeVm.class, RunningFakeVm.class);
        try (running) {
            if (session != null) {
                session.close();
            }
        }
    }

    private RunningFakeVm machine(ExtensionContext context) {
        // One monitor more, for the session: a monitor serves one client at a time.
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        RunningFakeVm.class,
                        key -> vm.withMonitors(vm.monitors() + 1).start(),
                        RunningFakeVm.class);
    }

    private TestSession session(ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        TestSession.class,
                        key -> {
                            QmpSession session = Waiting.await(
                                    machine(context).client(vm.monitors()).connect());
                            return new TestSession(session, session.disconnect());
                        },
                        TestSession.class);
    }
}
