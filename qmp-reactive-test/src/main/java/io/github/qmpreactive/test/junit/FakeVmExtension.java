package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;

/**
 * A {@link FakeVm} at an address that is known before it runs and that stays when it is started again: for an application
 * that is given the address once, such as a Spring context that tests share.
 *
 * <pre>{@code
 * @SpringBootTest
 * class VmServiceTest {
 *
 *     @RegisterExtension
 *     static final FakeVmExtension VM = FakeVmExtension.of(FakeVm.create());
 *
 *     @DynamicPropertySource
 *     static void address(DynamicPropertyRegistry properties) {
 *         properties.add("qmp.address", VM::address);
 *     }
 * }
 * }</pre>
 *
 * <ul>
 *   <li>In a static field: starts before the tests of the class and its nested classes, and is closed after them. Before
 *       each test what was stubbed meanwhile is taken back, also in {@code @BeforeAll}, and a machine that has ended is
 *       started again. Everything else goes on from test to test: the state of the machine, the commands that it has
 *       received ({@code server().fromNow()} leaves those of earlier tests out), answers that are being delayed, and faults of
 *       open connections. {@link #restart()} makes a new machine.
 *   <li>In a field of the instance: a machine for each test; with {@code @TestInstance(PER_CLASS)}, one as in a static field.
 *   <li>A test fails if {@code RunningFakeQmpServer.verify()} throws after it: something has happened since the test before
 *       that a fake does not accept.
 * </ul>
 */
public final class FakeVmExtension extends FakeExtension<RunningFakeVm> {

    private FakeVmExtension(FakeVm vm) {
        super(
                path -> vm.withServer(server -> server.withPath(path)).start(),
                RunningFakeVm::isAlive,
                RunningFakeVm::server,
                RunningFakeVm::close);
    }

    /**
     * For a field that is annotated with {@code @RegisterExtension}.
     *
     * @param vm the machine
     * @return the extension
     * @throws IllegalArgumentException if the machine has several monitors: there is one address
     */
    public static FakeVmExtension of(FakeVm vm) {
        if (vm.monitors() != 1) {
            throw new IllegalArgumentException("FakeVmExtension has one address, the machine " + vm.monitors()
                    + " monitors; leave out withMonitors, or start the machine by hand");
        }
        return new FakeVmExtension(vm);
    }

    /**
     * The machine that runs at present.
     *
     * @return the machine; another one after {@link #restart()}
     * @throws IllegalStateException before the first test, after the last, and after {@link #stop()}
     */
    public RunningFakeVm vm() {
        return running();
    }
}
