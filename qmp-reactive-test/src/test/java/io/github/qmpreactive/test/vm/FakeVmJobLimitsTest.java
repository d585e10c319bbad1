package io.github.qmpreactive.test.vm;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("What a FakeVm does not do for jobs:")
class FakeVmJobLimitsTest {

    @Test
    @DisplayName("one that runs at SIGKILL leaves no timer, nor does the guest, and cannot be moved on")
    void killed() {
        Duration second = Duration.ofSeconds(1);
        try (HeldTimers timers = new HeldTimers();
                RunningFakeVm vm = FakeVmJobsTest.VM
                        .withJobs(FakeJob.takes(second))
                        .withGuest(FakeGuestBehavior.create().answersPowerdown(second))
                        .start()) {
            QmpSession session = FakeVmJobsTest.connect(vm);
            FakeVmJobsTest.start(session, "blockdev-backup", "running");
            session.execute("system_powerdown").block(PATIENCE);
            assertEquals(2, timers.held(second));
            vm.kill();
            assertEquals(0, timers.held(second));
            assertThrows(IllegalStateException.class, () -> vm.jobs().reaches("job0", 1));
            assertThrows(IllegalStateException.class, () -> vm.jobs().fails("job0", FakeVmJobsTest.FULL));
            assertThrows(IllegalStateException.class, () -> vm.jobs().drains());
        }
    }

    static final QmpCommand SAVE = QmpCommand.of("snapshot-save")
            .arguments(Map.of("job-id", "job0", "tag", "a", "vmstate", "disk0", "devices", List.of("disk0")));

    @Test
    @DisplayName("a snapshot that is being saved at the end of QEMU does not let the machine run again")
    void saveAtEnd() {
        try (RunningFakeVm vm = FakeVmJobsTest.VM.withJobs(FakeJob.waits()).start()) {
            QmpSession session = FakeVmJobsTest.connect(vm);
            Flux<String> events = session.events().map(QmpEvent::name).onErrorComplete();
            StepVerifier.create(events.filter(name -> !name.startsWith("JOB_")))
                    .then(() -> session.execute(SAVE).onErrorComplete().subscribe())
                    .then(() -> vm.server().awaitCommand("snapshot-save"))
                    .then(vm::terminate)
                    .expectNext("STOP", "SHUTDOWN")
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("one that the fake does not model is refused, and so is one that QEMU has no permission for")
    void refused() {
        try (RunningFakeVm vm = FakeVmJobsTest.VM
                .withNode("disk1", FakeVmJobsTest.SIZE)
                .withJobs(FakeJob.waits())
                .start()) {
            QmpSession session = FakeVmJobsTest.connect(vm);
            refused(
                    session,
                    FakeVmJobsTest.copy("blockdev-backup", Map.of("bitmap", "b", "sync", "bitmap")),
                    "FakeVm has no jobs with");
            refused(
                    session,
                    FakeVmJobsTest.copy("blockdev-backup", Map.of("compress", true)),
                    "FakeVm has no jobs with compress=true");
            refused(
                    session,
                    FakeVmJobsTest.copy("blockdev-mirror", Map.of("replaces", "disk1")),
                    "FakeVm has no jobs with replaces");
            QmpCommand stream = QmpCommand.of("block-stream").arguments(Map.of("device", "disk0", "base", "x"));
            refused(session, stream, "FakeVm has no jobs with base=x: stub block-stream");
            session.execute(disk("disk1")).block(PATIENCE);
            refused(
                    session,
                    FakeVmJobsTest.copy("blockdev-mirror", Map.of("target", "disk1")),
                    "FakeVm: QEMU cannot write to 'disk1'");
            refused(
                    session,
                    FakeVmJobsTest.copy("blockdev-backup", Map.of("target", "disk1")),
                    "FakeVm: QEMU cannot write to 'disk1'");
            session.execute(FakeVmJobsTest.copy("blockdev-backup", Map.of())).block(PATIENCE);
            refused(session, disk("copy0"), "FakeVm: QEMU cannot give a device 'copy0'");
            refused(session, disk("disk0"), "FakeVm: QEMU cannot give a device 'disk0'");
        }
    }

    @Test
    @DisplayName("sizes, delays and fractions that cannot be are refused, and so are ids and reasons")
    void mistakes() {
        assertThrows(NullPointerException.class, () -> FakeJob.waits().failsAt(1, missing()));
        assertThrows(NullPointerException.class, () -> FakeVmJobsTest.VM.withJob(missing(), FakeJob.waits()));
        assertThrows(IllegalArgumentException.class, () -> FakeVmJobsTest.VM.withJob("1", FakeJob.waits()));
        try (RunningFakeVm vm = FakeVmJobsTest.VM.start()) {
            assertThrows(NullPointerException.class, () -> vm.jobs().fails("job0", missing()));
        }
        assertThrows(IllegalArgumentException.class, () -> FakeVmJobsTest.VM.withNode("disk0", 1));
        assertThrows(IllegalArgumentException.class, () -> FakeVmJobsTest.VM.withNode("disk1", -1));
        assertThrows(IllegalArgumentException.class, () -> FakeJob.takes(Duration.ofSeconds(-1)));
        assertThrows(IllegalArgumentException.class, () -> FakeJob.waits().copies(-1));
        assertThrows(IllegalArgumentException.class, () -> FakeJob.waits().failsAt(Double.NaN, FakeVmJobsTest.FULL));
    }

    private static QmpCommand disk(String node) {
        return QmpCommand.of("device_add").arguments(Map.of("driver", "virtio-blk-pci", "id", node, "drive", node));
    }

    private static void refused(QmpSession session, QmpCommand command, String reason) {
        ExecuteError refusal =
                assertThrows(ExecuteError.class, () -> session.execute(command).block(PATIENCE));
        assertEquals(reason, refusal.description().substring(0, reason.length()));
    }

    @SuppressWarnings("NullAway") // as callers can that are not checked
    private static String missing() {
        return null;
    }
}
