package io.github.qmpreactive.job;

import static io.github.qmpreactive.job.JobScript.connect;
import static io.github.qmpreactive.job.JobScript.statuses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

@ExtendWith(LeakGuard.class)
@DisplayName("Jobs of snapshots at real QEMU")
class QemuSnapshotJobsTest {

    private static QmpCommand save(String tag) {
        return QmpCommand.of("snapshot-save")
                .arguments(Map.of("tag", tag, "vmstate", "disk", "devices", List.of("disk")));
    }

    private static QmpCommand load(String tag) {
        return QmpCommand.of("snapshot-load")
                .arguments(Map.of("tag", tag, "vmstate", "disk", "devices", List.of("disk")));
    }

    @Test
    @Qemu(
            args = {"-machine", "pc", "-accel", "tcg", "-m", "32"},
            version = "6.0+",
            running = true)
    @DisplayName("A snapshot is saved, loaded and deleted, though a time limit passes while QEMU answers nothing")
    void snapshots(QemuProcess qemu, QmpSession session, QmpClient client) {
        BlockNodes nodes = new BlockNodes(session, qemu.folder());
        nodes.qcow2("disk");
        QmpSession hasty = connect(client.commandTimeout(Duration.ofMillis(5)));
        // On a busy machine the limit may pass before the command is sent.
        Retry whereNotSent = Retry.indefinitely().filter(e -> e instanceof ExecTimeoutError late && !late.isWritten());
        StepVerifier.create(statuses(QmpJobs.of(hasty).run(save("t1")).retryWhen(whereNotSent))
                        .last())
                .expectNext("concluded")
                .verifyComplete();
        hasty.disconnect().block(Patience.PATIENCE);
        QmpJobs jobs = nodes.jobs();
        StepVerifier.create(jobs.run(save("t1")))
                .thenConsumeWhile(job -> true)
                .verifyErrorSatisfies(e -> assertEquals(
                        "Snapshot 't1' already exists in one or more devices",
                        assertInstanceOf(JobFailedError.class, e).reason()));
        StepVerifier.create(statuses(jobs.run(load("t1"))).last())
                .expectNext("concluded")
                .verifyComplete();
        StepVerifier.create(jobs.run(load("zz"))).thenConsumeWhile(job -> true).verifyError(JobFailedError.class);
        StepVerifier.create(statuses(jobs.run(QmpCommand.of("snapshot-delete")
                                .arguments(Map.of("tag", "t1", "devices", List.of("disk")))))
                        .last())
                .expectNext("concluded")
                .verifyComplete();
        StepVerifier.create(jobs.list()).verifyComplete();
    }
}
