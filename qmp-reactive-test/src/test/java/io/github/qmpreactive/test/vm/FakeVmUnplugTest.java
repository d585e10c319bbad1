package io.github.qmpreactive.test.vm;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

@ExtendWith(LeakGuard.class)
@DisplayName("The devices of a FakeVm:")
class FakeVmUnplugTest {

    private static final QmpCommand REMOVE = QmpCommand.of("device_del").arguments(Map.of("id", "net0"));
    private static final FakeVm VM = FakeVm.create().withDevice("net0", "e1000");

    private static QmpSession connect(RunningFakeVm vm) {
        return Objects.requireNonNull(vm.client().connect().block(PATIENCE));
    }

    private static QmpEvent removed(QmpSession session, String event) {
        return Objects.requireNonNull(
                session.executeAndAwait(REMOVE, QmpEvent.named(event)).block(PATIENCE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.2", "10.0", "11.1"})
    @DisplayName("a guest that refuses sends DEVICE_UNPLUG_GUEST_ERROR, the device stays, and can be asked for again")
    void refuses(String version) {
        QemuProfile profile = QemuProfile.of(version);
        FakeVm machine = VM.withProfile(profile)
                .withGuest(FakeGuestBehavior.create().refusesUnplug(Duration.ZERO))
                .withServer(server -> server.withSchema(profile.schemaCheck()));
        try (RunningFakeVm vm = machine.start()) {
            QmpSession session = connect(vm);
            for (int i = 0; i < 2; i++) {
                assertEquals(
                        JsonText.read("{\"device\":\"net0\",\"path\":\"/machine/peripheral/net0\"}"),
                        removed(session, "DEVICE_UNPLUG_GUEST_ERROR").data());
            }
            assertEquals(Set.of("net0"), vm.devices().keySet());
        }
    }

    @ParameterizedTest
    @CsvSource({"7.2, 50", "10.0, 50", "11.1, 1"})
    @DisplayName(
            "the event of a USB device comes when QEMU has freed it, so long after the request; its disk is in use until then")
    void later(String version, int millis) {
        FakeVm machine = FakeVm.create().withProfile(QemuProfile.of(version)).withNode("node0", 1 << 20);
        try (RunningFakeVm vm = machine.start()) {
            QmpSession session = connect(vm);
            session.execute("device_add", Map.of("driver", "usb-storage", "id", "stick0", "drive", "node0"))
                    .block(PATIENCE);
            var events = session.events("RTC_CHANGE", "DEVICE_DELETED")
                    .filter(event ->
                            event.name().equals("RTC_CHANGE") || event.data().has("device"))
                    .map(event -> event.timestamp().orElseThrow())
                    .take(2)
                    .collectList()
                    .toFuture();
            vm.emit("RTC_CHANGE", "{\"offset\": 1, \"qom-path\": \"/machine/rtc\"}");
            Mono<JsonNode> delete = session.execute("blockdev-del", Map.of("node-name", "node0"));
            // Both are sent in one turn of the event loop, and so the fake reads both at once.
            String outcome = session.execute("query-status")
                    .flatMap(ready -> session.execute("device_del", Map.of("id", "stick0"))
                            .zipWith(delete.map(JsonNode::toString)
                                    .onErrorResume(ExecuteError.class, e -> Mono.just(e.description()))))
                    .block(PATIENCE)
                    .getT2();
            assertEquals("Node node0 is in use", outcome);
            List<Instant> times = events.join();
            assertTrue(Duration.between(times.get(0), times.get(1)).toMillis() >= millis - 1, times::toString);
            delete.block(PATIENCE);
        }
    }

    @Test
    @DisplayName("the event of a PCI device comes 50 ms after its guest has released it; its disk is in use until then")
    void freed() {
        try (RunningFakeVm vm = VM.withProfile(QemuProfile.of("10.0"))
                .withNode("node0", 1 << 20)
                .withGuest(FakeGuestBehavior.create().keepsDevices())
                .start()) {
            QmpSession session = connect(vm);
            QmpCommand delete = QmpCommand.of("blockdev-del").arguments(Map.of("node-name", "node0"));
            session.execute("device_add", Map.of("driver", "virtio-blk-pci", "id", "disk0", "drive", "node0"))
                    .then(session.execute("device_del", Map.of("id", "disk0")))
                    .block(PATIENCE);
            var gone = session.events("DEVICE_DELETED").take(2).then().toFuture();
            vm.guest().releases("disk0");
            session.execute(delete)
                    .onErrorResume(ExecuteError.class, e -> {
                        assertEquals("Node node0 is in use", e.description());
                        return Mono.fromFuture(gone).then(session.execute(delete));
                    })
                    .block(PATIENCE);
            assertTrue(gone.isDone());
        }
    }

    @Test
    @DisplayName("a guest that refuses once lets go of the device when it is asked again")
    void refusesOnce() {
        try (RunningFakeVm vm =
                VM.withGuest(FakeGuestBehavior.create().keepsDevices()).start()) {
            QmpSession session = connect(vm);
            session.execute(REMOVE).block(PATIENCE);
            vm.guest().refuses("net0");
            assertThrows(IllegalArgumentException.class, () -> vm.guest().refuses("net0"));
            session.execute(REMOVE).block(PATIENCE);
            vm.guest().releases("net0");
            assertEquals(Map.of(), vm.devices());
        }
    }

    @Test
    @DisplayName(
            "a driver that the profile has not can be declared, at the start and for device_add, and stays declared")
    void declared() {
        FakeVm machine = FakeVm.create()
                .withDriver("my-nic", "pci")
                .withDriver("my-stick", "usb")
                .withDevice("a", "my-nic")
                .withProfile(QemuProfile.of("7.2"));
        try (RunningFakeVm vm = machine.start()) {
            QmpSession session = connect(vm);
            session.execute("device_add", Map.of("driver", "my-stick", "id", "b", "whatever", "x"))
                    .block(PATIENCE);
            assertEquals(Map.of("a", "my-nic", "b", "my-stick"), vm.devices());
            ExecuteError wrongBus = assertThrows(ExecuteError.class, () -> session.execute(
                            "device_add", Map.of("driver", "my-nic", "bus", "usb-bus.0"))
                    .block(PATIENCE));
            assertEquals("Device 'my-nic' can't go on usb-bus bus", wrongBus.description());
        }
        assertThrows(IllegalArgumentException.class, () -> VM.withDriver("my-cpu", "cpu"));
    }

    @Test
    @DisplayName("kinds of backends and machines that FakeVm has not are refused when they are declared")
    void unknown() {
        String message = assertThrows(IllegalArgumentException.class, () -> VM.withBackend("disk", "a"))
                .getMessage();
        assertTrue(String.valueOf(message).contains("blockdev"), message);
        assertThrows(IllegalArgumentException.class, () -> VM.withMachine("microvm"));
    }

    @Test
    @DisplayName("a guest that was asked before its machine ran for the first time is not asked again until a reset")
    void again() {
        try (RunningFakeVm vm = VM.withGuest(FakeGuestBehavior.create().keepsDevices())
                .startsPaused()
                .start()) {
            QmpSession session = connect(vm);
            session.execute(REMOVE).block(PATIENCE);
            for (String command : new String[] {"query-status", "cont"}) {
                session.execute(command).block(PATIENCE);
                ExecuteError refusal = assertThrows(
                        ExecuteError.class, () -> session.execute(REMOVE).block(PATIENCE));
                assertEquals("Device net0 is already in the process of unplug", refusal.description());
            }
            session.execute("device_add", Map.of("driver", "e1000", "id", "net1"))
                    .block(PATIENCE);
            QmpCommand other = REMOVE.arguments(Map.of("id", "net1"));
            for (String command : new String[] {"query-status", "stop", "query-status"}) {
                session.execute(command).then(session.execute(other)).block(PATIENCE);
            }
        }
    }

    @Test
    @DisplayName("an id that is none, or that another backend or object has, is refused when it is declared")
    void ids() {
        FakeVm machine = VM.withBackend("netdev", "a").withObject("a", "iothread");
        for (String id : new String[] {"a", "a b", "", "1"}) {
            assertThrows(IllegalArgumentException.class, () -> machine.withBackend("netdev", id));
            assertThrows(IllegalArgumentException.class, () -> machine.withObject(id, "iothread"));
        }
        machine.withBackend("blockdev", "a").start().close();
    }
}
