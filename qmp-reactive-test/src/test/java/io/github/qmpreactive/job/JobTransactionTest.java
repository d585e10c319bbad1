package io.github.qmpreactive.job;

import static io.github.qmpreactive.job.JobScript.QUIET;
import static io.github.qmpreactive.job.JobScript.failed;
import static io.github.qmpreactive.job.JobScript.info;
import static io.github.qmpreactive.job.JobScript.jobs;
import static io.github.qmpreactive.job.JobScript.starting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("The jobs of a transaction are followed as one")
class JobTransactionTest {

    private static final QmpCommand START = transaction(
            Map.of("job-id", "j0", "device", "a", "target", "ta", "sync", "full"),
            Map.of("job-id", "j1", "device", "b", "target", "tb", "sync", "full"));

    private static final QmpCommand KEPT = transaction(
            Map.of("job-id", "j0", "device", "a", "target", "ta", "sync", "full", "auto-dismiss", false),
            Map.of("job-id", "j1", "device", "b", "target", "tb", "sync", "full", "auto-dismiss", false));

    private static QmpCommand transaction(Map<?, ?>... backups) {
        return QmpCommand.of("transaction")
                .arguments(Map.of(
                        "actions",
                        Arrays.stream(backups)
                                .map(data -> Map.of("type", "blockdev-backup", "data", data))
                                .toList()));
    }

    private static String second(String info) {
        return info.replace("j0", "j1");
    }

    private static Flux<String> run(RunningFakeQmpServer qemu) {
        return jobs(qemu)
                .run(START, QUIET)
                .map(job -> job.id() + " " + job.status())
                .distinct();
    }

    @Test
    @DisplayName("It completes when all have concluded and are dismissed")
    void completes() {
        JobScript script = starting(KEPT)
                .status("created")
                .statusOf("j1", "created")
                .status("running", "paused")
                .statusOf("j1", "running")
                .replied()
                .queried(second(info("backup", "running", 0, 8)), info("backup", "running", 0, 8))
                .statusOf("j1", "waiting", "pending")
                .eventOf("j1", "COMPLETED", "backup")
                .statusOf("j1", "concluded")
                .queried(second(info("backup", "concluded", 8, 8)), info("backup", "running", 4, 8))
                .verbOf("j1", "job-dismiss")
                .statusOf("j1", "null")
                .replied()
                .status("waiting", "pending")
                .event("COMPLETED", "backup")
                .status("concluded")
                .queried(info("backup", "concluded", 8, 8))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(run(qemu))
                    .expectNext("j0 created", "j1 created", "j0 running", "j0 paused", "j1 running")
                    .expectNext("j1 waiting", "j1 pending", "j1 concluded")
                    .expectNext("j0 waiting", "j0 pending", "j0 concluded")
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("If one fails and the others are cancelled for it, the error is of the one that failed")
    void grouped() {
        JobScript script = starting(KEPT)
                .status("created")
                .statusOf("j1", "created")
                .replied()
                .queried(second(info("backup", "running", 0, 8)), info("backup", "running", 0, 8))
                .statusOf("j1", "aborting")
                .status("aborting")
                .event("CANCELLED", "backup")
                .status("concluded")
                .queried(second(info("backup", "aborting", 4, 8)), failed("backup", "Operation canceled"))
                .dismissed()
                .statusOf("j1", "concluded")
                .queried(second(failed("backup", "No space left on device")))
                .verbOf("j1", "job-dismiss")
                .replied();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(run(qemu)).thenConsumeWhile(job -> true).verifyErrorSatisfies(e -> {
                JobFailedError error = assertInstanceOf(JobFailedError.class, e);
                assertEquals("j1", error.job());
                assertEquals("No space left on device", error.reason());
            });
        }
    }

    @Test
    @DisplayName("A transaction that is rolled back errors with QEMU's reply, whatever its jobs have sent")
    void rolledBack() {
        JobScript script = starting(KEPT)
                .status("created")
                .statusOf("j1", "created")
                .status("aborting", "concluded", "null")
                .statusOf("j1", "aborting", "concluded", "null")
                .refused("Cannot find device='nope' nor node-name='nope'");
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(run(qemu)).thenConsumeWhile(job -> true).verifyError(ExecuteError.class);
        }
    }

    @Test
    @DisplayName("A transaction without a job is refused before it is sent")
    void withoutJob() {
        QmpCommand none = QmpCommand.of("transaction")
                .arguments(Map.of("actions", List.of(Map.of("type", "abort", "data", Map.of()))));
        try (RunningFakeQmpServer qemu = FakeQmpServer.create().startUnix()) {
            QmpJobs jobs = jobs(qemu);
            assertThrows(IllegalArgumentException.class, () -> jobs.run(none));
        }
    }
}
