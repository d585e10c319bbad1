package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Qemu
@DisplayName("Console: the machines that it starts, without a browser")
@ExtendWith(LeakGuard.class)
class ConsoleQemuTest {

    private static byte[] get(RunningConsole console, String path) {
        return Objects.requireNonNull(console.web()
                .get()
                .uri("/api/machines/web/" + path)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult()
                .getResponseBody());
    }

    private static List<String> texts(JsonNode list, String member) {
        return list.valueStream().map(one -> one.path(member).asString("")).toList();
    }

    @Test
    @DisplayName("They have disks with sizes, devices and a display, whatever the version of QEMU is")
    void hardware() throws IOException {
        try (OwnMachines machines = OwnMachines.start();
                RunningConsole console = RunningConsole.at(machines.line())) {
            console.awaitState("web", "up", "running");
            console.awaitState("spare", "up", "inmigrate");
            JsonNode hardware = Objects.requireNonNull(JsonMapper.shared().readTree(get(console, "devices")));
            JsonNode disks = hardware.path("disks");
            assertEquals(List.of("backup0", "disk0", "small0"), texts(disks, "name"), hardware::toString);
            assertEquals(64 << 20, disks.path(1).path("bytes").asInt(), hardware::toString);
            assertEquals("vda", disks.path(1).path("device").asString(), hardware::toString);
            assertEquals(List.of("rng0", "tablet0", "vda"), texts(hardware.path("devices"), "id"), hardware::toString);
            byte[] picture = get(console, "screen");
            assertArrayEquals(new byte[] {(byte) 0x89, 'P', 'N', 'G'}, Arrays.copyOf(picture, 4));
            assertNotNull(ImageIO.read(new ByteArrayInputStream(picture)));
        }
    }
}
