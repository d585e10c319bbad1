package io.github.qmpreactive.test.vm;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

@ExtendWith(LeakGuard.class)
@DisplayName("The memory modules and processors of a FakeVm:")
class FakeVmSlotsTest {

    private static final FakeVm VM =
            FakeVm.create().withMemory(64L << 20, 2, 1L << 30).withCpus(1, 2);

    private static final QmpCommand MODULE =
            QmpCommand.of("device_add").arguments(Map.of("driver", "pc-dimm", "id", "a", "memdev", "m"));

    private static final QmpCommand PROCESSOR = QmpCommand.of("device_add")
            .arguments(Map.of("driver", "qemu64-x86_64-cpu", "id", "b", "socket-id", 0, "core-id", 1, "thread-id", 0));

    private static QmpSession connect(RunningFakeVm vm) {
        QmpSession session = Objects.requireNonNull(vm.client().connect().block(PATIENCE));
        session.execute("object-add", Map.of("qom-type", "memory-backend-ram", "id", "m", "size", 64 << 20))
                .block(PATIENCE);
        return session;
    }

    private static void remove(QmpSession session, String id) {
        session.execute("device_del", Map.of("id", id)).block(PATIENCE);
    }

    /** The device, then the source and the status of a report, or the path of what is gone. */
    private static String told(QmpEvent event) {
        JsonNode info = event.data().path("info");
        return event.name().equals("DEVICE_DELETED")
                ? event.data().path("device").asString("-") + " "
                        + event.data().path("path").asString()
                : info.path("device").asString("-") + " "
                        + info.path("slot-type").asString() + " "
                        + info.path("slot").asString() + ": "
                        + info.path("source").asInt() + " "
                        + info.path("status").asInt();
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.2", "10.0", "11.1"})
    @DisplayName(
            "the guest reports that it has them, and that it releases them; a processor is gone without an event of its own")
    void released(String version) {
        QemuProfile profile = QemuProfile.of(version);
        FakeVm machine = VM.withProfile(profile).withServer(server -> server.withSchema(profile.schemaCheck()));
        try (RunningFakeVm vm = machine.start()) {
            QmpSession session = connect(vm);
            StepVerifier.create(session.events().map(FakeVmSlotsTest::told))
                    .then(() -> session.execute(MODULE).block(PATIENCE))
                    .expectNext("a DIMM 0: 1 0")
                    .then(() -> session.execute(PROCESSOR).block(PATIENCE))
                    .expectNext("b CPU 1: 1 0")
                    .then(() -> remove(session, "a"))
                    .expectNext("a DIMM 0: 3 132", "a /machine/peripheral/a", "- DIMM 0: 3 0")
                    .then(() -> remove(session, "b"))
                    .expectNext("b CPU 1: 3 132", "- /machine/peripheral/b/lapic", "- CPU 1: 3 0")
                    .thenCancel()
                    .verify();
            assertEquals(Map.of(), vm.devices());
        }
    }

    @Test
    @DisplayName("a guest that refuses reports that it is busy, and they stay; each request is a new one")
    void refused() {
        try (RunningFakeVm vm = VM.withGuest(FakeGuestBehavior.create().refusesUnplug(Duration.ZERO))
                .start()) {
            QmpSession session = connect(vm);
            StepVerifier.create(session.events().map(FakeVmSlotsTest::told).skip(1))
                    .then(() -> session.execute(MODULE).block(PATIENCE))
                    .then(() -> remove(session, "a"))
                    .expectNext("a DIMM 0: 3 132", "a DIMM 0: 3 130")
                    .then(() -> remove(session, "a"))
                    .expectNext("a DIMM 0: 3 132", "a DIMM 0: 3 130")
                    .thenCancel()
                    .verify();
            assertEquals(Map.of("a", "pc-dimm"), vm.devices());
        }
    }

    @Test
    @DisplayName("a guest that keeps devices reports nothing, and a reset lets it forget the request")
    void deaf() {
        try (RunningFakeVm vm =
                VM.withGuest(FakeGuestBehavior.create().keepsDevices()).start()) {
            QmpSession session = connect(vm);
            StepVerifier.create(session.events().map(QmpEvent::name))
                    .then(() -> session.execute(MODULE).block(PATIENCE))
                    .then(() -> remove(session, "a"))
                    .then(() -> remove(session, "a"))
                    .then(() -> session.execute("system_reset").block(PATIENCE))
                    .expectNext("RESET")
                    .then(() -> assertThrows(
                            IllegalArgumentException.class, () -> vm.guest().releases("a")))
                    .then(() -> remove(session, "a"))
                    .then(() -> vm.guest().releases("a"))
                    .expectNext("ACPI_DEVICE_OST", "DEVICE_DELETED", "ACPI_DEVICE_OST")
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    @DisplayName("what the fake does not know of them is refused, and so are numbers that cannot be")
    void limits() {
        try (RunningFakeVm vm = VM.withObject("first", "memory-backend-ram").start()) {
            QmpSession session = connect(vm);
            refused(session, Map.of("driver", "pc-dimm", "memdev", "first"), "the size of 'first' is not known");
            refused(session, Map.of("driver", "pc-dimm", "memdev", "m", "slot", 1), "no pc-dimm with 'slot'");
        }
        mistake("withMemory(bytes, slots, most)", () -> VM.withDevice("a", "pc-dimm"));
        mistake("withCpus(count, most)", () -> VM.withDevice("a", "qemu64-x86_64-cpu"));
        mistake("from 1 to 256, not 0", () -> FakeVm.create().withMemory(8192, 0, 16384));
        mistake("no room beyond", () -> FakeVm.create().withMemory(8192, 1, 8192));
        mistake("from 1 to 2, not 3", () -> FakeVm.create().withCpus(3, 2));
    }

    private static void refused(QmpSession session, Map<String, Object> device, String why) {
        ExecuteError refusal = assertThrows(
                ExecuteError.class, () -> session.execute("device_add", device).block(PATIENCE));
        assertTrue(refusal.description().contains(why), refusal::description);
    }

    private static void mistake(String why, Supplier<FakeVm> machine) {
        var mistake = assertThrows(IllegalArgumentException.class, machine::get);
        assertTrue(mistake.getMessage().contains(why), mistake::getMessage);
    }
}
