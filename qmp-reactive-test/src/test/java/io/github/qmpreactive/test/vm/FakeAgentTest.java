package io.github.qmpreactive.test.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.GuestNotFrozenError;
import io.github.qmpreactive.error.GuestProcessNotFoundError;
import io.github.qmpreactive.guest.GuestCapture;
import io.github.qmpreactive.guest.GuestCommand;
import io.github.qmpreactive.guest.GuestProcess;
import io.github.qmpreactive.guest.GuestResult;
import io.github.qmpreactive.guest.QgaGuest;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What the comparison with real agents does not show, or only where there is a Linux guest. */
@ExtendWith(LeakGuard.class)
@DisplayName("FakeAgent")
class FakeAgentTest {

    private static final FakeAgent AGENT = FakeAgent.create()
            .withProgram("true", FakeProgram.exits(0))
            .withProgram("slow", FakeProgram.exits(0).takes(Duration.ofHours(1)).printing("done"));

    static {
        StepVerifier.setDefaultTimeout(Patience.PATIENCE);
    }

    private static <T> T value(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(Patience.PATIENCE));
    }

    private static QgaSession connect(RunningFakeAgent agent) {
        return value(agent.client().connect());
    }

    private static String refusal(QgaSession session, String command, Map<String, Object> arguments) {
        Throwable error =
                value(session.execute(command, arguments).materialize()).getThrowable();
        return assertInstanceOf(ExecuteError.class, error).description();
    }

    @Test
    @DisplayName("A program takes its time by the clock of the test")
    void virtualTime() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (RunningFakeAgent agent = AGENT.start()) {
            QgaSession session = connect(agent);
            GuestProcess process = value(QgaGuest.of(session).start(GuestCommand.of("slow")));
            time.advanceTimeBy(Duration.ofMinutes(59));
            assertFalse(status(session, process.pid()));
            time.advanceTimeBy(Duration.ofMinutes(1));
            assertEquals("done", value(process.result()).outputText());
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    private static boolean status(QgaSession session, long pid) {
        return value(session.execute("guest-exec-status", Map.of("pid", pid)))
                .path("exited")
                .asBoolean();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "7.2 | Guest agent command failed, error was 'Failed to execute child process “no” (No such file or directory)'"
                        + "| Invalid parameter 'pid' | the agent is in frozen state"
                        + "| Invalid parameter type for 'capture-output', expected: boolean",
                "11.1 | Failed to execute child process “no” (No such file or directory)"
                        + "| PID ld does not exist | the command is not allowed"
                        + "| Parameter 'capture-output' does not accept value 'all'"
            })
    @DisplayName("An agent has the words of its version")
    void words(String version, String start, String pid, String frozen, String capture) {
        try (RunningFakeAgent agent = AGENT.withProfile(QemuProfile.of(version)).startTcp()) {
            QgaSession session = connect(agent);
            assertEquals(start, refusal(session, "guest-exec", Map.of("path", "no")));
            assertEquals(pid, refusal(session, "guest-exec-status", Map.of("pid", 7)));
            assertEquals(capture, refusal(session, "guest-exec", Map.of("path", "true", "capture-output", "all")));
            value(session.execute("guest-fsfreeze-freeze"));
            assertTrue(refusal(session, "guest-exec", Map.of("path", "true")).endsWith(": " + frozen));
            assertTrue(value(session.execute("guest-info"))
                    .path("version")
                    .asString("")
                    .startsWith(version + "."));
        }
    }

    @Test
    @DisplayName("A program does what its arguments say, and what goes wrong in the test's function fails the test")
    void arguments() {
        RunningFakeAgent agent = AGENT.withProgram("ls", given -> {
                    if (given.isEmpty()) {
                        throw new IllegalStateException("no folder");
                    }
                    return FakeProgram.exits(0).printing(given.get(0)).printingError("!");
                })
                .start();
        QgaGuest guest = QgaGuest.of(connect(agent));
        GuestCommand both = GuestCommand.of("ls", "/mnt").capture(GuestCapture.MERGED);
        assertEquals("/mnt!", value(guest.exec(both)).outputText());
        StepVerifier.create(guest.exec(GuestCommand.of("ls"))).verifyError(ExecuteError.class);
        assertTrue(String.valueOf(assertThrows(Throwable.class, agent::close).getMessage())
                .contains("no folder"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"stdout", "stderr"})
    @DisplayName("One output alone is never told, as with real agents: the program seems to run for ever")
    void oneOutput(String mode) {
        try (RunningFakeAgent agent = AGENT.start()) {
            QgaSession session = connect(agent);
            long pid = value(session.execute("guest-exec", Map.of("path", "true", "capture-output", mode)))
                    .path("pid")
                    .longValue();
            assertFalse(status(session, pid));
            assertFalse(status(session, pid));
        }
    }

    @Test
    @DisplayName("Of a large output the first 16 MiB are kept")
    void truncated() {
        FakeAgent verbose = AGENT.withProgram("log", FakeProgram.exits(0).printing(new byte[(16 << 20) + 1]));
        try (RunningFakeAgent agent = verbose.start()) {
            QgaSession session = value(agent.client().maxMessageSize(32 << 20).connect());
            GuestResult result = value(QgaGuest.of(session).exec(GuestCommand.of("log")));
            assertEquals(16 << 20, result.output().length);
            assertTrue(result.isOutputTruncated());
        }
    }

    @Test
    @DisplayName("An agent that is restarted knows no processes and no open files, and the guest is still frozen")
    void restart() {
        try (RunningFakeAgent agent = AGENT.withFile("/f", "text").start()) {
            QgaSession session = connect(agent);
            QgaGuest guest = QgaGuest.of(session);
            GuestProcess process = value(guest.start(GuestCommand.of("slow")));
            assertEquals(
                    1000,
                    value(session.execute("guest-file-open", Map.of("path", "/f")))
                            .intValue());
            value(session.execute("guest-fsfreeze-freeze"));
            assertEquals(1, agent.openFiles());
            agent.restart();
            assertEquals(0, agent.openFiles());
            assertTrue(agent.isFrozen());
            assertEquals(1, value(guest.thaw()));
            assertFalse(agent.isFrozen());
            StepVerifier.create(process.result()).verifyError(GuestProcessNotFoundError.class);
            assertEquals(
                    "handle '1000' has not been found", refusal(session, "guest-file-read", Map.of("handle", 1000)));
            assertEquals(
                    1001,
                    value(session.execute("guest-file-open", Map.of("path", "/f")))
                            .intValue());
        }
    }

    @Test
    @DisplayName(
            "A guest without file systems is not frozen; one with two is, and what the test has stubbed is refused, too")
    void frozen() {
        FakeAgent stubbed =
                AGENT.withServer(server -> server.when("guest-get-time").reply("5"));
        try (RunningFakeAgent agent = stubbed.withMountPoints().start()) {
            StepVerifier.create(QgaGuest.of(connect(agent)).frozen(Mono.just(1)))
                    .verifyError(GuestNotFrozenError.class);
        }
        try (RunningFakeAgent agent = stubbed.withMountPoints("/", "/home").start()) {
            QgaSession session = connect(agent);
            assertEquals(5, value(session.execute("guest-get-time")).intValue());
            Mono<String> work = Mono.fromCallable(agent::isFrozen)
                    .doOnNext(frozen -> assertTrue(frozen))
                    .then(session.execute("guest-get-time"))
                    .map(time -> "told")
                    .onErrorResume(ExecuteError.class, e -> Mono.just(e.errorClass()));
            StepVerifier.create(QgaGuest.of(session).frozen(work))
                    .expectNext("CommandNotFound")
                    .verifyComplete();
            assertFalse(agent.isFrozen());
            assertEquals(2, value(session.execute("guest-fsfreeze-freeze")).intValue());
        }
    }

    @Test
    @DisplayName("Its files are the test's: copied, and those that are not there are told")
    void files() {
        byte[] content = {1, 2};
        FakeAgent withFile = AGENT.withFile("/a", content);
        content[0] = 7;
        try (RunningFakeAgent agent = withFile.start()) {
            agent.file("/a")[0] = 9;
            assertEquals(1, agent.file("/a")[0]);
            assertEquals(Set.of("/a"), agent.files().keySet());
            String message = String.valueOf(
                    assertThrows(AssertionError.class, () -> agent.file("/b")).getMessage());
            assertTrue(message.contains("/b") && message.contains("[/a]"), message);
            assertTrue(agent.toString().endsWith("thawed"), agent::toString);
        }
    }

    @Test
    @DisplayName("A command that it does not know fails the test; one that fails once succeeds then")
    void unknown() {
        RunningFakeAgent agent = AGENT.start();
        QgaSession session = connect(agent);
        agent.server().when("guest-exec").times(1).error("GenericError", "busy");
        assertEquals("busy", refusal(session, "guest-exec", Map.of("path", "true")));
        assertTrue(value(QgaGuest.of(session).exec(GuestCommand.of("true"))).isSuccess());
        assertEquals(
                List.of("guest-exec", "guest-exec"),
                agent.server().received("guest-exec").stream()
                        .map(command -> command.name())
                        .toList());
        refusal(session, "guest-get-disks", Map.of());
        assertThrows(AssertionError.class, agent::close);
    }
}
