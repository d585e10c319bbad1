package io.github.qmpreactive.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Exceptions;

@ExtendWith(LeakGuard.class)
@DisplayName("The example program")
class QmpMainTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private QmpMain program() {
        return new QmpMain(
                new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private int run(String... args) {
        return program().run(args);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private void assertFails(int code, String why, String... args) {
        assertEquals(code, run(args), this::err);
        assertEquals("", out());
        assertTrue(err().contains(why), this::err);
    }

    @Test
    @DisplayName("Without arguments it shows a session with a machine of its own, and says which machine")
    void shows() {
        assertEquals(0, run(), this::err);
        assertTrue(out().startsWith("This is "), this::out);
        for (String line : new String[] {
            "connected to ", "> stop", "event STOP", "event RESUME", "backup job0 is concluded, 100 %", "disconnected"
        }) {
            assertTrue(out().contains(line), this::out);
        }
        assertTrue(out().indexOf("event STOP") < out().indexOf("event RESUME"));
        assertEquals("", err());
    }

    @Test
    @DisplayName("The built-in fake says that it is one, and why; it remembers that it was stopped")
    void showsFake() {
        program().show(Machine.fake(), Duration.ZERO);
        assertTrue(out().contains("connected to the built-in fake of QEMU 7.2.0, capabilities [oob]"), this::out);
        String why = "This is the built-in fake. " + QemuBinary.SYSTEM.installHint();
        assertEquals(1, out().lines().filter(why::equals).count(), this::out);
        assertEquals(
                List.of(
                        "> query-status",
                        "< running",
                        "> stop",
                        "event STOP",
                        "< {}",
                        "> query-status",
                        "< paused",
                        "> cont",
                        "event RESUME",
                        "< {}"),
                out().lines()
                        .takeWhile(line -> !line.contains("> blockdev-add"))
                        .filter(line -> line.matches("[ 0-9.]+ s  (<|>|event) .*"))
                        .map(line -> line.replaceAll(".* s  ", "").replaceAll("\\{.*\"status\":\"([a-z]*)\".*", "$1"))
                        .toList());
    }

    @Test
    @DisplayName("Then it copies a disk, and shows how much of it is done, also at the fake")
    void showsJob() {
        program().show(Machine.fake(), Duration.ZERO);
        List<Integer> done = out().lines()
                .filter(line -> line.contains("backup job0 is running, "))
                .map(line -> Integer.valueOf(line.replaceAll(".*running, ([0-9]+) %", "$1")))
                .toList();
        assertFalse(done.isEmpty(), this::out);
        assertEquals(done.stream().sorted().toList(), done);
        assertTrue(out().contains("backup job0 is concluded, 100 %"), this::out);
    }

    @Test
    @DisplayName("With an address and a command it runs that command, with its arguments, and nothing else")
    void runsCommand() {
        try (RunningFakeQmpServer server = FakeQmpServer.create()
                .when("device_del")
                .reply("{}")
                .withConcurrentClients()
                .startTcp()) {
            assertEquals(0, run(server.address(), "device_del", "id=usb0", "n=5", "flag=true"), this::err);
            assertEquals(0, run(server.address(), "device_del", "{\"id\":", "\"usb1\"}"), this::err);
            var commands = server.received("device_del");
            assertEquals(
                    "{\"id\":\"usb0\",\"n\":5,\"flag\":true}",
                    commands.get(0).arguments().toString());
            assertEquals("{\"id\":\"usb1\"}", commands.get(1).arguments().toString());
            assertEquals(4, server.received().size());
            assertTrue(out().contains("< {}"), this::out);
        }
    }

    @Test
    @DisplayName("With an address alone it runs query-status")
    void queriesStatus() {
        try (RunningFakeQmpServer server = FakeQmpServer.create()
                .when("query-status")
                .reply("{\"running\": true}")
                .startUnix()) {
            assertEquals(0, run(server.address()), this::err);
            assertTrue(out().contains("< {\"running\":true}"), this::out);
        }
    }

    @Test
    @Qemu
    @DisplayName("It ends a real QEMU with quit, and that is no error")
    void quits(QemuProcess qemu) {
        assertEquals(0, run("--events", "30", qemu.address(), "quit"), this::err);
        assertTrue(out().contains("event SHUTDOWN"), this::out);
        assertTrue(out().contains("disconnected"), this::out);
    }

    @Test
    @DisplayName("A command that is refused: exit code 1, and the server's words")
    void refused() {
        try (RunningFakeQmpServer server =
                FakeQmpServer.create().when("nonsense").commandNotFound().startTcp()) {
            assertEquals(1, run(server.address(), "nonsense"));
            assertTrue(err().contains("CommandNotFound: The command nonsense has not been found"), this::err);
        }
    }

    @Test
    @DisplayName("No such socket: exit code 1, and how to start QEMU")
    void noSuchSocket() {
        assertFails(1, "there is no such socket; is QEMU running", "unix:/no/such/socket", "query-status");
    }

    @Test
    @DisplayName("No program listens: exit code 1")
    void nobodyListens(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("s"));
        assertFails(1, "no program listens", file.toString(), "query-status");
    }

    @Test
    @DisplayName("Not a QMP server: exit code 1, and what it said")
    void notQmp() {
        try (RunningFakeQmpServer server =
                FakeQmpServer.create().withGreeting("SSH-2.0-x\r\n").startTcp()) {
            assertFails(1, "received: SSH-2.0-x; is this a QMP monitor?", server.address());
        }
    }

    @Test
    @DisplayName("Another client holds the monitor: exit code 1, and that it may be so")
    void secondClient() {
        try (RunningFakeQmpServer server =
                FakeQmpServer.create().withoutGreeting().startTcp()) {
            assertFails(1, "is another client already connected?", server.address());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--nonsense",
                "--events",
                "--events|soon",
                "--events|-1",
                "--events|31536001",
                "--events|9999999999",
                "--events|99999999999999999999",
                "tcp:127.0.0.1:0",
                "[::1]:00,server=on",
                "localhost:99999",
                "nowhere",
                "localhost:1| ",
                "localhost:1|x|a",
                "localhost:1|x|{|"
            })
    @DisplayName("Wrong usage: exit code 2, what is wrong, and the usage")
    void wrongUsage(String args) {
        assertFails(2, "Wrong usage: ", args.split("\\|"));
        assertTrue(err().contains("ADDRESS"), this::err);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix:0", "./0", "/run/vm:0", "[::0]:1", "localhost:1,ipv6=off,x=localhost:0"})
    @DisplayName("An address that has a 0 somewhere is no wrong usage")
    void zeroInAddress(String address) {
        assertTrue(CommandLine.parse(address).client().isPresent());
    }

    static Stream<Throwable> surprises() {
        return Stream.of(
                new UnsupportedOperationException("one\ntwo"), new AssertionError(), new IllegalStateException());
    }

    @ParameterizedTest
    @MethodSource("surprises")
    @DisplayName("Whatever else goes wrong: exit code 1, and one line")
    void surprised(Throwable surprise) {
        PrintStream broken = new PrintStream(out) {
            @Override
            public void println(String text) {
                throw Exceptions.propagate(surprise);
            }
        };
        assertEquals(1, new QmpMain(broken, new PrintStream(err, true, StandardCharsets.UTF_8)).run("--help"));
        assertEquals(1, err().lines().count(), this::err);
        assertTrue(err().contains(surprise.getClass().getName()), this::err);
    }

    @Test
    @DisplayName("--help prints the usage, exit code 0")
    void help() {
        assertEquals(0, run("--help"));
        assertTrue(out().contains("Exit code: 0"), this::out);
    }
}
