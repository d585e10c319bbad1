package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
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
 * A machine for tests that are to hold with a {@link FakeVm} and with a real QEMU alike: a {@code FakeVm} of each test's own,
 * unless the test or its class has the annotation {@link Qemu}. Then all parameters are QEMU's.
 *
 * <ul>
 *   <li>{@link QmpClient}: a client with the machine's address, on which nothing is open yet. {@link QmpSession}: a session
 *       on a monitor of its own, disconnected after the test. {@link RunningFakeVm}: the machine itself; not with {@code
 *       @Qemu}.
 *   <li>The machine starts when the first parameter needs it, and is closed after the test's {@code @AfterEach}.
 *   <li>Parameters of tests and of {@code @BeforeEach}.
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
     * For a field that is annotated with {@code @RegisterExtension}.
     *
     * @param vm what each test gets that has no {@code @Qemu}
     * @return the extension
     */
    public static TestVm of(FakeVm vm) {
        return new TestVm(Objects.requireNonNull(vm, "vm"));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return TYPES.contains(parameter.getParameter().getType())
                && QemuSettings.find(context).isEmpty();
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
        try {
            if (session != null) {
                session.close();
            }
        } finally {
            if (running != null) {
                running.close();
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
                            QmpSession session = Objects.requireNonNull(machine(context)
                                    .client(vm.monitors())
                                    .connect()
                                    .block(TestSession.PATIENCE));
                            return new TestSession(session, session.disconnect());
                        },
                        TestSession.class);
    }
}
