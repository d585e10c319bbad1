package io.github.qmpreactive.console;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeJob;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.JsonNode;

@DisplayName("Console: what takes its time")
@ExtendWith(LeakGuard.class)
class ConsoleTasksTest {

    private static final String UNPLUG = "{\"id\": \"rng0\", \"confirmed\": true}";
    private static final String BACKUP = "{\"command\": \"blockdev-backup\","
            + " \"arguments\": {\"device\": \"disk0\", \"target\": \"copy0\", \"sync\": \"full\"}}";

    private static void post(RunningConsole console, String path, String json) {
        assertEquals(
                HttpStatus.ACCEPTED,
                console.post("/api/machines/vm/" + path, json).getStatus());
    }

    /** Waits until the newest task has a status, and returns it. */
    private static JsonNode await(RunningConsole console, String status) {
        return Objects.requireNonNull(console.states()
                .map(state -> state.path("tasks"))
                .filter(tasks -> !tasks.isEmpty())
                .map(tasks -> tasks.path(tasks.size() - 1))
                .filter(task -> task.path("status").asString().equals(status))
                .blockFirst(PATIENCE));
    }

    @Test
    @DisplayName("Unplugging waits for the guest, and tells when that refuses")
    void unplugRefused() {
        FakeVm machine = FakeVm.create().withDevice("rng0", "virtio-rng-pci").guestKeepsDevices();
        try (RunningFakeVm vm = machine.start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            assertEquals(
                    HttpStatus.PRECONDITION_REQUIRED,
                    console.post("/api/machines/vm/unplug", "{\"id\": \"rng0\"}")
                            .getStatus());
            post(console, "unplug", UNPLUG);
            await(console, "waiting for the guest");
            vm.server().awaitConnection().awaitCommand("device_del");
            vm.guest().refuses("rng0");
            assertEquals(
                    "the guest refuses", await(console, "failed").path("error").asString());
        }
    }

    @Test
    @DisplayName("A job goes on while the connection is lost, and is followed to its end in the next session")
    void jobOverSessions() {
        FakeVm machine = FakeVm.create()
                .withNode("disk0", 64 << 20)
                .withNode("copy0", 64 << 20)
                .withJobs(FakeJob.waits());
        try (RunningFakeVm vm = machine.start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            post(console, "jobs", BACKUP);
            await(console, "running");
            vm.server().awaitConnection().reset();
            vm.server().awaitConnection(1).negotiated().block(PATIENCE);
            vm.jobs().reaches("console-1", 1);
            assertEquals(1, await(console, "done").path("fraction").asInt());
        }
    }

    @Test
    @DisplayName("A job that fails says why, and one that is cancelled that it was")
    void jobEnds() {
        FakeVm machine = FakeVm.create()
                .withNode("disk0", 64 << 20)
                .withNode("copy0", 64 << 20)
                .withJob("console-1", FakeJob.takes(Duration.ZERO).failsAt(0.5, "No space left on device"))
                .withJob("console-2", FakeJob.waits());
        try (RunningFakeVm vm = machine.start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            post(console, "jobs", BACKUP);
            assertEquals(
                    "No space left on device",
                    await(console, "failed").path("error").asString());
            post(console, "jobs", BACKUP);
            await(console, "running");
            assertEquals(
                    HttpStatus.OK,
                    console.post("/api/machines/vm/tasks/console-2/cancel", "{}")
                            .getStatus());
            await(console, "cancelled");
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
