package io.github.qmpreactive.test.junit;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

/** Classes for {@link QemuExtensionTest} to run: what JUnit finds by itself has no such names. */
final class QemuTests {

    /** Of what the tests of a run have got. */
    static final Set<Long> PIDS = ConcurrentHashMap.newKeySet();

    static final Set<QmpSession> SESSIONS = ConcurrentHashMap.newKeySet();

    private QemuTests() {}

    static void forget() {
        PIDS.clear();
        SESSIONS.clear();
    }

    private static void note(QemuProcess qemu, Collection<QmpSession> sessions) {
        assertTrue(qemu.isAlive());
        PIDS.add(qemu.pid());
        SESSIONS.addAll(sessions);
    }

    private static void ask(QmpSession session) {
        assertNotNull(session.execute("query-version").block(PATIENCE));
    }

    @Qemu
    static class All {

        private final long pid;

        All(QemuProcess qemu) {
            pid = qemu.pid();
        }

        @BeforeEach
        void prepare(QmpSession session) {
            SESSIONS.add(session);
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void parameterized(int number, QmpClient client, QmpSession session, QemuProcess qemu) {
            assertTrue(number > 0);
            assertEquals(pid, qemu.pid());
            assertTrue(SESSIONS.contains(session));
            note(qemu, Set.of(session));
            ask(session);
            client.withSession(other -> other.execute("query-version")).blockLast(PATIENCE);
        }

        @Nested
        class Inside {

            @RepeatedTest(2)
            void nested(QmpSession session, QemuProcess qemu) {
                note(qemu, Set.of(session));
                ask(session);
            }
        }
    }

    @Qemu(monitor = Qemu.Monitor.TCP, monitors = 2)
    static class OverTcp {

        @Test
        void ports(QmpClient client, QmpSession session, QemuProcess qemu) {
            assertTrue(qemu.address(1).startsWith("tcp:127.0.0.1:"));
            ask(session);
            client.withSession(other -> other.execute("query-version")).blockLast(PATIENCE);
        }
    }

    @Qemu(monitor = Qemu.Monitor.DIAL_IN)
    static class DialIn {

        @RepeatedTest(2)
        void session(QmpSession session, QmpClient client, QemuProcess qemu) {
            note(qemu, Set.of(session));
            ask(session);
            client.withSession(other -> other.execute("query-version")).blockLast(PATIENCE);
        }

        @Test
        void listener(QmpListener listener) {
            QmpSession first = listener.sessions().next().block(PATIENCE);
            first.disconnect().block(PATIENCE);
            QmpSession second = listener.sessions().next().block(PATIENCE);
            ask(second);
            second.disconnect().block(PATIENCE);
        }

        @Test
        @Qemu(binary = QemuBinary.STORAGE_DAEMON, monitor = Qemu.Monitor.DIAL_IN)
        void daemon(QmpSession session) {
            session.execute("query-block-jobs").block(PATIENCE);
        }
    }

    @Qemu(binary = QemuBinary.GUEST_AGENT)
    static class Agent {

        @Test
        void client(QgaClient client, QemuProcess agent) {
            assertTrue(agent.isAlive());
            client.withSession(session -> session.execute("guest-ping")).blockLast(PATIENCE);
        }

        @Test
        void session(QgaSession session) {
            session.execute("guest-ping").block(PATIENCE);
        }
    }

    @Qemu(scope = Qemu.Scope.CLASS)
    static class Shared {

        @RepeatedTest(2)
        void first(QmpSession session, QemuProcess qemu) {
            note(qemu, Set.of(session));
            ask(session);
        }

        @Nested
        class Inside {

            @Test
            void nested(QmpSession session, QemuProcess qemu) {
                note(qemu, Set.of(session));
                ask(session);
            }
        }
    }

    @Qemu
    static class BeforeAllTests {

        @BeforeAll
        static void start(QemuProcess qemu, QmpSession session) {
            note(qemu, Set.of(session));
        }

        @RepeatedTest(2)
        void same(QemuProcess qemu, QmpSession session) {
            note(qemu, Set.of(session));
            ask(session);
        }
    }

    @Qemu
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class OneInstance {

        OneInstance(QemuProcess qemu) {
            note(qemu, Set.of());
        }

        @RepeatedTest(2)
        void same(QemuProcess qemu) {
            note(qemu, Set.of());
        }
    }

    @Qemu(scope = Qemu.Scope.CLASS)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class Ended {

        @Test
        @Order(1)
        void ends(QmpSession session, QemuProcess qemu) {
            session.quit().block(PATIENCE);
            assertEquals(0, qemu.exitCode().block(PATIENCE));
        }

        @Test
        @Order(2)
        void comesLate() {}
    }

    @Qemu
    static class WrongUse {

        @Test
        @Qemu(version = "7,2+")
        void version() {}

        @Test
        @Qemu(scope = Qemu.Scope.CLASS)
        void scope() {}

        @Test
        @Qemu(binary = QemuBinary.GUEST_AGENT)
        void protocol(QmpSession session) {}

        @Test
        void otherProtocol(QgaClient client) {}

        @Test
        @Qemu(binary = QemuBinary.GUEST_AGENT)
        void two(QgaClient client, QgaSession session) {}

        @Test
        void noListener(QmpListener listener) {}

        @Test
        @Qemu(monitor = Qemu.Monitor.DIAL_IN)
        void both(QmpListener listener, QmpSession session) {}

        @Test
        @Qemu(
                args = {"-chardev", "socket,id=held,host=127.0.0.1,port=0,server=on,wait=on"},
                startTimeout = 1)
        void noTime(QmpSession session) {}

        @Test
        @Qemu(args = {"-device", "nonsense"})
        void arguments(QmpClient client) {}

        @Test
        @Qemu(binary = QemuBinary.GUEST_AGENT, monitor = Qemu.Monitor.DIAL_IN)
        void agent(QgaClient client) {}
    }

    @Retention(RetentionPolicy.RUNTIME)
    @Qemu(version = "99.0+")
    @interface FutureQemu {}

    @FutureQemu
    static class Future {

        @Test
        void one() {}

        @Nested
        class Inside {

            @Test
            void two() {}
        }
    }

    static class Versions {

        @Test
        @Qemu(version = "1.0+")
        void runs() {}

        @Test
        @Qemu(version = "<1.0")
        void old() {}

        @Test
        @Qemu(version = "1.0..2.0", binary = QemuBinary.STORAGE_DAEMON)
        void between() {}
    }

    @Qemu
    static class Aborted {

        @Test
        void runs() {}

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void lacks(int number) {
            assumeTrue(number > 2, "it has no such option\nas the other one");
        }

        @Test
        void withoutReason() {
            throw new TestAbortedException();
        }

        @Nested
        class Inside {

            @BeforeEach
            void prepare() {
                abort("it has no such option");
            }

            @Test
            void nested() {}
        }
    }

    @Qemu
    static class AbortedAsAWhole {

        @BeforeAll
        static void prepare() {
            abort("no network here");
        }

        @Test
        void one() {}

        @Nested
        class Inside {

            @Test
            void two() {}
        }
    }

    static class Programs {

        @Test
        @Qemu
        void system() {}

        @Test
        @Qemu(binary = QemuBinary.GUEST_AGENT)
        void agent() {}

        @Test
        @Qemu(binary = QemuBinary.STORAGE_DAEMON)
        void daemon() {}

        @Test
        void none() {}
    }

    static class WrongVersion {

        @Test
        @Qemu(version = "7,2+")
        void version() {}
    }

    @Qemu
    static class Missing {

        @Test
        void one(QmpSession session) {}

        @Test
        @Qemu(scope = Qemu.Scope.TEST)
        void two() {}
    }
}
