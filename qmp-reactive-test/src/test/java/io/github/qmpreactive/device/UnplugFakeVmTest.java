package io.github.qmpreactive.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.DeviceNotFoundError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.StillPluggedError;
import io.github.qmpreactive.error.UnplugRefusedError;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.vm.FakeGuestBehavior;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("What users test of unplugging holds with a FakeVm:")
class UnplugFakeVmTest {

    private static final FakeVm VM = FakeVm.create().withDevice("net0", "e1000");
    private static final FakeVm DEAF = VM.withGuest(FakeGuestBehavior.create().keepsDevices());
    private static final Map<String, Object> CPU =
            Map.of("driver", "qemu64-x86_64-cpu", "id", "s", "socket-id", 0, "core-id", 1, "thread-id", 0);
    private static final Duration INTERVAL = UnplugOptions.defaults().interval();

    private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();

    @AfterEach
    void reset() {
        VirtualTimeScheduler.reset();
    }

    private static QmpSession connect(RunningFakeVm vm) {
        return UnplugScript.connect(vm.client());
    }

    /** The request has been answered, and the client has the reply. */
    private static void answered(RunningFakeVm vm, QmpSession session, int number) {
        vm.server().awaitCommand("device_del", number);
        session.execute("query-status").block(Patience.PATIENCE);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "7.2, virtio-blk-pci",
        "10.0, virtio-blk-pci",
        "11.1, virtio-blk-pci",
        "7.2, usb-storage",
        "11.1, usb-storage"
    })
    @DisplayName("a disk is gone, and its block node can be removed at once")
    void disk(String version, String driver) {
        try (RunningFakeVm vm = VM.withProfile(QemuProfile.of(version))
                .withBackend("blockdev", "n")
                .start()) {
            QmpSession session = connect(vm);
            session.execute("device_add", Map.of("driver", driver, "id", "d", "drive", "n"))
                    .block(Patience.PATIENCE);
            StepVerifier.create(QmpDevices.of(session)
                            .remove("d")
                            .then(session.execute("blockdev-del", Map.of("node-name", "n"))))
                    .expectNextCount(1)
                    .verifyComplete();
            assertEquals(Map.of("net0", "e1000"), vm.devices());
        }
    }

    @ParameterizedTest
    @CsvSource({"7.2", "10.0", "11.1"})
    @DisplayName("the reply to device_del does not mean that the block node of a USB disk is free: its event does")
    void tooEarly(String version) {
        try (RunningFakeVm vm = VM.withProfile(QemuProfile.of(version)).start()) {
            QmpSession session = connect(vm);
            for (int i = 0; i < 10; i++) {
                session.execute("blockdev-add", Map.of("driver", "null-co", "node-name", "n"))
                        .then(session.execute("device_add", Map.of("driver", "usb-storage", "id", "d", "drive", "n")))
                        .block(Patience.PATIENCE);
                FreedNode.verify(session, "d");
            }
        }
    }

    @Test
    @DisplayName("a guest that was deaf, since it booted, releases the device when it is asked again")
    void deafAtFirst() {
        try (RunningFakeVm vm = DEAF.start()) {
            QmpSession session = connect(vm);
            StepVerifier.create(QmpDevices.of(session).remove("net0"))
                    .then(() -> answered(vm, session, 0))
                    .then(() -> time.advanceTimeBy(INTERVAL))
                    .then(() -> answered(vm, session, 1))
                    .then(() -> vm.guest().releases("net0"))
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("at the limit the device is still plugged, and the next call waits for the same request")
    void limit() {
        try (RunningFakeVm vm = DEAF.start()) {
            QmpSession session = connect(vm);
            QmpDevices devices = QmpDevices.of(session);
            UnplugOptions brief = UnplugOptions.defaults().limit(Duration.ofSeconds(2));
            StepVerifier.create(devices.remove("net0", brief))
                    .then(() -> answered(vm, session, 0))
                    .then(() -> time.advanceTimeBy(brief.limit()))
                    .verifyError(StillPluggedError.class);
            StepVerifier.create(devices.remove("net0", brief))
                    .then(() -> answered(vm, session, 1))
                    .then(() -> vm.guest().releases("net0"))
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("a guest that refuses is an error, and can be asked again")
    void refuses() {
        try (RunningFakeVm vm = DEAF.start()) {
            QmpSession session = connect(vm);
            QmpDevices devices = QmpDevices.of(session);
            StepVerifier.create(devices.remove("net0"))
                    .then(() -> answered(vm, session, 0))
                    .then(() -> vm.guest().refuses("net0"))
                    .verifyError(UnplugRefusedError.class);
            StepVerifier.create(devices.remove("net0"))
                    .then(() -> answered(vm, session, 1))
                    .then(() -> vm.guest().releases("net0"))
                    .verifyComplete();
        }
    }

    static Stream<Map<String, Object>> slots() {
        return Stream.of(Map.of("driver", "pc-dimm", "id", "s", "memdev", "m"), CPU);
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName(
            "a memory module or a processor that the guest refuses to release is an error; that it releases is gone")
    void slots(Map<String, Object> device) {
        FakeVm machine = FakeVm.create()
                .withMemory(64 << 20, 1, 256 << 20)
                .withCpus(1, 2)
                .withGuest(FakeGuestBehavior.create().keepsDevices());
        try (RunningFakeVm vm = machine.start()) {
            QmpSession session = connect(vm);
            session.execute("object-add", Map.of("qom-type", "memory-backend-ram", "id", "m", "size", 64 << 20))
                    .then(session.execute("device_add", device))
                    .block(Patience.PATIENCE);
            QmpDevices devices = QmpDevices.of(session);
            StepVerifier.create(devices.remove("s"))
                    .then(() -> answered(vm, session, 0))
                    .then(() -> vm.guest().refuses("s"))
                    .verifyErrorSatisfies(e -> assertEquals(
                            "ACPI status 0x82",
                            assertInstanceOf(UnplugRefusedError.class, e).reason()));
            var gone = devices.remove("s").toFuture();
            answered(vm, session, 1);
            vm.guest().releases("s");
            settle(session, gone);
            assertEquals(Map.of(), vm.devices());
        }
    }

    @ParameterizedTest
    @CsvSource({"7.2", "10.0"})
    @DisplayName("a processor that QEMU before 11 refuses to ask for, until the guest has begun, is asked for again")
    void notBegun(String version) {
        FakeVm machine = FakeVm.create()
                .withProfile(QemuProfile.of(version))
                .withCpus(1, 2)
                .startsPaused();
        try (RunningFakeVm vm = machine.start()) {
            QmpSession session = connect(vm);
            session.execute("device_add", CPU).block(Patience.PATIENCE);
            QmpDevices devices = QmpDevices.of(session);
            UnplugOptions brief = UnplugOptions.defaults().limit(Duration.ofSeconds(2));
            StepVerifier.create(devices.remove("s", brief))
                    .then(() -> answered(vm, session, 0))
                    .then(() -> time.advanceTimeBy(brief.limit()))
                    .verifyErrorSatisfies(e -> assertInstanceOf(
                            ExecuteError.class,
                            assertInstanceOf(StillPluggedError.class, e).getCause()));
            var gone = devices.remove("s").toFuture();
            answered(vm, session, 1);
            session.execute("cont").block(Patience.PATIENCE);
            time.advanceTimeBy(INTERVAL);
            answered(vm, session, 2);
            settle(session, gone);
            assertEquals(Map.of(), vm.devices());
        }
    }

    /** Its event does not come. */
    private void settle(QmpSession session, CompletableFuture<Void> gone) {
        Patience.until(
                () -> {
                    // What it asked has been answered before its time goes on.
                    session.execute("query-status").block(Patience.PATIENCE);
                    time.advanceTimeBy(Unplug.SETTLE);
                    return gone.isDone();
                },
                () -> "it is not gone");
        gone.join();
    }

    @Test
    @DisplayName("a controller without an event is gone a second after the next request does not find it")
    void withoutEvent() {
        try (RunningFakeVm vm = FakeVm.create()
                .withProfile(QemuProfile.of("7.2"))
                .withDevice("usb1", "qemu-xhci")
                .start()) {
            QmpSession session = connect(vm);
            StepVerifier.create(QmpDevices.of(session).remove("usb1"))
                    .then(() -> answered(vm, session, 0))
                    .then(() -> time.advanceTimeBy(INTERVAL))
                    .then(() -> answered(vm, session, 1))
                    .then(() -> time.advanceTimeBy(Unplug.SETTLE))
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("an id that it does not know is not found, a second later")
    void unknown() {
        try (RunningFakeVm vm = VM.start()) {
            QmpSession session = connect(vm);
            StepVerifier.create(QmpDevices.of(session).remove("nope"))
                    .then(() -> answered(vm, session, 0))
                    .then(() -> time.advanceTimeBy(Unplug.SETTLE))
                    .verifyError(DeviceNotFoundError.class);
        }
    }

    @Test
    @DisplayName("a machine that is killed meanwhile errors with the cause")
    void killed() {
        try (RunningFakeVm vm = DEAF.start()) {
            QmpSession session = connect(vm);
            StepVerifier.create(QmpDevices.of(session).remove("net0"))
                    .then(() -> answered(vm, session, 0))
                    .then(vm::kill)
                    .verifyError(ConnectionLostError.class);
        }
    }
}
