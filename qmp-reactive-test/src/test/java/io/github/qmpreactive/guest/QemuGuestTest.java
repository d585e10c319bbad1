package io.github.qmpreactive.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.GuestMayBeFrozenError;
import io.github.qmpreactive.error.GuestNotFrozenError;
import io.github.qmpreactive.error.GuestProcessNotFoundError;
import io.github.qmpreactive.error.GuestStillRunningError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("QgaGuest at a Linux guest of real QEMU")
class QemuGuestTest {

    @TempDir
    static Path folder;

    private LinuxGuest machine;
    private QgaSession session;
    private QgaGuest guest;

    @BeforeAll
    static void boot() throws IOException {
        StepVerifier.setDefaultTimeout(Patience.PATIENCE);
        LinuxGuest.save(folder);
    }

    @BeforeEach
    void start() throws IOException {
        machine = LinuxGuest.restore(folder);
        connect();
    }

    private void connect() {
        session = value(machine.agent().connect());
        guest = QgaGuest.of(session);
    }

    @AfterEach
    void stop() {
        session.disconnect().block(Patience.PATIENCE);
        machine.close();
    }

    private static <T> T value(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(Patience.PATIENCE));
    }

    private static GuestCommand shell(String script) {
        return GuestCommand.of("/bin/sh", "-c", script);
    }

    private GuestResult run(String script) {
        return value(guest.exec(shell(script)));
    }

    private String print(String script) {
        return run(script).outputText().strip();
    }

    @Test
    @DisplayName("A program has an exit code, both outputs, an environment and input")
    void exec() {
        GuestResult result = run("echo out; echo err >&2; exit 3");
        assertEquals(OptionalInt.of(3), result.exitCode());
        assertEquals("out\n", result.outputText());
        assertEquals("err\n", result.errorText());
        GuestCommand cat = GuestCommand.of("sh", "-c", "cat; echo $LANG").environment(Map.of("LANG", "C"));
        assertEquals(
                "from stdinC\n",
                value(guest.exec(cat.input("from stdin".getBytes(StandardCharsets.UTF_8))))
                        .outputText());
        assertEquals(
                0,
                value(guest.exec(shell("echo out").capture(GuestCapture.NONE))).output().length);
    }

    @Test
    @DisplayName("A program that a signal ends has no exit code; one that is not there is not started")
    void ends() {
        GuestResult killed = run("kill -9 $$");
        assertEquals(OptionalInt.of(9), killed.signal());
        assertEquals(OptionalInt.empty(), killed.exitCode());
        StepVerifier.create(guest.exec(GuestCommand.of("/nonexistent")))
                .verifyErrorSatisfies(e -> assertTrue(
                        assertInstanceOf(ExecuteError.class, e).description().contains("No such file")));
    }

    @Test
    @DisplayName("Both outputs in one: agents from 10.0 on can, that of 7.2 refuses it")
    void merged() {
        String version = value(session.execute("guest-info")).path("version").asString("");
        Mono<String> merged = guest.exec(shell("echo a; echo b >&2; echo c").capture(GuestCapture.MERGED))
                .map(GuestResult::outputText);
        if (Integer.parseInt(version.substring(0, version.indexOf('.'))) >= 10) {
            StepVerifier.create(merged).expectNext("a\nb\nc\n").verifyComplete();
        } else {
            StepVerifier.create(merged).verifyError(ExecuteError.class);
        }
    }

    @Test
    @DisplayName("A large output is complete")
    void largeOutput() {
        byte[] output = run("head -c 3000000 /dev/zero | tr '\\0' x").output();
        byte[] all = new byte[3_000_000];
        Arrays.fill(all, (byte) 'x');
        assertArrayEquals(all, output);
    }

    @Test
    @DisplayName("A program that outlasts its limit runs on, and its result comes by its id, once")
    void limit() {
        GuestStillRunningError error = assertInstanceOf(
                GuestStillRunningError.class,
                value(guest.exec(shell("until [ -e /tmp/go ]; do sleep 0.1; done; echo late"), Duration.ofMillis(100))
                                .materialize())
                        .getThrowable());
        run("touch /tmp/go");
        assertEquals("late\n", value(guest.process(error.pid()).result()).outputText());
        StepVerifier.create(guest.process(error.pid()).result()).verifyError(GuestProcessNotFoundError.class);
    }

    @Test
    @DisplayName("A program whose start has timed out is run later, when the guest goes on")
    void late() {
        machine.run("stop", Map.of());
        QmpCommand touch = shell("touch /tmp/late").start().timeout(Duration.ofMillis(200));
        StepVerifier.create(session.execute(touch)).verifyError(ExecTimeoutError.class);
        machine.run("cont", Map.of());
        assertEquals("/tmp/late", print("until [ -e /tmp/late ]; do sleep 0.1; done; ls /tmp/late"));
    }

    @Test
    @DisplayName("An agent that was restarted does not know a program that runs on")
    void agentRestarts() {
        GuestProcess sleep = value(guest.start(GuestCommand.of("sleep", "600")));
        // It goes on when the agent has ended. What an agent has read when it ends is never answered.
        String restart =
                "sleep 3; killall -9 qemu-ga; until pidof qemu-ga; do sleep 0.1; done; echo restarted >/dev/ttyS0";
        value(guest.start(shell(restart).capture(GuestCapture.NONE)));
        machine.awaitConsole("restarted");
        StepVerifier.create(sleep.result())
                .verifyErrorSatisfies(e -> assertEquals(
                        sleep.pid(),
                        assertInstanceOf(GuestProcessNotFoundError.class, e).pid()));
        assertTrue(run("kill -0 " + sleep.pid()).isSuccess());
    }

    /** In QEMU 5.2 with a Linux kernel given, the firmware resets the machine for ever. */
    @Test
    @Qemu(version = "7.2+")
    @DisplayName("A guest that is restarted while it is frozen was not frozen to the end, and its programs are gone")
    void reboots() {
        GuestProcess sleep = value(guest.start(GuestCommand.of("sleep", "600")));
        Mono<Void> reboot = machine.monitor()
                .executeAndAwait(
                        QmpCommand.of("system_reset"),
                        event -> event.name().equals("VSERPORT_CHANGE")
                                && event.data().path("open").asBoolean(false))
                .then();
        StepVerifier.create(guest.frozen(reboot)).verifyError(GuestNotFrozenError.class);
        StepVerifier.create(sleep.result()).verifyError(GuestProcessNotFoundError.class);
    }

    @Test
    @DisplayName("A file is written, appended to and read, and is closed in the end")
    void files() {
        byte[] content = new byte[500_000];
        new Random(7).nextBytes(content);
        assertEquals(
                500_000L, value(guest.writeFile("/mnt/f", Flux.just(Arrays.copyOf(content, 300_000), rest(content)))));
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        guest.readFile("/mnt/f").doOnNext(read::writeBytes).blockLast(Patience.PATIENCE);
        assertArrayEquals(content, read.toByteArray());
        value(guest.writeFile(
                "/mnt/f",
                Mono.just("end".getBytes(StandardCharsets.UTF_8)),
                GuestFileOptions.defaults().append()));
        assertEquals("500003", print("wc -c < /mnt/f"));
        // A file that is open keeps its file system busy.
        value(guest.readFile("/mnt/f", GuestFileOptions.defaults().chunk(1000))
                .take(2)
                .count());
        assertEquals("", run("umount /mnt && mount -t ext4 /dev/vda /mnt").errorText());
    }

    private static byte[] rest(byte[] content) {
        return Arrays.copyOfRange(content, 300_000, content.length);
    }

    @Test
    @DisplayName("A file without a size is read; what cannot be opened, read or written is told")
    void fileErrors() {
        assertTrue(
                value(guest.readFile("/proc/version").reduce(FileTexts::joined).map(FileTexts::text))
                        .startsWith("Linux version"));
        StepVerifier.create(guest.readFile("/dev/null")).verifyComplete();
        StepVerifier.create(guest.readFile("/nope")).verifyError(ExecuteError.class);
        StepVerifier.create(guest.readFile("/mnt")).verifyError(ExecuteError.class);
        StepVerifier.create(guest.writeFile("/dev/full", Mono.just(new byte[1])))
                .verifyError(ExecuteError.class);
        StepVerifier.create(guest.writeFile("/dev/full", Mono.just(new byte[9_000])))
                .verifyError(ExecuteError.class);
    }

    private static final class FileTexts {

        static byte[] joined(byte[] first, byte[] second) {
            byte[] all = Arrays.copyOf(first, first.length + second.length);
            System.arraycopy(second, 0, all, first.length, second.length);
            return all;
        }

        static String text(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    @Test
    @DisplayName("The guest is frozen while the work is done: a program that writes waits until it is thawed")
    void frozen() {
        // The agent has this file while it freezes, and until it has thawed.
        GuestProcess writer =
                value(guest.start(shell("until [ -e /run/qga.state.isfrozen ]; do sleep 0.05; done; sleep 3;"
                        + " (echo x >/mnt/f; echo written >/dev/ttyS0) & sleep 0.5; echo waited >/dev/ttyS0; wait")));
        Mono<String> work = guest.isFrozen()
                .doOnNext(frozen -> assertTrue(frozen))
                .then(guest.exec(GuestCommand.of("true")))
                .thenReturn("started")
                .onErrorResume(ExecuteError.class, refused -> Mono.just("refused"))
                .publishOn(Schedulers.boundedElastic())
                .doOnNext(refused -> assertFalse(machine.awaitConsole("waited").contains("written")));
        StepVerifier.create(guest.frozen(work)).expectNext("refused").verifyComplete();
        machine.awaitConsole("written");
        assertFalse(value(guest.isFrozen()));
        assertTrue(value(writer.result()).isSuccess());
        assertEquals(0, value(guest.thaw()));
    }

    @Test
    @DisplayName("Work that fails, and work that is cancelled, leave a guest that is thawed")
    void thawed() {
        FreezeOptions mnt = FreezeOptions.defaults().mountPoints("/mnt");
        StepVerifier.create(guest.frozen(Mono.error(new IllegalStateException("no snapshot")), mnt))
                .verifyErrorMessage("no snapshot");
        assertFalse(value(guest.isFrozen()));
        value(guest.frozen(Mono.never(), mnt)
                .mergeWith(guest.isFrozen().filter(frozen -> frozen).repeatWhenEmpty(again -> again))
                .next());
        assertFalse(value(guest.isFrozen()));
    }

    @Test
    @DisplayName("What is no mount point freezes nothing; a guest that was frozen before is told, and left so")
    void notFrozen() {
        StepVerifier.create(guest.frozen(Mono.just(1), FreezeOptions.defaults().mountPoints("/nowhere")))
                .verifyError(GuestNotFrozenError.class);
        value(session.execute("guest-fsfreeze-freeze"));
        StepVerifier.create(guest.frozen(Mono.just(1))).verifyError(GuestMayBeFrozenError.class);
        assertTrue(value(guest.isFrozen()));
        assertEquals(1, value(guest.thaw()));
    }

    @Test
    @DisplayName("A session that is lost leaves the guest frozen, which is told; the next session thaws it")
    void lost() {
        StepVerifier.create(guest.frozen(session.disconnect())).verifyError(GuestMayBeFrozenError.class);
        connect();
        assertTrue(value(guest.isFrozen()));
        assertEquals(1, value(guest.thaw()));
        FreezeOptions again = FreezeOptions.defaults().reconnect(machine.agent());
        StepVerifier.create(guest.frozen(session.disconnect().thenReturn("done"), again))
                .expectNext("done")
                .verifyComplete();
        connect();
        assertFalse(value(guest.isFrozen()));
    }
}
