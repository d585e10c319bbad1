package io.github.qmpreactive.readme;

import io.github.qmpreactive.test.junit.QmpGuards;
import io.github.qmpreactive.test.vm.FakeJob;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

@DisplayName("README: a backup without QEMU")
@QmpGuards
// snippet: backup-test
class BackupPanelTest {

    private static final FakeVm DISKS =
            FakeVm.create().withNode("disk0", 64 << 20).withNode("copy0", 64 << 20);

    @Test
    void showsProgress() {
        try (RunningFakeVm vm = DISKS.withJobs(FakeJob.waits()).start()) { // for the test, which moves it
            StepVerifier.create(new BackupPanel(vm.client()).backUp())
                    .expectNext("0 %")
                    .then(() -> vm.jobs().reaches("job0", 0.5))
                    .expectNext("50 %")
                    .then(() -> vm.jobs().reaches("job0", 1))
                    .expectNext("100 %", "done")
                    .verifyComplete();
        }
    }

    @Test
    void saysWhyItFailed() {
        FakeVm machine = DISKS.withJobs(FakeJob.takes(Duration.ofHours(2)).failsAt(0.75, "No space left on device"));
        try (RunningFakeVm vm = machine.start()) {
            StepVerifier.withVirtualTime(
                            () -> new BackupPanel(vm.client()).backUp().last())
                    .then(() -> vm.server().awaitCommand("blockdev-backup"))
                    .thenAwait(Duration.ofHours(2))
                    .expectNext("failed: No space left on device")
                    .verifyComplete();
        }
    }
}
// end
