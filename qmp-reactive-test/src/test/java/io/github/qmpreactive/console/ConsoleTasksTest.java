package io.github.qmpreactive.console;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeGuestBehavior;
import io.github.qmpreactive.test.vm.FakeJob;
import io.github.qmpreactive.test.vm.FakeMigration;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

@DisplayName("Console: what takes its time")
@ExtendWith(LeakGuard.class)
class ConsoleTasksTest {

    private static final String UNPLUG = "{\"id\": \"rng0\", \"confirmed\": true}";
    private static final String CONFIRMED = "{\"confirmed\": true}";

    private static String backup(String arguments) {
        return "{\"command\": \"blockdev-backup\", \"confirmed\": true, \"arguments\": {\"sync\": \"full\", "
                + arguments + "}}";
    }

    private static String backupAs(String id) {
        return backup("\"device\": \"disk0\", \"target\": \"copy0\", \"job-id\": \"" + id + "\"");
    }

    private static void post(RunningConsole console, String path, String json) {
        assertEquals(
                HttpStatus.ACCEPTED,
                console.post("/api/machines/vm/" + path, json).getStatus());
    }

    private static FakeVm machine() {
        return FakeVm.create()
                .withNode("disk0", 64 << 20)
                .withNode("copy0", 64 << 20)
                .withNode("disk1", 64 << 20)
                .withNode("copy1", 64 << 20);
    }

    @Test
    @DisplayName("Unplugging waits for the guest, and tells when that refuses")
    void unplugRefused() {
        FakeVm machine = FakeVm.create()
                .withDevice("rng0", "virtio-rng-pci")
                .withGuest(FakeGuestBehavior.create().keepsDevices());
        try (RunningFakeVm vm = machine.start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            assertEquals(
                    HttpStatus.PRECONDITION_REQUIRED,
                    console.post("/api/machines/vm/unplug", "{\"id\": \"rng0\"}")
                            .getStatus());
            post(console, "unplug", UNPLUG);
            console.awaitTask("waiting for the guest");
            vm.server().awaitConnection().awaitCommand("device_del");
            vm.guest().refuses("rng0");
            assertEquals(
                    "the guest refuses",
                    console.awaitTask("failed").path("error").asString());
        }
    }

    @Test
    @DisplayName("A job goes on while the connection is lost, and is followed to its end in the next session")
    void jobOverSessions() {
        try (RunningFakeVm vm = machine().withJobs(FakeJob.waits()).start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            post(console, "jobs", backupAs("copy"));
            assertEquals(
                    "blockdev-backup disk0 to copy0",
                    console.awaitTask("running").path("title").asString());
            vm.server().awaitConnection().reset();
            vm.server().awaitConnection(1).negotiated().block(PATIENCE);
            vm.jobs().reaches("copy", 1);
            console.awaitTask("done");
            assertEquals(0, size(console.run("{\"command\": \"query-jobs\"}")), "It was not dismissed");
        }
    }

    @Test
    @DisplayName("A move that was not begun before the connection was lost has failed by that: none is looked for")
    void neverSent() {
        FakeVm machine = FakeVm.create()
                .withServer(server ->
                        server.when("migrate-set-capabilities").times(1).answer(Faults.endOfFile()));
        try (RunningFakeVm vm = machine.start();
                RunningFakeVm to = FakeVm.create().withIncoming().start();
                RunningConsole console = RunningConsole.at("vm=" + vm.address() + ",to=" + to.address())) {
            console.awaitRunning();
            console.awaitState("to", "up", "inmigrate");
            post(console, "migration", "{\"id\": \"to\", \"confirmed\": true}");
            String lost = console.awaitTask("failed").path("error").asString();
            assertTrue(lost.contains("connection"), lost);
        }
    }

    @Test
    @DisplayName("A move whose source is lost before it is sent there has failed: a later migration is another one")
    void lostBefore() {
        Sinks.One<Answer> listens = Sinks.one();
        FakeVm source = FakeVm.create()
                .withServer(server -> server.when("query-migrate").reply("{\"status\": \"active\"}"));
        FakeVm destination = FakeVm.create().withIncoming().withServer(server -> server.when("migrate-incoming")
                .answerLater(command -> listens.asMono()));
        try (RunningFakeVm vm = source.start();
                RunningFakeVm to = destination.start();
                RunningConsole console = RunningConsole.at("vm=" + vm.address() + ",to=" + to.address())) {
            console.awaitRunning();
            console.awaitState("to", "up", "inmigrate");
            post(console, "migration", "{\"id\": \"to\", \"confirmed\": true}");
            to.server().awaitConnection().awaitCommand("migrate-incoming");
            vm.server().awaitConnection().reset();
            vm.server().awaitConnection(1).negotiated().block(PATIENCE);
            listens.tryEmitValue(Answer.reply("{}")).orThrow();
            assertEquals(
                    "The connection was lost before",
                    console.awaitTask("failed").path("error").asString());
            assertEquals(List.of(), vm.server().received("query-migrate"));
        }
    }

    @Test
    @DisplayName("A job is called by what it works on, never by a path")
    void titles() {
        QmpCommand drive = QmpCommand.of("drive-backup").arguments(Map.of("device", "disk0", "target", "copy.img"));
        assertEquals("drive-backup disk0", Tasks.title(drive, "job0"));
        QmpCommand path = QmpCommand.of("blockdev-mirror").arguments(Map.of("device", "/a/b", "target", "/c"));
        assertEquals("blockdev-mirror job0", Tasks.title(path, "job0"));
        QmpCommand snapshot = QmpCommand.of("snapshot-save").arguments(Map.of("tag", "before"));
        assertEquals("snapshot-save before", Tasks.title(snapshot, "job0"));
    }

    private static int size(EntityExchangeResult<JsonNode> answer) {
        return Objects.requireNonNull(answer.getResponseBody()).size();
    }

    @Test
    @DisplayName("A mirror that is ready waits for a person: it does not switch the disk by itself")
    void mirrorWaits() {
        String mirror = backupAs("m").replace("blockdev-backup", "blockdev-mirror");
        try (RunningFakeVm vm = machine().withJobs(FakeJob.takes(Duration.ZERO)).start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            post(console, "jobs", mirror);
            console.awaitTask("ready");
            JsonNode jobs = Objects.requireNonNull(
                    console.run("{\"command\": \"query-jobs\"}").getResponseBody());
            assertEquals("ready", jobs.path(0).path("status").asString(), jobs::toString);
            console.run("{\"command\": \"job-complete\", \"arguments\": {\"id\": \"m\"}, \"confirmed\": true}");
            console.awaitTask("done");
        }
    }

    @Test
    @DisplayName("The console does not name jobs as an earlier start of it did, and refuses a name that is in use")
    void names() {
        try (RunningFakeVm vm = machine().withJobs(FakeJob.waits()).start()) {
            try (RunningConsole before = RunningConsole.at(vm)) {
                before.awaitRunning();
                post(before, "jobs", backup("\"device\": \"disk0\", \"target\": \"copy0\""));
                before.awaitTask("running");
            }
            try (RunningConsole console = RunningConsole.at(vm)) {
                console.awaitRunning();
                post(console, "jobs", backup("\"device\": \"disk1\", \"target\": \"copy1\""));
                String id = console.awaitTask("running").path("id").asString();
                assertEquals(
                        HttpStatus.CONFLICT,
                        console.post("/api/machines/vm/jobs", backupAs(id)).getStatus());
                console.awaitTask("running");
            }
        }
    }

    @Test
    @DisplayName("A transaction starts several jobs: it is sent as a command, not followed as a job")
    void transaction() {
        String action = "{\"type\": \"blockdev-backup\", \"data\": {\"device\": \"disk0\", \"target\": \"copy0\","
                + " \"sync\": \"full\", \"job-id\": \"t\"}}";
        String json =
                "{\"command\": \"transaction\", \"confirmed\": true, \"arguments\": {\"actions\": [" + action + "]}}";
        try (RunningFakeVm vm = machine().withJobs(FakeJob.waits()).start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            assertEquals(
                    HttpStatus.BAD_REQUEST,
                    console.post("/api/machines/vm/jobs", json).getStatus());
            assertEquals(HttpStatus.OK, console.run(json).getStatus());
            assertEquals(1, size(console.run("{\"command\": \"query-jobs\"}")));
        }
    }

    @Test
    @DisplayName("A job that fails says why, and one that is cancelled that it was")
    void jobEnds() {
        FakeVm machine = machine()
                .withJob("one", FakeJob.takes(Duration.ZERO).failsAt(0.5, "No space left on device"))
                .withJob("two", FakeJob.waits());
        try (RunningFakeVm vm = machine.start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            post(console, "jobs", backupAs("one"));
            assertEquals(
                    "No space left on device",
                    console.awaitTask("failed").path("error").asString());
            post(console, "jobs", backupAs("two"));
            console.awaitTask("running");
            String cancel = "/api/machines/vm/tasks/two/cancel";
            assertEquals(
                    HttpStatus.PRECONDITION_REQUIRED, console.post(cancel, "{}").getStatus());
            assertEquals(HttpStatus.OK, console.post(cancel, CONFIRMED).getStatus());
            console.awaitTask("cancelled");
        }
    }

    @Test
    @DisplayName("A guest moves although the connection to its source is lost when it is stopped for the switch")
    void migrationOverSessions() {
        FakeVm source = FakeVm.create()
                .withMigration(FakeMigration.takes(Duration.ZERO))
                .withServer(server -> server.when("migrate-continue").times(1).answer(Faults.endOfFile()));
        try (RunningFakeVm from = source.start();
                RunningFakeVm to = FakeVm.create().withIncoming().start();
                RunningConsole console = RunningConsole.at("vm=" + from.address() + ",to=" + to.address())) {
            console.awaitRunning();
            console.awaitState("to", "up", "inmigrate");
            post(console, "migration", "{\"id\": \"to\", \"confirmed\": true}");
            console.awaitTask("done");
            console.awaitState("to", "up", "running");
            from.server().awaitConnection(1);
        }
    }

    @Test
    @DisplayName("What QEMU before 7.1 makes of a display becomes a PNG")
    void ppm() throws IOException {
        byte[] ppm = "P6\n2 1\n255\nabcdef".getBytes(StandardCharsets.US_ASCII);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(Ppm.toPng(ppm)));
        assertArrayEquals(new int[] {0xff616263, 0xff646566}, new int[] {image.getRGB(0, 0), image.getRGB(1, 0)});
        assertThrows(IOException.class, () -> Ppm.toPng(new byte[3]));
    }
}
