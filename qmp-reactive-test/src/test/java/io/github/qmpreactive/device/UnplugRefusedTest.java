package io.github.qmpreactive.device;

import static io.github.qmpreactive.device.UnplugScript.GONE;
import static io.github.qmpreactive.device.UnplugScript.QUIET;
import static io.github.qmpreactive.device.UnplugScript.asked;
import static io.github.qmpreactive.device.UnplugScript.connect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.UnplugRefusedError;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A guest that refuses to release a device")
class UnplugRefusedTest {

    private static final String NAMES =
            "DEVICE_UNPLUG_GUEST_ERROR; {\"device\": \"r\", \"path\": \"/machine/peripheral/r\"}; ''";

    private static final String UNNAMED = "DEVICE_UNPLUG_GUEST_ERROR; {\"path\": \"/machine/peripheral/r\"}; ''";

    private static final String MEMORY =
            "MEM_UNPLUG_ERROR; {\"device\": \"r\", \"msg\": \"acpi: device unplug request not supported\"};"
                    + " acpi: device unplug request not supported";

    private static final String DIMM = "ACPI_DEVICE_OST; {\"info\": {\"device\": \"r\", \"source\": 3, \"status\": 129,"
            + " \"slot\": \"0\", \"slot-type\": \"DIMM\"}}; ACPI status 0x81";

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = ';',
            value = {NAMES, UNNAMED, MEMORY, DIMM})
    @DisplayName(
            "is an error with its reason, before the reply or after; the session stays open, and the next call asks again")
    void refuses(String event, String data, String reason) {
        for (UnplugScript refusal : List.of(
                asked().accepted().event(event, data),
                asked().event(event, data).accepted())) {
            try (RunningFakeQmpServer qemu =
                    refusal.lists("[]").asksAgain().accepted().deleted(GONE).start()) {
                QmpSession session = connect(qemu);
                QmpDevices devices = QmpDevices.of(session);
                StepVerifier.create(devices.remove("r", QUIET)).verifyErrorSatisfies(e -> {
                    UnplugRefusedError error = assertInstanceOf(UnplugRefusedError.class, e);
                    assertEquals("r", error.device());
                    assertEquals(reason, error.reason());
                    assertTrue(String.valueOf(error.getMessage())
                            .startsWith("[vm] The device r stays plugged: the guest refuses to release it (" + event));
                });
                assertTrue(session.isRunning());
                StepVerifier.create(devices.remove("r", QUIET)).verifyComplete();
            }
        }
    }
}
