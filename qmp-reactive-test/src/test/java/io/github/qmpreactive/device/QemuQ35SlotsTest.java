package io.github.qmpreactive.device;

import io.github.qmpreactive.test.junit.Qemu;
import org.junit.jupiter.api.DisplayName;

@Qemu(args = {"-machine", "q35", "-smp", QemuSlotsTest.CPUS, "-m", QemuSlotsTest.MEMORY})
@DisplayName("QmpDevices at real QEMU: a memory module and a CPU, on q35")
class QemuQ35SlotsTest extends QemuSlotsTest {

    @Override
    int base() {
        return 0xcd8;
    }
}
