package io.github.qmpreactive.test.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

@DisplayName("@QmpGuards")
class QmpGuardsTest {

    @AfterEach
    void tidy() throws Exception {
        Left.tidy();
    }

    private static void contains(String text, String... parts) {
        for (String part : parts) {
            assertTrue(text.contains(part), () -> "\"" + part + "\" is not in: " + text);
        }
    }

    @Test
    @DisplayName("passes tests that leave nothing behind, with the fake server, its loops and shared resources")
    void clean() {
        TestRun.of(GuardedTests.Clean.class).passes(2);
    }

    @Test
    @DisplayName("fails the test during which an error or a value was dropped, and no other")
    void dropped() {
        TestRun run = TestRun.of(GuardedSignals.Drops.class);
        contains(run.failure(), "IllegalStateException: lost error", "value: lost value", "Guard.DROPPED_SIGNALS");
        assertEquals(1, run.passedTests());
    }

    @Test
    @DisplayName("does so under a JUnit before 5.13, which closes nothing by itself but what is marked for it")
    void olderJUnit() {
        Map<String, String> older = Map.of(
                "junit.jupiter.extensions.store.close.autocloseable.enabled", "false", "qmp.guards.patience", "300");
        contains(TestRun.with(older, GuardedSignals.Drops.class).failure(), "value: lost value");
        contains(TestRun.with(older, GuardedLoops.LeavesProcess.class).failure(), "sleep 600");
    }

    @Test
    @DisplayName(
            "fails the test that leaves sockets, by their addresses: a listener, a session, a fake, a connection taken over")
    void sockets() {
        TestRun run = TestRun.ofUntidy(GuardedSockets.LeavesListener.class);
        contains(run.failure(), "TCP socket 127.0.0.1:" + Left.port() + " (listening)", "Guard.SOCKETS");
        contains(
                TestRun.ofUntidy(GuardedSockets.LeavesSession.class).failure(),
                "UNIX socket to /",
                "(connected)",
                "disconnect()");
        String failure = TestRun.ofUntidy(GuardedSockets.LeavesFake.class).failure();
        String fake = "TCP socket 127.0.0.1:" + Left.port();
        contains(failure, fake + " (listening)", fake + " to 127.0.0.1:");
        contains(
                TestRun.ofUntidy(GuardedSockets.LeavesAdopted.class).failure(),
                "TCP socket 127.0.0.1:",
                " (connected)");
    }

    @Test
    @DisplayName(
            "does not accuse pools of HTTP connections, a web server, a debugger's or agent's attach, or bare sockets")
    void others() {
        TestRun.ofUntidy(GuardedSockets.LeavesOthers.class).passes(3);
    }

    @Test
    @DisplayName("calls hooks that were set before it and in it, and leaves them in place, keyed ones included")
    void hooks() {
        List<String> seen = new CopyOnWriteArrayList<>();
        Hooks.onErrorDropped(error -> seen.add("before: " + error.getMessage()));
        Hooks.onNextDropped(value -> seen.add("before: " + value));
        Hooks.onOperatorError("mine", (error, value) -> new IllegalStateException("mine"));
        Hooks.onOperatorDebug();
        try {
            TestRun run = TestRun.of(GuardedSignals.SetsHooks.class);
            assertEquals(2, run.failedTests());
            for (String failure : run.failures()) {
                assertEquals(2, failure.split("IllegalStateException", -1).length, failure);
            }
            assertEquals(List.of("class: first", "class: second"), GuardedSignals.SetsHooks.SEEN);
            Operators.onErrorDropped(new IllegalStateException("third"), Context.empty());
            Operators.onNextDropped("value", Context.empty());
            assertEquals(List.of("before: first", "before: second", "before: third", "before: value"), seen);
            assertEquals("class: third", GuardedSignals.SetsHooks.SEEN.get(2));
            String error = assertThrows(IllegalStateException.class, () -> Mono.just(1)
                            .map(Integer::toBinaryString)
                            .map(Integer::valueOf)
                            .map(n -> List.of().get(n))
                            .block())
                    .getMessage();
            assertEquals("mine", error);
            TestRun.of(GuardedTests.Clean.class).passes(2);
            Operators.onErrorDropped(new IllegalStateException("fourth"), Context.empty());
            assertEquals("before: fourth", seen.get(4));
            assertEquals(5, seen.size());
        } finally {
            Hooks.resetOnErrorDropped();
            Hooks.resetOnNextDropped();
            Hooks.resetOnOperatorError("mine");
            Hooks.resetOnOperatorDebug();
            GuardedSignals.SetsHooks.SEEN.clear();
        }
    }

    @Test
    @DisplayName("fails the test that leaves a process, by its command line")
    void process() {
        contains(
                TestRun.ofUntidy(GuardedLoops.LeavesProcess.class).failure(),
                "Processes left running",
                "sleep 600",
                "Guard.PROCESSES");
    }

    @Test
    @Qemu // skipped where there is none
    @DisplayName("tells of the QEMU that a test leaves, and not of the shell that watches over it")
    void qemu() {
        String failure = TestRun.ofUntidy(GuardedLoops.LeavesQemu.class).failure();
        contains(failure, "qemu-system", "-machine none");
        assertFalse(failure.contains("kill -9"), failure);
    }

    @Test
    @DisplayName("waits for no longer than it is told to, and fails if that is no number")
    void patience() {
        TestRun run = TestRun.with(Map.of("qmp.guards.patience", "5 s"), GuardedSignals.Drops.class);
        assertEquals(2, run.failedTests());
        for (String failure : run.failures()) {
            contains(failure, "qmp.guards.patience", "5 s");
        }
        TestRun.with(Map.of("qmp.guards.patience", "0"), GuardedLoops.ProcessesOff.class)
                .passes(1);
    }

    @Test
    @DisplayName("lets pass what it is told to, guard by guard")
    void switches() {
        TestRun.of(GuardedSockets.SocketsOff.class).passes(1);
        TestRun.of(GuardedLoops.ProcessesOff.class).passes(1);
        TestRun.of(GuardedSignals.DroppedOff.class).passes(1);
    }

    @Test
    @Qemu // skipped where there is none
    @DisplayName("looks behind what @Qemu closes, a constructor's parameter too, and at all that a test starts itself")
    void besideQemu() {
        TestRun.of(GuardedLoops.WithQemu.class).passes(3);
    }

    @Test
    @DisplayName("keeps other tests away where they run in parallel; the bare extension refuses to")
    void parallel() {
        Map<String, String> parallel = Map.of(
                "junit.jupiter.execution.parallel.enabled", "true",
                "junit.jupiter.execution.parallel.mode.default", "concurrent",
                "junit.jupiter.execution.parallel.mode.classes.default", "concurrent");
        TestRun.with(parallel, GuardedTests.Busy.class, GuardedTests.Clean.class, GuardedTests.Clean2.class)
                .passes(2 + 2 + GuardedTests.Busy.TESTS);
        contains(TestRun.with(parallel, GuardedTests.Bare.class).failure(), "put @QmpGuards on the class");
        assertNotEquals(0, TestRun.of(GuardedTests.Bare.class).passedTests());
    }
}
