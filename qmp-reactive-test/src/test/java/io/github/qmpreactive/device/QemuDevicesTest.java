package io.github.qmpreactive.device;

import static io.github.qmpreactive.device.UnplugScript.QUIET;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.DeviceNotFoundError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.error.StillPluggedError;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.TinyGuest;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@Qemu(args = {"-machine", "pc", "-usb"})
@DisplayName("QmpDevices at real QEMU")
class QemuDevicesTest extends QemuUnplugging {

    private static final Duration LIMIT = Duration.ofMinutes(1);

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
}
