package io.github.qmpreactive.device;

import static io.github.qmpreactive.device.UnplugScript.QUIET;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@Qemu(args = {"-machine", "q35", "-device", "qemu-xhci"})
@DisplayName("QmpDevices at real QEMU, on q35")
class QemuQ35DevicesTest extends QemuUnplugging {

    @Test
    @DisplayName("USB storage is gone without a guest, and its block node can be removed at once; so is a keyboard")
    void usb() {
        for (int i = 0; i < 5; i++) {
            node("n");
            plug("usb-storage", "s", Map.of("drive", "n"));
            plug("usb-kbd", "k", Map.of());
            StepVerifier.create(andItsNode(devices.remove("s"), "n"))
                    .expectNextCount(1)
                    .verifyComplete();
            StepVerifier.create(devices.remove("k")).verifyComplete();
        }
    }

    @Test
    @Qemu(
            args = {"-machine", "q35", "-device", "pcie-root-port,id=rp0", "-device", "virtio-rng-pci,id=fixed"},
            version = "7.2+")
    @DisplayName("A device in a root port is gone when the guest ejects it; what is on the root bus is refused")
    void q35() {
        node("n");
        plug("virtio-blk-pci", "r", Map.of("drive", "n", "bus", "rp0"));
        StepVerifier.create(andItsNode(devices.remove("r", QUIET), "n"))
                .then(() -> guest("/w 0xcd0 0", "/w 0xcc8 1"))
                .expectNextCount(1)
                .verifyComplete();
        StepVerifier.create(devices.remove("fixed"))
                .verifyErrorSatisfies(e -> assertTrue(assertInstanceOf(ExecuteError.class, e)
                        .description()
                        .contains("does not support hotplugging")));
    }

    @Test
    @Qemu(
            args = {
                "-machine",
                "q35",
                "-global",
                "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off",
                "-device",
                "pcie-root-port,id=rp0"
            },
            version = "7.2+")
    @DisplayName(
            "With native hotplug a device that no guest has powered is gone at once, events before the reply or not")
    void nativePcie() {
        for (int i = 0; i < 3; i++) {
            node("n");
            plug("virtio-blk-pci", "r", Map.of("drive", "n", "bus", "rp0"));
            StepVerifier.create(andItsNode(devices.remove("r", QUIET), "n"))
                    .expectNextCount(1)
                    .verifyComplete();
        }
    }
}
