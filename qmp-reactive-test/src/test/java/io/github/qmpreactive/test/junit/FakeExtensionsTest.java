package io.github.qmpreactive.test.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunState;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

@DisplayName("FakeVmExtension and FakeQmpServerExtension")
class FakeExtensionsTest {

    private static final Set<Object> MACHINES = new HashSet<>();

    private static JsonNode ask(String address, String command) {
        return QmpClient.create()
                .address(address)
                .use(session -> session.execute(command))
                .block(Patience.PATIENCE);
    }

    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class Shared {

        @RegisterExtension
        static final FakeVmExtension VM = FakeVmExtension.of(FakeVm.create());

        static final String ADDRESS = VM.address();

        @Test
        @Order(1)
        void first() {
            MACHINES.add(VM.vm());
            VM.vm().server().when("query-name").reply("{\"name\": \"stubbed\"}");
            assertEquals("stubbed", ask(ADDRESS, "query-name").path("name").asString());
            ask(ADDRESS, "stop");
        }

        @Test
        @Order(2)
        void withoutTheStubOfTheFirst() {
            assertTrue(MACHINES.contains(VM.vm()));
            assertFalse(ask(ADDRESS, "query-name").has("name"));
            assertEquals(RunState.PAUSED, VM.vm().runState());
            VM.vm().kill();
        }

        @Test
        @Order(3)
        void anotherMachineAtTheSameAddress() {
            assertTrue(MACHINES.add(VM.vm()));
            assertEquals(RunState.RUNNING, VM.vm().runState());
            assertEquals(ADDRESS, VM.vm().address());
            QmpSession session = QmpClient.create().address(ADDRESS).connect().block(Patience.PATIENCE);
            RunningFakeVm before = VM.vm();
            VM.restart();
            assertNotSame(before, VM.vm());
            session.onDisconnect().onErrorComplete().block(Patience.PATIENCE);
            ask(ADDRESS, "query-status");
            VM.stop();
            assertThrows(IllegalStateException.class, VM::vm);
        }

        @Test
        @Order(4)
        void runsAgain() {
            ask(ADDRESS, "query-status");
        }
    }

    @Test
    @DisplayName(
            "In a static field: one machine at one address for all tests, without the stubs of the test before, and"
                    + " another one there when it has ended")
    void shared() {
        MACHINES.clear();
        TestRun.of(Shared.class).passes(4);
        assertFalse(Files.exists(Path.of(Shared.ADDRESS.substring("unix:".length()))));
        // A class that shares the field, or runs again
        TestRun.of(Shared.class).passes(4);
    }

    static class WithNested {

        @RegisterExtension
        static final FakeVmExtension VM = FakeVmExtension.of(FakeVm.create());

        @Test
        void outside() {
            MACHINES.add(VM.vm());
            ask(VM.address(), "query-status");
        }

        @Nested
        class Inside {

            @Test
            void inside() {
                MACHINES.add(VM.vm());
                ask(VM.address(), "query-status");
            }
        }
    }

    @Test
    @DisplayName("In a static field: the same machine for nested classes")
    void nested() {
        MACHINES.clear();
        TestRun.of(WithNested.class).passes(2);
        assertEquals(1, MACHINES.size());
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class PerClass {

        @RegisterExtension
        final FakeVmExtension vm = FakeVmExtension.of(FakeVm.create());

        @Test
        void one() {
            MACHINES.add(vm.vm());
        }

        @Test
        void another() {
            MACHINES.add(vm.vm());
        }
    }

    @Test
    @DisplayName("In a field of an instance for all tests: one machine for all of them")
    void perClass() {
        MACHINES.clear();
        TestRun.of(PerClass.class).passes(2);
        assertEquals(1, MACHINES.size());
    }

    static class Single {

        @RegisterExtension
        final FakeVmExtension vm = FakeVmExtension.of(FakeVm.create());

        @Test
        void one() {
            assertTrue(MACHINES.add(vm.vm()));
            ask(vm.address(), "query-status");
        }

        @Test
        void another() {
            one();
        }
    }

    @Test
    @DisplayName("In a field of the instance: a machine for each test")
    void ofEachTest() {
        MACHINES.clear();
        TestRun.of(Single.class).passes(2);
    }

    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class Unstubbed {

        @RegisterExtension
        static final FakeQmpServerExtension FAKE = FakeQmpServerExtension.of(
                FakeQmpServer.create().when("query-name").reply("{}"));

        @Test
        @Order(1)
        void fails() {
            QmpClient.create()
                    .address(FAKE.address())
                    .use(session -> session.execute("query-nmae"))
                    .onErrorResume(ExecuteError.class, e -> Mono.empty())
                    .block(Patience.PATIENCE);
        }

        @Test
        @Order(2)
        void passes() {
            ask(FAKE.address(), "query-name");
            FAKE.server().close();
        }

        @Test
        @Order(3)
        void passesToo() {
            ask(FAKE.address(), "query-name");
            assertSame(FAKE.server(), FAKE.server());
        }
    }

    @Test
    @DisplayName("A command that no stub answers fails the test that has sent it, and no other")
    void unstubbed() {
        TestRun run = TestRun.of(Unstubbed.class);
        assertTrue(run.failure().contains("query-nmae"), run::failure);
        assertEquals(2, run.passedTests());
    }

    @Test
    @DisplayName("One address: a machine with several monitors is refused")
    void monitors() {
        FakeVm machine = FakeVm.create().withMonitors(2);
        assertThrows(IllegalArgumentException.class, () -> FakeVmExtension.of(machine));
    }
}
