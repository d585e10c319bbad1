package io.github.qmpreactive.test.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.qemu.ChildJvm;
import io.github.qmpreactive.test.qemu.QemuBinary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("@Qemu")
class QemuExtensionTest {

    private static final Map<String, String> PARALLEL = Map.of(
            "junit.jupiter.execution.parallel.enabled", "true",
            "junit.jupiter.execution.parallel.mode.default", "concurrent");

    @BeforeEach
    void forget() {
        QemuTests.forget();
    }

    private static void contains(String text, String... parts) {
        for (String part : parts) {
            assertTrue(text.contains(part), () -> "\"" + part + "\" is not in: " + text);
        }
    }

    private static void assertNothingLeft(int processes, int sessions) {
        assertEquals(processes, QemuTests.PIDS.size());
        assertEquals(
                List.of(),
                QemuTests.PIDS.stream()
                        .filter(pid -> ProcessHandle.of(pid).isPresent())
                        .toList());
        assertEquals(sessions, QemuTests.SESSIONS.size());
        assertEquals(
                Set.of(SessionState.DISCONNECTED),
                QemuTests.SESSIONS.stream().map(QmpSession::state).collect(Collectors.toSet()));
    }

    /** What the runs print. */
    private static List<String> printed(Runnable runs) {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            runs.run();
        } finally {
            System.setOut(console);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static String described(String name, QemuBinary program) {
        QemuVersion version = program.version().orElseThrow();
        return name + " " + version.major() + "." + version.minor() + "." + version.micro() + " ("
                + program.find().orElseThrow() + ")";
    }

    private static List<String> withoutQemu(Class<?> tests, String... options) throws IOException {
        return run(Map.of("QEMU_BINARY", "", "PATH", "/nowhere"), tests, options);
    }

    private static List<String> run(Map<String, String> nowhere, Class<?> tests, String... options) throws IOException {
        try (ChildJvm jvm = new ChildJvm(RunsTests.class, nowhere, List.of(tests.getName()), options)) {
            return jvm.lines();
        }
    }

    @Nested
    @Qemu
    @DisplayName("with QEMU")
    class WithQemu {

        @Test
        @DisplayName(
                "gives each test its own: process, client, session, in constructors, @BeforeEach and parameterized")
        void parameters() {
            TestRun.of(QemuTests.All.class).passes(4);
            assertNothingLeft(4, 4);
        }

        @Test
        @DisplayName("does so for tests that run in parallel")
        void parallel() {
            TestRun.with(PARALLEL, QemuTests.All.class, QemuTests.OverTcp.class).passes(5);
            assertNothingLeft(4, 4);
        }

        @Test
        @DisplayName("listens on TCP ports that the system has chosen")
        void tcp() {
            TestRun.of(QemuTests.OverTcp.class).passes(1);
        }

        @Test
        @DisplayName("has it dial in, with a session or with the listener; the storage daemon as well")
        void dialIn() {
            TestRun.of(QemuTests.DialIn.class).passes(4);
            assertNothingLeft(2, 2);
        }

        @Test
        @DisplayName("shares one in a class and the classes in it, with a session for each test")
        void shared() {
            TestRun.of(QemuTests.Shared.class).passes(3);
            assertNothingLeft(1, 3);
        }

        @Test
        @DisplayName("shares what @BeforeAll takes, the session too, and what the constructor of one instance takes")
        void takenByTheClass() {
            TestRun.of(QemuTests.BeforeAllTests.class).passes(2);
            assertNothingLeft(1, 1);
            QemuTests.forget();
            TestRun.of(QemuTests.OneInstance.class).passes(2);
            assertEquals(1, QemuTests.PIDS.size());
        }

        @Test
        @DisplayName("says which test has to be blamed when a shared one has ended")
        void ended() {
            TestRun run = TestRun.of(QemuTests.Ended.class);
            contains(run.failure(), "A test before this one has ended the QEMU that they share (exit code 0");
            assertEquals(1, run.passedTests());
        }

        @Test
        @DisplayName("is clear about what cannot be, and about what QEMU printed when it did not start")
        void wrongUse() {
            TestRun run = TestRun.of(QemuTests.WrongUse.class);
            String all = String.join("\n\n", run.failures());
            assertEquals(10, run.failures().size(), all);
            contains(
                    all,
                    "did not answer within PT1S",
                    "@Qemu(version = ...): \"7,2+\" names no versions of QEMU: write \"7.2+\"",
                    "@Qemu(scope = CLASS) stands on the method scope(): put it on the class",
                    "@Qemu(binary = GUEST_AGENT) has no QmpSession: take QgaClient or QgaSession",
                    "@Qemu(binary = SYSTEM) has no QgaClient: take QmpClient or QmpSession",
                    "There is a QgaClient already",
                    "take either QgaClient or QgaSession",
                    "A QmpListener needs @Qemu(monitor = DIAL_IN)",
                    "There is a QmpListener already",
                    "'nonsense' is not a valid device model name",
                    "A guest agent has one UNIX socket");
        }

        @Test
        @DisplayName("leaves out what needs another version, with a reason, and tells how many at the end")
        void versions() {
            QemuVersion version = QemuBinary.SYSTEM.version().orElseThrow();
            String here = QemuBinary.SYSTEM.find().orElseThrow() + " is " + version.major() + "." + version.minor()
                    + "." + version.micro();
            Map<String, String> olderJUnit =
                    Map.of("junit.jupiter.extensions.store.close.autocloseable.enabled", "false");
            List<String> printed = printed(() -> {
                for (Map<String, String> parameters : List.of(Map.<String, String>of(), olderJUnit)) {
                    assertEquals(
                            List.of("needs QEMU 99.0+, " + here),
                            TestRun.with(parameters, QemuTests.Future.class).skips());
                }
            });
            String told = "Tests left out: 2. Reason: needs QEMU 99.0+, " + here + ".";
            String end = "Tests ran with " + described("QEMU", QemuBinary.SYSTEM) + "; left out: 2.";
            assertEquals(List.of(told, end, told, end), printed);
        }

        @Test
        @DisplayName("counts tests and classes that an assumption has aborted, with its message")
        void aborted() {
            List<String> printed = printed(() -> {
                TestRun run = TestRun.of(QemuTests.Aborted.class, QemuTests.AbortedAsAWhole.class);
                assertEquals(1, run.passedTests());
                assertEquals(0, run.failedTests());
            });
            assertEquals(
                    List.of(
                            "Tests left out: 1. Reason: an assumption failed.",
                            "Tests left out: 3. Reason: it has no such option.",
                            "Tests left out: 2. Reason: no network here.",
                            "Tests ran with " + described("QEMU", QemuBinary.SYSTEM) + "; left out: 6."),
                    printed);
        }

        @Test
        @DisplayName("gives its tests the tag qemu, and no others")
        void tag() {
            assertEquals(4, TestRun.of(QemuTests.Programs.class).passedTests());
            assertEquals(3, TestRun.tagged("qemu", QemuTests.Programs.class).passedTests());
            TestRun.tagged("qemu", QemuTests.Shared.class, QemuTests.Programs.class)
                    .passes(6);
        }

        @Test
        @DisplayName("leaves out tests of other versions one by one, also where QEMU is required")
        void versionsOfMethods() throws IOException {
            try (ChildJvm jvm = new ChildJvm(
                    RunsTests.class, Map.of(), List.of(QemuTests.Future.class.getName()), "-Dqmp.qemu.required=true")) {
                List<String> lines = jvm.lines();
                contains(lines.get(0), "Tests left out: 2. Reason: needs QEMU 99.0+, ");
                assertEquals("passed 0, failed 0", lines.get(2));
            }
            TestRun run = TestRun.of(QemuTests.Versions.class);
            assertEquals(List.of(), run.failures());
            assertEquals(1, run.passedTests());
            assertEquals(2, run.skips().size());
            contains(String.join("\n", run.skips()), "needs QEMU <1.0, ");
        }
    }

    @Nested
    @Qemu
    @DisplayName("with all programs")
    class WithAll {

        @Test
        @Qemu(binary = QemuBinary.STORAGE_DAEMON)
        @DisplayName("tells at the end which of them the tests of the run asked for")
        void programs() {
            assumeTrue(QemuBinary.GUEST_AGENT.isAvailable(), QemuBinary.GUEST_AGENT.installHint());
            assertEquals(
                    List.of("Tests ran with " + described("QEMU", QemuBinary.SYSTEM) + ", "
                            + described("storage daemon", QemuBinary.STORAGE_DAEMON) + ", "
                            + described("agent", QemuBinary.GUEST_AGENT) + "; left out: 0."),
                    printed(() -> TestRun.of(QemuTests.Programs.class)));
        }
    }

    @Nested
    @Qemu(binary = QemuBinary.GUEST_AGENT)
    @DisplayName("with the guest agent")
    class WithAgent {

        @Test
        @DisplayName("gives each test its own: a client or a session")
        void agent() {
            TestRun.of(QemuTests.Agent.class).passes(2);
        }
    }

    @Nested
    @DisplayName("without QEMU")
    class WithoutQemu {

        @Test
        @DisplayName("leaves tests out with a reason, and tells how many at the end")
        void leavesOut() throws IOException {
            String reason = "There is no qemu-system-x86_64 on the PATH: install it (apt-get install qemu-system-x86)"
                    + " or set QEMU_BINARY";
            assertEquals(
                    List.of(
                            "Tests left out: 2. Reason: " + reason + ".",
                            "Tests ran with no QEMU; left out: 2.",
                            "passed 0, failed 0",
                            "skipped: " + reason),
                    withoutQemu(QemuTests.Missing.class));
        }

        @Test
        @DisplayName("fails them where QEMU is required")
        void required() throws IOException {
            List<String> lines = withoutQemu(QemuTests.Missing.class, "-Dqmp.qemu.required=true");
            assertEquals("Tests ran with no QEMU; left out: 0.", lines.get(0));
            assertEquals("passed 0, failed 2", lines.get(1));
            contains(lines.get(2), "(qmp.qemu.required is true)", "set QEMU_BINARY");
        }

        @ParameterizedTest
        @CsvSource({
            "/nope/qemu, which is not an executable file",
            "/, which is not an executable file",
            "nope-qemu, which is not an executable file on the PATH"
        })
        @DisplayName("fails them where a program was asked for that is not there, and says which")
        void asked(String name, String why) throws IOException {
            List<String> lines = run(Map.of("QEMU_BINARY", name), QemuTests.Missing.class);
            assertEquals("passed 0, failed 2", lines.get(1));
            for (String line : lines.subList(2, 4)) {
                assertTrue(line.endsWith("IllegalStateException: QEMU_BINARY is " + name + ", " + why), line);
            }
        }

        @Test
        @DisplayName("still tells a version that is no version")
        void wrongVersion() throws IOException {
            List<String> lines = withoutQemu(QemuTests.WrongVersion.class);
            assertEquals("passed 0, failed 1", lines.get(1));
            contains(lines.get(2), "\"7,2+\" names no versions of QEMU");
        }
    }
}
