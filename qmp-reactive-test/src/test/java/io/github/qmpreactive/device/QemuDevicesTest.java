package io.github.qmpreactive.device;

import static io.github.qmpreactive.device.UnplugScript.QUIET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.DeviceNotFoundError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.error.StillPluggedError;
import io.github.qmpreactive.error.UnplugRefusedError;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.TinyGuest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

/** Where there is no guest, the test writes to the ports that a guest would write to. */
@ExtendWith(LeakGuard.class)
@Qemu(args = {"-machine", "pc", "-usb"})
@DisplayName("QmpDevices at real QEMU")
class QemuDevicesTest {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private QmpSession session;
    private QmpDevices devices;

    @BeforeEach
    void devices(QmpSession session) {
        this.session = session;
        this.devices = QmpDevices.of(session);
    }

    private void run(String command, Map<String, ?> arguments) {
        session.execute(command, arguments).block(Patience.PATIENCE);
    }

    private void plug(String driver, String id, Map<String, ?> more) {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.put("driver", driver);
        if (!id.isEmpty()) {
            arguments.put("id", id);
        }
        run("device_add", arguments);
    }

    private void node(String name) {
        run("blockdev-add", Map.of("driver", "null-co", "node-name", name));
    }

    /** What the device used can be removed at once: the commands follow without a pause. */
    private Mono<JsonNode> andItsNode(Mono<Void> remove, String node) {
        return remove.then(session.execute("blockdev-del", Map.of("node-name", node)));
    }

    /** A guest writes to ports. QEMU reads this behind what was sent before. */
    private void guest(String... writes) {
        for (String write : writes) {
            session.hmp("o " + write).block(Patience.PATIENCE);
        }
    }

    /** Plugs a device that waits for the guest. */
    private void plugPci(String driver) {
        plug(driver, "r", Map.of("addr", "10"));
    }

    /** The guest releases it. */
    private void release() {
        guest("/w 0xae10 0", "/w 0xae08 0x10000");
    }

    @Test
    @Qemu(guest = TinyGuest.RELEASES_DEVICES)
    @DisplayName("A virtio disk that the guest releases is gone, and its block node with it")
    void virtio() {
        for (int i = 0; i < 3; i++) {
            node("n");
            plug("virtio-blk-pci", "r", Map.of("drive", "n"));
            StepVerifier.create(andItsNode(devices.remove("r"), "n"))
                    .expectNextCount(1)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("USB storage is gone without a guest, and its block node can be removed at once, each time")
    void usbStorage() {
        for (int i = 0; i < 10; i++) {
            node("n");
            plug("usb-storage", "s", Map.of("drive", "n"));
            StepVerifier.create(andItsNode(devices.remove("s"), "n"))
                    .expectNextCount(1)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("The reply to device_del does not mean that the block node is free: its event does")
    void tooEarly() {
        for (int i = 0; i < 10; i++) {
            node("n");
            plug("usb-storage", "s", Map.of("drive", "n"));
            FreedNode.verify(session, "s");
        }
    }

    @Test
    @DisplayName(
            "Of two calls at once the second, for which QEMU does not find the device any more, succeeds with its event")
    void two() {
        for (int i = 0; i < 10; i++) {
            node("n");
            plug("usb-storage", "s", Map.of("drive", "n"));
            // On the event loop, so that both listen before the first event can come.
            Mono<Void> both = session.execute("query-status")
                    .flatMap(status -> Mono.when(devices.remove("s"), devices.remove("s")));
            StepVerifier.create(andItsNode(both, "n")).expectNextCount(1).verifyComplete();
        }
    }

    @Test
    @DisplayName("A device without an id is removed by its path")
    void withoutId() {
        plug("usb-tablet", "", Map.of());
        StepVerifier.create(devices.remove("/machine/peripheral-anon/device[0]"))
                .verifyComplete();
        plug("usb-tablet", "t", Map.of());
        StepVerifier.create(devices.remove("/machine/peripheral/t")).verifyComplete();
    }

    @Test
    @DisplayName("An id that QEMU does not know is not found; what was removed before is not found either")
    void unknown() {
        StepVerifier.create(devices.remove("nope")).verifyError(DeviceNotFoundError.class);
        StepVerifier.create(devices.remove("/machine/peripheral-anon/device[7]"))
                .verifyError(DeviceNotFoundError.class);
        StepVerifier.create(devices.remove("nope/nope")).verifyError(DeviceNotFoundError.class);
    }

    @Test
    @DisplayName("While a guest is deaf other commands are answered; at the limit the device is still plugged")
    void deaf() {
        plugPci("virtio-rng-pci");
        try (HeldTimers timers = new HeldTimers()) {
            StepVerifier.create(devices.remove("r", QUIET.limit(LIMIT)))
                    .then(() -> session.execute("query-pci").block(Patience.PATIENCE))
                    .then(() -> timers.runOut(LIMIT))
                    .verifyError(StillPluggedError.class);
        }
        StepVerifier.create(devices.remove("r", QUIET)).then(this::release).verifyComplete();
        plugPci("virtio-rng-pci");
    }

    @Test
    @DisplayName("What the guest has released after the limit is not found by the next call")
    void afterTheLimit() {
        plugPci("virtio-rng-pci");
        try (HeldTimers timers = new HeldTimers()) {
            StepVerifier.create(devices.remove("r", QUIET.limit(LIMIT)))
                    .then(() -> session.execute("query-pci").block(Patience.PATIENCE))
                    .then(() -> timers.runOut(LIMIT))
                    .verifyError(StillPluggedError.class);
        }
        StepVerifier.create(session.events("DEVICE_DELETED").take(2))
                .then(this::release)
                .expectNextCount(2)
                .verifyComplete();
        StepVerifier.create(devices.remove("r")).verifyError(DeviceNotFoundError.class);
    }

    @Test
    @DisplayName(
            "A guest that was deaf is asked again until it releases the device, while QEMU refuses and while it does not")
    void askedAgain() {
        UnplugOptions often = QUIET.interval(Duration.ofMillis(5));
        for (String command : new String[] {"query-pci", "cont"}) {
            plugPci("virtio-net-pci");
            session.execute(command).block(Patience.PATIENCE);
            StepVerifier.create(devices.remove("r", often))
                    .then(() -> session.execute("query-pci").repeat(100).then().block(Patience.PATIENCE))
                    .then(this::release)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName(
            "A call that QEMU refuses, since the device is already in the process of unplug, waits with the one before")
    void inProcess() {
        plugPci("virtio-rng-pci");
        StepVerifier.create(Mono.when(devices.remove("r", QUIET), devices.remove("r", QUIET)))
                .then(this::release)
                .verifyComplete();
    }

    @Test
    @DisplayName("A reset releases what was asked for")
    void reset() {
        plugPci("virtio-rng-pci");
        StepVerifier.create(devices.remove("r", QUIET))
                .then(() -> session.execute("system_reset").block(Patience.PATIENCE))
                .verifyComplete();
    }

    @Test
    @Qemu(guest = TinyGuest.RELEASES_DEVICES, version = "7.2+")
    @DisplayName(
            "A USB controller is gone with its event, or, with QEMU 7.2, a second after a request does not find it")
    void withoutEvent() {
        plug("qemu-xhci", "x", Map.of());
        StepVerifier.create(devices.remove("x", QUIET.interval(Duration.ofMillis(50))))
                .verifyComplete();
        plug("qemu-xhci", "x", Map.of());
    }

    @Test
    @DisplayName("A request outlives its session: a call on the next one waits for the device that was asked for")
    void nextSession(QmpClient client) {
        plugPci("virtio-rng-pci");
        QmpSession first = client.connect().block(Patience.PATIENCE);
        StepVerifier.create(QmpDevices.of(first).remove("r", QUIET))
                .then(() -> first.execute("query-pci").block(Patience.PATIENCE))
                .then(() -> first.disconnect().subscribe())
                .verifyError(StateError.class);
        StepVerifier.create(devices.remove("r", QUIET)).then(this::release).verifyComplete();
        StepVerifier.create(devices.remove("r")).verifyError(DeviceNotFoundError.class);
    }

    @Test
    @Qemu(args = {"-machine", "pc", "-m", "64M,slots=2,maxmem=256M"})
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
    @Qemu(args = {"-machine", "pc", "-smp", "1,sockets=2,cores=1,threads=1,maxcpus=2"})
    @DisplayName(
            "A CPU that the guest refuses to release is an error; once ejected it is gone, without an event of its own")
    void cpu() {
        plug("qemu64-x86_64-cpu", "c", Map.of("socket-id", 1, "core-id", 0, "thread-id", 0));
        // Where the ports are those of old machines, this switches them to what follows.
        guest("/w 0xaf00 0");
        StepVerifier.create(devices.remove("c", QUIET))
                .then(() -> guest("/w 0xaf00 1", "/b 0xaf05 1", "/w 0xaf08 3", "/b 0xaf05 2", "/w 0xaf08 1"))
                .verifyErrorSatisfies(e -> assertEquals(
                        "ACPI status 0x1",
                        assertInstanceOf(UnplugRefusedError.class, e).reason()));
        StepVerifier.create(devices.remove("c", QUIET))
                .then(() -> guest("/w 0xaf00 1", "/b 0xaf04 8"))
                .verifyComplete();
        StepVerifier.create(devices.remove("c")).verifyError(DeviceNotFoundError.class);
    }

    @Test
    @Qemu(
            args = {"-machine", "q35", "-device", "pcie-root-port,id=rp0", "-device", "virtio-rng-pci,id=fixed"},
            version = "7.2+")
    @DisplayName("On q35 a device in a root port is gone when the guest ejects it; what is on the root bus is refused")
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
            "On q35 with native hotplug a device that no guest has powered is gone at once, events before the reply or not")
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
