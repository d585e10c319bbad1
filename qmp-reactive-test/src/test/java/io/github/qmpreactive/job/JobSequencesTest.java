package io.github.qmpreactive.job;

import static io.github.qmpreactive.job.JobScript.BACKUP;
import static io.github.qmpreactive.job.JobScript.BACKUP_WITH_AUTO_DISMISS;
import static io.github.qmpreactive.job.JobScript.CREATE;
import static io.github.qmpreactive.job.JobScript.MIRROR;
import static io.github.qmpreactive.job.JobScript.QUIET;
import static io.github.qmpreactive.job.JobScript.connect;
import static io.github.qmpreactive.job.JobScript.failed;
import static io.github.qmpreactive.job.JobScript.info;
import static io.github.qmpreactive.job.JobScript.jobs;
import static io.github.qmpreactive.job.JobScript.kept;
import static io.github.qmpreactive.job.JobScript.starting;
import static io.github.qmpreactive.job.JobScript.statuses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.JobCancelledError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.error.JobNotFoundError;
import io.github.qmpreactive.job.JobOptions.WhenReady;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("QmpJobs.run follows what QEMU sends")
class JobSequencesTest {

    private static StepVerifier.FirstStep<String> run(RunningFakeQmpServer qemu, QmpCommand start) {
        return StepVerifier.create(statuses(jobs(qemu).run(start, QUIET)));
    }

    private static JobFailedError failure(Throwable error, String reason) {
        JobFailedError failed = assertInstanceOf(JobFailedError.class, error);
        assertEquals("j0", failed.job());
        assertEquals(reason, failed.reason());
        return failed;
    }

    @Test
    @DisplayName("A mirror is completed when it is ready, and dismissed in the end")
    void mirror() {
        JobScript script = starting(kept(MIRROR))
                .status("created", "running")
                .replied()
                .queried(info("mirror", "running", 4, 8))
                .status("ready")
                .event("READY", "mirror")
                .verb("job-complete")
                .replied()
                .status("waiting", "pending")
                .event("COMPLETED", "mirror")
                .status("concluded")
                .queried(info("mirror", "concluded", 8, 8))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            run(qemu, MIRROR)
                    .expectNext("created", "running", "ready", "waiting", "pending", "concluded")
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("A mirror that is ready before the reply to its command is completed after it")
    void readyBeforeReply() {
        JobScript script = starting(kept(MIRROR))
                .status("created", "running", "ready")
                .event("READY", "mirror")
                .replied()
                .queried(info("mirror", "ready", 8, 8))
                .verb("job-complete")
                .replied()
                .status("waiting", "pending")
                .event("COMPLETED", "mirror")
                .status("concluded")
                .queried(info("mirror", "concluded", 8, 8))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            run(qemu, MIRROR).expectNextCount(6).verifyComplete();
        }
    }

    @Test
    @DisplayName("CANCEL ends a ready mirror without a switch, by block-job-cancel, which counts as success")
    void copied() {
        JobScript script = starting(kept(MIRROR))
                .status("created", "running", "ready")
                .replied()
                .queried(info("mirror", "ready", 8, 8))
                .expect(QmpCommand.of("block-job-cancel").arguments(Map.of("device", "j0")))
                .replied()
                .status("waiting", "pending")
                .event("COMPLETED", "mirror")
                .status("concluded")
                .queried(info("mirror", "concluded", 8, 8))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(statuses(jobs(qemu).run(MIRROR, QUIET.whenReady(WhenReady.CANCEL))))
                    .expectNextCount(6)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("WAIT leaves completing to the application; pending waits for finish where auto-finalize is false")
    void waits() {
        QmpCommand start = MIRROR.arguments(MIRROR.arguments().put("auto-finalize", false));
        JobScript script = starting(kept(start))
                .status("created", "running")
                .replied()
                .queried(info("mirror", "running", 4, 8))
                .status("ready")
                .verb("job-complete")
                .replied()
                .status("waiting", "pending")
                .verb("job-finalize")
                .event("COMPLETED", "mirror")
                .status("concluded")
                .replied()
                .queried(info("mirror", "concluded", 8, 8))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            QmpJobs jobs = jobs(qemu);
            StepVerifier.create(statuses(jobs.run(start, QUIET.whenReady(WhenReady.WAIT)))
                            .concatMap(status -> switch (status) {
                                case "ready" -> jobs.complete("j0").thenReturn("completing");
                                case "pending" -> jobs.finish("j0").thenReturn("finishing");
                                default -> Mono.just(status);
                            }))
                    .expectNext("created", "running", "completing", "waiting", "finishing", "concluded")
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("A backup that drains pause, and READY jobs in standby, go on; unknown statuses are no end")
    void blips() {
        JobScript script = starting(kept(BACKUP))
                .status("created", "running", "paused", "running")
                .replied()
                .queried(info("backup", "running", 0, 8))
                .status("paused", "running", "contemplating", "running", "waiting", "pending")
                .event("COMPLETED", "backup")
                .status("concluded")
                .queried(info("backup", "concluded", 8, 8))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            run(qemu, BACKUP)
                    .expectNext("created", "running", "paused", "running", "paused", "running", "contemplating")
                    .expectNext("running", "waiting", "pending", "concluded")
                    .verifyComplete();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"block-stream", "block-commit"})
    @DisplayName("Stream and commit conclude without being ready; what is done may be 0 of 0")
    void streamAndCommit(String command) {
        QmpCommand start = QmpCommand.of(command).arguments(Map.of("job-id", "j0", "device", "src"));
        String type = command.substring("block-".length());
        JobScript script = starting(kept(start))
                .status("created", "running", "waiting", "pending")
                .event("COMPLETED", type)
                .status("concluded")
                .replied()
                .queried(info(type, "concluded", 0, 0))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(jobs(qemu).run(start, QUIET))
                    .thenConsumeWhile(job -> !job.isConcluded())
                    .assertNext(job -> assertEquals(type, job.type()))
                    .assertNext(job -> assertEquals(Map.of(), fraction(job)))
                    .verifyComplete();
        }
    }

    private static Map<String, Double> fraction(JobProgress job) {
        return job.fraction().isPresent() ? Map.of("fraction", job.fraction().getAsDouble()) : Map.of();
    }

    @ParameterizedTest
    @ValueSource(strings = {"snapshot-save", "snapshot-load", "snapshot-delete", "x-blockdev-amend"})
    @DisplayName(
            "create, amend and snapshots are sent without auto-dismiss, send no BLOCK_JOB events, and are dismissed")
    void jobsOnly(String command) {
        QmpCommand start = QmpCommand.of(command).arguments(Map.of("job-id", "j0", "tag", "t"));
        JobScript script = starting(start)
                .status("created", "running")
                .replied()
                .status("waiting", "pending", "concluded")
                .queried(info(command, "concluded", 1, 1))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            run(qemu, start).expectNextCount(5).verifyComplete();
        }
    }

    @Test
    @DisplayName("A failed job errors with the text of query-jobs, when it is dismissed")
    void failing() {
        JobScript script = starting(kept(BACKUP))
                .status("created", "running")
                .replied()
                .queried(info("backup", "running", 4, 8))
                .event("ERROR", "backup")
                .status("aborting")
                .completedWithError("backup", "No space left on device")
                .status("concluded")
                .queried(failed("backup", "No space left on device"))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            run(qemu, BACKUP)
                    .expectNext("created", "running", "aborting", "concluded")
                    .verifyErrorSatisfies(e -> assertEquals(
                            "[vm] The job j0 (backup) failed: No space left on device",
                            failure(e, "No space left on device").getMessage()));
        }
    }

    @Test
    @DisplayName("With auto-dismiss a failed block job errors with the text of its event: nothing else has it")
    void failingAlone() {
        JobScript script = starting(BACKUP_WITH_AUTO_DISMISS)
                .status("created", "running")
                .replied()
                .queried(info("backup", "running", 4, 8))
                .status("aborting")
                .completedWithError("backup", "Input/output error")
                .status("concluded")
                .expect(QmpCommand.of("query-jobs"))
                .status("null");
        try (RunningFakeQmpServer qemu = script.start()) {
            run(qemu, BACKUP_WITH_AUTO_DISMISS)
                    .expectNextCount(4)
                    .verifyErrorSatisfies(e -> failure(e, "Input/output error"));
        }
    }

    @Test
    @DisplayName("With auto-dismiss a job may be over before the reply to its command; then it has succeeded")
    void overBeforeReply() {
        JobScript script = starting(BACKUP_WITH_AUTO_DISMISS)
                .status("created", "running", "paused", "running", "waiting", "pending")
                .event("COMPLETED", "backup")
                .status("concluded", "null")
                .replied();
        try (RunningFakeQmpServer qemu = script.start()) {
            run(qemu, BACKUP_WITH_AUTO_DISMISS).expectNextCount(7).verifyComplete();
        }
    }

    @Test
    @DisplayName("A job that was cancelled by another client errors with JobCancelledError")
    void cancelled() {
        JobScript script = starting(kept(MIRROR))
                .status("created", "running")
                .replied()
                .queried(info("mirror", "running", 4, 8))
                .status("aborting")
                .event("CANCELLED", "mirror")
                .status("concluded")
                .queried(failed("mirror", "Operation canceled"))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            run(qemu, MIRROR).expectNextCount(4).verifyError(JobCancelledError.class);
        }
    }

    @Test
    @DisplayName("A job without BLOCK_JOB events that was cancelled is told from one that failed by QEMU's text")
    void createCancelled() {
        JobScript script = starting(CREATE)
                .status("created", "running", "aborting", "concluded")
                .replied()
                .queried(failed("create", "Operation canceled"))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            run(qemu, CREATE).expectNextCount(4).verifyError(JobCancelledError.class);
        }
    }

    @Test
    @DisplayName("A job that an error has paused goes on after resume")
    void stopped() {
        JobScript script = starting(kept(BACKUP))
                .status("created", "running")
                .replied()
                .queried(info("backup", "running", 4, 8))
                .event("ERROR", "backup")
                .event("ERROR", "backup")
                .status("paused")
                .verb("job-resume")
                .status("running")
                .replied()
                .status("waiting", "pending")
                .event("COMPLETED", "backup")
                .status("concluded")
                .queried(info("backup", "concluded", 8, 8))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            QmpJobs jobs = jobs(qemu);
            StepVerifier.create(statuses(jobs.run(BACKUP, QUIET)))
                    .expectNext("created", "running", "paused")
                    .then(() -> jobs.resume("j0").subscribe())
                    .expectNext("running", "waiting", "pending", "concluded")
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("A command that fails errors with QEMU's reply, whatever its job has sent before")
    void failedStart() {
        JobScript script = starting(kept(MIRROR))
                .status("created", "null")
                .refused("Parameter 'speed' expects a non-negative value");
        try (RunningFakeQmpServer qemu = script.start()) {
            run(qemu, MIRROR).expectNext("created").verifyError(ExecuteError.class);
        }
    }

    @Test
    @DisplayName("When QEMU ends, the job was cancelled, although it is gone and nothing is answered")
    void quit() {
        JobScript script = starting(kept(MIRROR))
                .status("created", "running")
                .replied()
                .queried(info("mirror", "running", 4, 8))
                .status("paused", "running", "aborting")
                .event("CANCELLED", "mirror")
                .status("concluded")
                .expect(QmpCommand.of("query-jobs"))
                .status("null")
                .closed();
        try (RunningFakeQmpServer qemu = script.start()) {
            run(qemu, MIRROR).expectNextCount(6).verifyError(JobCancelledError.class);
        }
    }

    @Test
    @DisplayName("Events that are kept for the first subscriber to events stay there")
    void earlyEvents() {
        try (RunningFakeQmpServer qemu =
                FakeQmpServer.create().when("query-jobs").reply("[]").startUnix()) {
            QmpSession session = connect(QmpClient.create().address(qemu.address()));
            qemu.emit("RESUME");
            StepVerifier.create(QmpJobs.of(session).follow("j0", QUIET)).verifyError(JobNotFoundError.class);
            StepVerifier.create(session.events().map(QmpEvent::name))
                    .expectNext("RESUME")
                    .thenCancel()
                    .verify();
        }
    }
}
