package io.github.qmpreactive.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.LeakGuard;
import io.github.qmpreactive.test.Qemu;
import io.github.qmpreactive.test.QemuProcess;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakGuard.class)
@DisplayName("The example program")
class QmpMainTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return new QmpMain(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(args);
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
        for (String line : new String[] {"connected to QEMU", "> stop", "event STOP", "event RESUME", "disconnected"}) {
            assertTrue(out().contains(line), this::out);
        }
        assertTrue(out().indexOf("event STOP") < out().indexOf("event RESUME"));
        assertEquals("", err());
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
        try (RunningFakeQmpServer server = FakeQmpServer.create().startTcp()) {
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
    @DisplayName("Nobody listens: exit code 1")
    void nobodyListens(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("s"));
        assertFails(1, "nobody listens", file.toString(), "query-status");
    }

    @Test
    @DisplayName("Not a QMP server: exit code 1, and what it said")
    void notQmp() {
        try (RunningFakeQmpServer server =
                FakeQmpServer.create().withGreeting("SSH-2.0-x\r\n").startTcp()) {
            assertFails(1, "received: SSH-2.0-x..; is this a QMP monitor?", server.address());
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
                "localhost:99999",
                "nowhere",
                "localhost:1|x|a",
                "localhost:1|x|{|"
            })
    @DisplayName("Wrong usage: exit code 2, what is wrong, and the usage")
    void wrongUsage(String args) {
        assertFails(2, "Wrong usage: ", args.split("\\|"));
        assertTrue(err().contains("ADDRESS"), this::err);
    }

    @Test
    @DisplayName("--help prints the usage, exit code 0")
    void help() {
        assertEquals(0, run("--help"));
        assertTrue(out().contains("Exit code: 0"), this::out);
    }
}
