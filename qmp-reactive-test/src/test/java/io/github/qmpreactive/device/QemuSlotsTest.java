package io.github.qmpreactive.device;

import static io.github.qmpreactive.device.UnplugScript.QUIET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.qmpreactive.error.DeviceNotFoundError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.StillPluggedError;
import io.github.qmpreactive.error.UnplugRefusedError;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

/** What is in a slot of ACPI's: memory modules and CPUs. */
@ExtendWith(LeakGuard.class)
@Qemu(args = {"-machine", "pc", "-smp", QemuSlotsTest.CPUS, "-m", QemuSlotsTest.MEMORY})
@DisplayName("QmpDevices at real QEMU: a memory module and a CPU, on pc")
class QemuSlotsTest extends QemuUnplugging {

    static final String CPUS = "1,sockets=2,cores=1,threads=1,maxcpus=2";
    static final String MEMORY = "64M,slots=2,maxmem=256M";

    /** What QEMU before 11 says of a CPU of a guest that has not set up its CPUs' slots. */
    private static final String TOO_EARLY =
            "acpi: device unplug request for not supported device type: qemu64-x86_64-cpu";

    private static final Duration LIMIT = Duration.ofMinutes(7);

    /** Where ACPI has the registers of CPUs. */
    int base() {
        return 0xaf00;
    }

    private String cpu(String width, int register, int value) {
        return "/" + width + " 0x" + Integer.toHexString(base() + register) + " " + value;
    }

    /** An operating system does so before it uses the registers; QEMU before 11 has others until then. */
    private void setUp() {
        guest(cpu("w", 0, 0));
    }

    private void refuses(int status) {
        guest(cpu("w", 0, 1), cpu("b", 5, 1), cpu("w", 8, 3), cpu("b", 5, 2), cpu("w", 8, status));
    }

    private void ejects() {
        guest(cpu("w", 0, 1), cpu("b", 4, 8));
    }

    private void plugCpu() {
        plug("qemu64-x86_64-cpu", "c", Map.of("socket-id", 1, "core-id", 0, "thread-id", 0));
    }

    @Test
    @DisplayName(
            "A memory module that the guest refuses to release is an error; once ejected its memory can be removed at once")
    void dimm() {
        run("object-add", Map.of("qom-type", "memory-backend-ram", "id", "m", "size", 128 << 20));
        plug("pc-dimm", "d", Map.of("memdev", "m"));
        StepVerifier.create(devices.remove("d", QUIET))
                .then(() -> guest("/w 0xa00 0", "/w 0xa04 3", "/w 0xa08 0x84"))
                .then(() -> guest("/w 0xa08 0x81"))
                .verifyErrorSatisfies(e -> assertEquals(
                        "ACPI status 0x81",
                        assertInstanceOf(UnplugRefusedError.class, e).reason()));
        StepVerifier.create(devices.remove("d", QUIET).then(session.execute("object-del", Map.of("id", "m"))))
                .then(() -> guest("/w 0xa00 0", "/b 0xa14 8"))
                .expectNextCount(1)
                .verifyComplete();
    }

    @Test
    @DisplayName(
            "A CPU that the guest refuses to release is an error; once ejected it is gone, without an event of its own")
    void cpu() {
        plugCpu();
        setUp();
        StepVerifier.create(devices.remove("c", QUIET))
                .then(() -> refuses(1))
                .verifyErrorSatisfies(e -> assertEquals(
                        "ACPI status 0x1",
                        assertInstanceOf(UnplugRefusedError.class, e).reason()));
        StepVerifier.create(devices.remove("c", QUIET)).then(this::ejects).verifyComplete();
        StepVerifier.create(devices.remove("c")).verifyError(DeviceNotFoundError.class);
    }

    @Test
    @DisplayName(
            "A CPU that QEMU refuses to ask for, until the guest has set up its CPUs, is asked for again, and then ejected")
    void tooEarly() {
        plugCpu();
        StepVerifier.create(devices.remove("c", QUIET.interval(Duration.ofMillis(5))))
                // Refused by QEMU before 11 meanwhile.
                .then(() -> session.execute("query-pci").repeat(100).then().block(Patience.PATIENCE))
                .then(this::setUp)
                .then(() -> session.execute("query-pci").repeat(100).then().block(Patience.PATIENCE))
                .then(this::ejects)
                .verifyComplete();
    }

    @Test
    @DisplayName(
            "A CPU that QEMU refuses to ask for until the limit is still plugged, with QEMU's refusal as the cause")
    void tooEarlyUntilTheLimit() {
        plugCpu();
        boolean refuses = !session.greeting().orElseThrow().version().isAtLeast(11, 0);
        try (HeldTimers timers = new HeldTimers()) {
            StepVerifier.create(devices.remove("c", QUIET.limit(LIMIT)))
                    .then(() -> session.execute("query-pci").block(Patience.PATIENCE))
                    .then(() -> timers.runOut(LIMIT))
                    .verifyErrorSatisfies(e -> {
                        Throwable cause =
                                assertInstanceOf(StillPluggedError.class, e).getCause();
                        assertEquals(
                                refuses ? TOO_EARLY : "",
                                cause instanceof ExecuteError refusal ? refusal.description() : "");
                    });
        }
    }
}
