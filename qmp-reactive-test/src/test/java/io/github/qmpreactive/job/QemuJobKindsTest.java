package io.github.qmpreactive.job;

import io.github.qmpreactive.test.junit.Qemu;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@Qemu
@DisplayName("Each kind of job is followed by QmpJobs through the same states, at real QEMU:")
class QemuJobKindsTest extends FakeVmJobKindsTest {

    @Override
    @Test
    @Qemu(
            args = {"-machine", "pc", "-accel", "tcg", "-m", "32"},
            version = "6.0+",
            running = true)
    @DisplayName("snapshot-save, snapshot-load and snapshot-delete")
    void snapshots() {
        super.snapshots();
    }
}
