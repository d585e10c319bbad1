package io.github.qmpreactive.test.junit;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.github.qmpreactive.test.qemu.TinyGuest;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;
import reactor.test.StepVerifier;

@DisplayName("TestVm")
@QmpGuards
class TestVmTest {

    private static final List<RunningFakeVm> MACHINES = new ArrayList<>();
    private static final List<QmpSession> SESSIONS = new ArrayList<>();

    private static Events run(Class<?> tests) {
        MACHINES.clear();
        SESSIONS.clear();
        return EngineTestKit.engine("junit-jupiter")
                .selectors(DiscoverySelectors.selectClass(tests))
                .execute()
                .testEvents();
    }

    static class WithFakeVm {

        @RegisterExtension
        static final TestVm VM = TestVm.of(FakeVm.create().withName("vm").withMonitors(2));

        @BeforeEach
        void prepare(QmpClient vm) {
            StepVerifier.create(vm.withSession(session -> session.execute("stop")))
                    .expectNextCount(1)
                    .verifyComplete();
        }

        @Test
        void client(QmpClient vm, QmpSession session) {
            SESSIONS.add(session);
            StepVerifier.create(session.executeAndAwait("cont", "RESUME"))
                    .expectNextCount(1)
                    .verifyComplete();
            StepVerifier.create(vm.withSession(other -> other.execute("query-status"))
                            .map(status -> status.path("status").asString()))
                    .expectNext("running")
                    .verifyComplete();
        }
    }

    static class WithFakesOwn extends WithFakeVm {

        @Test
        void fake(RunningFakeVm vm) {
            MACHINES.add(vm);
            assertTrue(vm.isAlive());
        }

        @Test
        void another(RunningFakeVm vm) {
            MACHINES.add(vm);
        }
    }

    @Qemu(args = {"-machine", "pc", "-accel", "tcg", "-m", "32"})
    static class WithQemu extends WithFakeVm {

        @Test
        void process(QemuProcess qemu, QmpClient vm) {
            assertTrue(qemu.isAlive());
        }
    }

    static class BeforeAll {

        @RegisterExtension
        static final TestVm VM = TestVm.of(FakeVm.create());

        @org.junit.jupiter.api.BeforeAll
        static void take(QmpClient vm) {
            throw new AssertionError(vm);
        }

        @Test
        void test() {}
    }

    @Test
    @DisplayName("gives each test a machine of its own, and closes it, and its session, behind the test")
    void fake() {
        run(WithFakesOwn.class).assertStatistics(stats -> stats.started(3).succeeded(3));
        assertEquals(2, MACHINES.size());
        assertNotEquals(MACHINES.get(0), MACHINES.get(1));
        MACHINES.forEach(vm -> assertFalse(vm.isAlive()));
        SESSIONS.forEach(session -> assertEquals(SessionState.DISCONNECTED, session.state()));
        assertEquals(1, SESSIONS.size());
    }

    @Test
    @Qemu
    @DisplayName("leaves all parameters to @Qemu where a class or a method has that")
    void qemu() {
        run(WithQemu.class).assertStatistics(stats -> stats.started(2).succeeded(2));
    }

    @Test
    @DisplayName("says in @BeforeAll that it has a machine for each test")
    void beforeAll() {
        Events failures = EngineTestKit.engine("junit-jupiter")
                .selectors(DiscoverySelectors.selectClass(BeforeAll.class))
                .execute()
                .containerEvents()
                .failed();
        assertEquals(1, failures.count());
        assertTrue(failures.stream()
                .anyMatch(event -> String.valueOf(event.getPayload().orElseThrow())
                        .contains("TestVm has a machine for each test: take QmpClient")));
    }

    @Test
    @Qemu(guest = TinyGuest.REBOOTS)
    @DisplayName("@Qemu(guest = ...): it runs, has begun, and does what it is for when the power button is pressed")
    void guest(QmpSession session) {
        StepVerifier.create(session.executeAndAwait("system_powerdown", "RESET"))
                .expectNextMatches(event -> event.data().path("guest").booleanValue())
                .expectComplete()
                .verify(PATIENCE);
    }
}
