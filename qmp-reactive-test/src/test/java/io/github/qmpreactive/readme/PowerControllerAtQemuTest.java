package io.github.qmpreactive.readme;

import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.TinyGuest;
import org.junit.jupiter.api.DisplayName;

@DisplayName("README: powering off a real QEMU")
// snippet: power-test-at-qemu
@Qemu(guest = TinyGuest.POWERS_OFF) // a pc that really shuts down when the power button is pressed
class PowerControllerAtQemuTest extends PowerControllerTest {}
// end
