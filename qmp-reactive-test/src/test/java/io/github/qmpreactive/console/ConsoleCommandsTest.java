package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeMigration;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunState;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.JsonNode;

@DisplayName("Console: commands")
@ExtendWith(LeakGuard.class)
class ConsoleCommandsTest {

    private static final String QUIT = "{\"command\": \"quit\"}";

    @Test
    @DisplayName("A command is run at the machine, and its reply is the answer")
    void runs() {
        try (RunningFakeVm vm = FakeVm.create().withName("web").start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            JsonNode reply = Objects.requireNonNull(
                    console.run("{\"command\": \"query-name\"}").getResponseBody());
            assertEquals("web", reply.path("name").asString(), reply::toString);
            console.run("{\"command\": \"stop\"}");
            assertEquals(RunState.PAUSED, vm.runState());
            assertEquals(
                    "Device 'x' not found",
                    console.refused(
                            HttpStatus.UNPROCESSABLE_CONTENT,
                            "{\"command\": \"device_del\", \"arguments\": {\"id\": \"x\"}, \"confirmed\": true}"));
        }
    }

    @Test
    @DisplayName("What ends or destroys something is not sent before it is confirmed")
    void asksFirst() {
        try (RunningFakeVm vm =
                        FakeVm.create().withDevice("tablet0", "usb-tablet").start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            String secret =
                    "{\"command\": \"qom-get\", \"arguments\": {\"path\": \"/objects/sec0\", \"property\": \"data\"}}";
            assertEquals("qom-get may show a secret there", console.refused(HttpStatus.FORBIDDEN, secret));
            String transaction =
                    "{\"command\": \"transaction\", \"arguments\": {\"actions\": [{\"type\": \"drive-backup\"}]}}";
            assertEquals(
                    "transaction has to be confirmed", console.refused(HttpStatus.PRECONDITION_REQUIRED, transaction));
            for (String command : new String[] {"quit", "system_reset", "device_del", "blockdev-del", "object-del"}) {
                String json = "{\"command\": \"" + command + "\", \"arguments\": {\"id\": \"tablet0\"}}";
                assertEquals(command + " has to be confirmed", console.refused(HttpStatus.PRECONDITION_REQUIRED, json));
            }
            assertTrue(vm.isAlive());
            assertEquals(1, vm.devices().size());
            assertEquals(
                    HttpStatus.OK,
                    console.run("{\"command\": \"quit\", \"confirmed\": true}").getStatus());
            console.awaitState("vm", "down", "");
            assertFalse(vm.isAlive());
        }
    }

    @Test
    @DisplayName("A console that is read-only sends queries alone, whatever is confirmed")
    void readOnly() {
        try (RunningFakeVm vm = FakeVm.create().start();
                RunningConsole console = RunningConsole.with(
                        Map.of("console.machines", "vm=" + vm.address(), "console.read-only", true))) {
            console.awaitRunning();
            for (String command : new String[] {"stop", "quit", "device_add", "human-monitor-command", "qom-set"}) {
                assertEquals(
                        "The console is read-only",
                        console.refused(
                                HttpStatus.FORBIDDEN, "{\"command\": \"" + command + "\", \"confirmed\": true}"));
            }
            assertEquals(
                    HttpStatus.FORBIDDEN,
                    console.post("/api/machines/vm/connect", "{}").getStatus());
            console.web()
                    .get()
                    .uri("/api/machines/vm/screen")
                    .exchange()
                    .expectStatus()
                    .isForbidden()
                    .expectBody()
                    .returnResult();
            assertEquals(
                    HttpStatus.OK,
                    console.run("{\"command\": \"query-status\"}").getStatus());
            assertEquals(RunState.RUNNING, vm.runState());
        }
    }

    @Test
    @DisplayName("Neither replies, events, errors nor the log have an address or a path of the host")
    void masked() {
        String socket =
                "{\"filename\": \"disconnected:unix:/run/web.sock,server=on\", \"qom\": \"/machine/peripheral/vda\"}";
        try (RunningFakeVm vm = FakeVm.create()
                        .withServer(server -> server.when("query-chardev")
                                .reply(socket)
                                .when("blockdev-add")
                                .error("GenericError", "Could not open '/var/lib/images/web.img': No such file"))
                        .start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            JsonNode reply = Objects.requireNonNull(
                    console.run("{\"command\": \"query-chardev\"}").getResponseBody());
            assertEquals("disconnected:…", reply.path("filename").asString());
            assertEquals("/machine/peripheral/vda", reply.path("qom").asString());
            assertEquals(
                    "Could not open '…': No such file",
                    console.refused(HttpStatus.UNPROCESSABLE_CONTENT, "{\"command\": \"blockdev-add\"}"));
            assertEquals(
                    "Could not open '…': No such file",
                    awaitEntry(console, "command blockdev-add").path("text").asString());
            vm.emit(
                    "BLOCK_IMAGE_CORRUPTED",
                    "{\"filename\": \"web.img\", \"msg\": \"at /var/lib/images/web.img\", \"device\": \"disk0\"}");
            assertEquals(
                    "{\"filename\":\"…\",\"msg\":\"at …\",\"device\":\"disk0\"}",
                    awaitEntry(console, "event BLOCK_IMAGE_CORRUPTED")
                            .path("data")
                            .asString());
            List<String> log = Objects.requireNonNull(console.entries("")
                    .map(entry -> Objects.requireNonNull(entry.data()).toString())
                    .takeUntil(entry -> entry.contains("BLOCK_IMAGE_CORRUPTED"))
                    .collectList()
                    .block(Patience.PATIENCE));
            assertFalse(log.toString().contains("web.img"), log::toString);
        }
    }

    private static JsonNode awaitEntry(RunningConsole console, String words) {
        return Objects.requireNonNull(console.entries("")
                .filter(entry -> RunningConsole.words(entry).equals(words))
                .map(entry -> Objects.requireNonNull(entry.data()))
                .blockFirst(Patience.PATIENCE));
    }

    @Test
    @DisplayName("A guest that has moved does not run here again before that is confirmed")
    void moved() {
        try (RunningFakeVm vm = FakeVm.create()
                        .withMigration(FakeMigration.takes(Duration.ZERO))
                        .start();
                RunningFakeVm to = FakeVm.create().withIncoming().start();
                RunningConsole console = RunningConsole.at("vm=" + vm.address() + ",to=" + to.address())) {
            console.awaitRunning();
            console.awaitState("to", "up", "inmigrate");
            console.post("/api/machines/vm/migration", "{\"id\": \"to\", \"confirmed\": true}");
            console.awaitTask("done");
            console.awaitState("vm", "up", "postmigrate");
            assertEquals(
                    "cont has to be confirmed",
                    console.refused(HttpStatus.PRECONDITION_REQUIRED, "{\"command\": \"cont\"}"));
            assertEquals(
                    HttpStatus.PRECONDITION_REQUIRED,
                    console.line("cont", false).getStatus());
            assertEquals(RunState.POSTMIGRATE, vm.runState());
        }
    }

    @Test
    @DisplayName("Without a session a command fails at once, and so does an unknown machine")
    void notConnected() {
        try (RunningConsole console = RunningConsole.at("vm=unix:/nowhere/vm.sock")) {
            assertEquals(
                    "vm is not connected",
                    console.refused(HttpStatus.SERVICE_UNAVAILABLE, QUIT.replace("}", ", \"confirmed\": true}")));
            assertEquals(
                    HttpStatus.NOT_FOUND,
                    console.post("/api/machines/other/commands", QUIT).getStatus());
        }
    }
}
