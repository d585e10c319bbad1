package io.github.qmpreactive.device;

import static io.github.qmpreactive.device.UnplugScript.GONE;
import static io.github.qmpreactive.device.UnplugScript.IN_PROCESS;
import static io.github.qmpreactive.device.UnplugScript.LISTED;
import static io.github.qmpreactive.device.UnplugScript.NOT_LISTED;
import static io.github.qmpreactive.device.UnplugScript.PART;
import static io.github.qmpreactive.device.UnplugScript.PATH;
import static io.github.qmpreactive.device.UnplugScript.QUIET;
import static io.github.qmpreactive.device.UnplugScript.asked;
import static io.github.qmpreactive.device.UnplugScript.devices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.error.DeviceNotFoundError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.QmpScript;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A device that is unplugged")
class UnplugTest {

    /** No time passes: what ends, ends by what comes. */
    private final HeldTimers timers = new HeldTimers();

    @AfterEach
    void release() {
        timers.close();
    }

    private static void succeeds(UnplugScript script) {
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(devices(qemu).remove("r", QUIET)).verifyComplete();
            qemu.verifyScript();
        }
    }

    @Test
    @DisplayName("is gone with its event, in whichever order with the reply")
    void eventAndReply() {
        succeeds(asked().accepted().deleted(GONE));
        succeeds(asked().deleted(GONE).accepted());
    }

    @Test
    @DisplayName("is gone with its event although the command is answered with an error, in whichever order")
    void eventBesideError() {
        succeeds(asked().deleted(GONE).notFound());
        succeeds(asked().deleted(GONE).refused(IN_PROCESS));
        succeeds(asked().notFound().deleted(GONE));
    }

    @Test
    @DisplayName("is not gone with the first event of virtio, which has no device, although it is listed no more")
    void firstEvent() {
        succeeds(asked().accepted().deleted(PART).lists(NOT_LISTED).deleted(GONE));
        succeeds(asked().deleted(PART).accepted().lists(LISTED).deleted(GONE));
    }

    @Test
    @DisplayName("is gone once with the two events of USB storage, and with an event that comes twice")
    void doubledEvent() {
        succeeds(asked().accepted()
                .deleted("{\"path\": \"" + PATH + "/r.0/legacy[0]\"}")
                .deleted(GONE)
                .deleted(GONE)
                .lists(NOT_LISTED));
    }

    @Test
    @DisplayName("is not gone with the event of another device, whose name begins alike or is longer")
    void anothersEvent() {
        UnplugScript others = asked().accepted()
                .deleted("{\"device\": \"r2\", \"path\": \"/machine/peripheral/r2\"}")
                .deleted("{\"path\": \"/machine/peripheral/r2/virtio-backend\"}")
                .deleted("{\"path\": \"/machine/peripheral-anon/device[0]\"}")
                .event("DEVICE_UNPLUG_GUEST_ERROR", "{\"device\": \"r2\", \"path\": \"/machine/peripheral/r2\"}")
                .event("ACPI_DEVICE_OST", ost("", 3, 1))
                .event("ACPI_DEVICE_OST", ost("\"device\": \"r2\", ", 3, 1));
        succeeds(others.deleted(GONE));
    }

    private static String ost(String device, int source, int status) {
        return "{\"info\": {" + device + "\"source\": " + source + ", \"status\": " + status
                + ", \"slot\": \"0\", \"slot-type\": \"DIMM\"}}";
    }

    @Test
    @DisplayName("is not gone with an event whose data are of the wrong types or missing")
    void oddEvents() {
        UnplugScript odd = asked().accepted();
        for (String data : List.of("{}", "{\"device\": null, \"path\": 5}", "{\"device\": [\"r\"], \"info\": \"r\"}")) {
            for (String name : List.of("DEVICE_DELETED", "ACPI_DEVICE_OST", "MEM_UNPLUG_ERROR")) {
                odd = odd.event(name, data);
            }
        }
        succeeds(odd.event("ACPI_DEVICE_OST", "{\"info\": {\"device\": \"r\", \"source\": \"3\", \"status\": {}}}")
                .deleted(GONE));
    }

    @Test
    @DisplayName("is not refused by a guest that reports that it ejects it, that it has, or something else")
    void noRefusal() {
        String r = "\"device\": \"r\", ";
        succeeds(asked().accepted()
                .event("ACPI_DEVICE_OST", ost(r, 3, 0x84))
                .event("ACPI_DEVICE_OST", ost(r, 1, 1))
                .event("ACPI_DEVICE_OST", ost(r, 3, 0))
                .deleted(GONE));
    }

    @Test
    @DisplayName("and has no id is meant by its path, which its event has alone")
    void withoutId() {
        String path = "/machine/peripheral-anon/device[1]";
        QmpScript script = QmpScript.create()
                .expectWithAnyArguments("qom-list")
                .reply("[]")
                .expect(QmpCommand.of("device_del").arguments(Map.of("id", path)))
                .reply("{}")
                .emit("DEVICE_DELETED", "{\"path\": \"/machine/peripheral-anon/device[10]\"}")
                .emit("DEVICE_DELETED", "{\"path\": \"" + path + "\"}");
        try (RunningFakeQmpServer qemu = new UnplugScript(script).start()) {
            StepVerifier.create(devices(qemu).remove(path, QUIET)).verifyComplete();
        }
    }

    @Test
    @DisplayName("and can be meant by its path although it has an id")
    void byPath() {
        QmpScript script = QmpScript.create()
                .expectWithAnyArguments("qom-list")
                .reply("[]")
                .expect(QmpCommand.of("device_del").arguments(Map.of("id", PATH)))
                .reply("{}")
                .emit("DEVICE_DELETED", GONE);
        try (RunningFakeQmpServer qemu = new UnplugScript(script).start()) {
            StepVerifier.create(devices(qemu).remove(PATH, QUIET)).verifyComplete();
        }
    }

    @Test
    @DisplayName("already, by a request before, is waited for; also while a PCIe guest is about to power it up or down")
    void joins() {
        succeeds(asked().refused(IN_PROCESS).deleted(GONE));
        succeeds(asked().refused("Hot-unplug failed: guest is busy (power indicator blinking)")
                .deleted(GONE));
    }

    @Test
    @DisplayName(
            "and has no event of its own, as a CPU, is gone a second after a part of it has an event and it is not listed")
    void cpu() {
        try (RunningFakeQmpServer qemu = asked().accepted()
                .deleted("{\"path\": \"" + PATH + "/lapic\"}")
                .lists(NOT_LISTED)
                .start()) {
            StepVerifier.create(devices(qemu).remove("r", QUIET))
                    .then(() -> timers.runOut(Unplug.SETTLE))
                    .verifyComplete();
            qemu.verifyScript();
        }
    }

    @Test
    @DisplayName("is not found if QEMU does not know it, and no event tells within a second that it just leaves")
    void unknown() {
        try (RunningFakeQmpServer qemu = asked().notFound().start()) {
            StepVerifier.create(devices(qemu).remove("r", QUIET))
                    .then(() -> timers.runOut(Unplug.SETTLE))
                    .verifyErrorSatisfies(e -> {
                        DeviceNotFoundError error = assertInstanceOf(DeviceNotFoundError.class, e);
                        assertEquals("r", error.device());
                        assertEquals(
                                "[vm] The device r is not known to QEMU: it never existed, or has been removed before",
                                error.getMessage());
                        assertInstanceOf(ExecuteError.class, error.getCause());
                    });
        }
    }

    @Test
    @DisplayName("where that is impossible errors with what QEMU says, at once")
    void impossible() {
        try (RunningFakeQmpServer qemu =
                asked().refused("Bus 'pcie.0' does not support hotplugging").start()) {
            StepVerifier.create(devices(qemu).remove("r", QUIET))
                    .verifyErrorSatisfies(e -> assertEquals(
                            "Bus 'pcie.0' does not support hotplugging",
                            assertInstanceOf(ExecuteError.class, e).description()));
        }
    }

    @Test
    @DisplayName("is asked for at an interval, within a limit, which are more than zero")
    void options() {
        UnplugOptions defaults = UnplugOptions.defaults();
        assertEquals(Duration.ofSeconds(5), defaults.interval());
        assertEquals(Duration.ofMinutes(1), defaults.limit());
        Duration other = Duration.ofHours(1);
        assertEquals(other, defaults.limit(other).limit());
        assertEquals(other, defaults.interval(other).limit(other).interval());
        assertThrows(IllegalArgumentException.class, () -> defaults.interval(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> defaults.limit(Duration.ofNanos(-1)));
    }
}
