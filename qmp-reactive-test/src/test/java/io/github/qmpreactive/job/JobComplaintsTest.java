package io.github.qmpreactive.job;

import static io.github.qmpreactive.job.JobScript.BACKUP;
import static io.github.qmpreactive.job.JobScript.CREATE;
import static io.github.qmpreactive.job.JobScript.MIRROR;
import static io.github.qmpreactive.job.JobScript.QUIET;
import static io.github.qmpreactive.job.JobScript.connect;
import static io.github.qmpreactive.job.JobScript.failed;
import static io.github.qmpreactive.job.JobScript.info;
import static io.github.qmpreactive.job.JobScript.jobs;
import static io.github.qmpreactive.job.JobScript.kept;
import static io.github.qmpreactive.job.JobScript.listening;
import static io.github.qmpreactive.job.JobScript.starting;
import static io.github.qmpreactive.job.JobScript.statuses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.JobCancelledError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.error.JobNotFoundError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("What users of other software complain of does not happen to QmpJobs")
class JobComplaintsTest {

    @Test
    @DisplayName("starts() tells of a command whether run() takes it")
    void starts() {
        assertTrue(QmpJobs.starts(QmpCommand.of("blockdev-backup")));
        assertTrue(QmpJobs.starts(QmpCommand.of("x-later").arguments(Map.of("job-id", "j0"))));
        assertFalse(QmpJobs.starts(QmpCommand.of("query-jobs")));
        assertFalse(QmpJobs.starts(QmpCommand.of("transaction").arguments(Map.of("actions", List.of()))));
        Map<String, Object> backup = Map.of("type", "blockdev-backup", "data", Map.of("device", "disk0"));
        assertTrue(QmpJobs.starts(QmpCommand.of("transaction").arguments(Map.of("actions", List.of(backup)))));
    }

    @Test
    @DisplayName("A job that has failed before the first look has its error")
    void failedBeforeTheFirstLook() {
        JobScript script = starting(CREATE)
                .status("created", "running", "aborting", "concluded")
                .replied()
                .queried(failed("create", "Cannot find device='missing' nor node-name='missing'"))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(jobs(qemu).run(CREATE, QUIET))
                    .thenConsumeWhile(job -> true)
                    .verifyErrorSatisfies(e -> assertEquals(
                            "Cannot find device='missing' nor node-name='missing'",
                            assertInstanceOf(JobFailedError.class, e).reason()));
        }
    }

    @Test
    @DisplayName("A job that has vanished is no success: without an event that tells, its outcome is unknown")
    void vanished() {
        JobScript script = starting(kept(BACKUP)).replied().queried();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(jobs(qemu).run(BACKUP, QUIET)).verifyError(JobNotFoundError.class);
        }
    }

    @Test
    @DisplayName("A job that has concluded before it was followed, and vanishes at that moment, is no success either")
    void vanishedWhileFollowed() {
        // It asks again only if the events come later than it begins to follow.
        try (RunningFakeQmpServer qemu = FakeQmpServer.create()
                .when("query-jobs")
                .answer(
                        Answer.reply("[]")
                                .eventBefore("JOB_STATUS_CHANGE", "{\"id\": \"j0\", \"status\": \"concluded\"}")
                                .eventBefore("JOB_STATUS_CHANGE", "{\"id\": \"j0\", \"status\": \"null\"}"),
                        Answer.reply("[]"))
                .startUnix()) {
            StepVerifier.create(jobs(qemu).follow("j0", QUIET))
                    .thenConsumeWhile(job -> true)
                    .verifyError(JobNotFoundError.class);
        }
    }

    @Test
    @DisplayName("Of a job that was aborting and was dismissed by another client it is known that it has failed")
    void dismissedByAnother() {
        JobScript script = starting(CREATE)
                .status("created", "running")
                .replied()
                .queried(info("create", "running", 0, 1))
                .status("aborting", "concluded")
                .expect(QmpCommand.of("query-jobs"))
                .status("null");
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(jobs(qemu).run(CREATE, QUIET))
                    .thenConsumeWhile(job -> true)
                    .verifyErrorSatisfies(e -> assertEquals(
                            "", assertInstanceOf(JobFailedError.class, e).reason()));
        }
    }

    @Test
    @DisplayName("Another client that dismisses the job first changes nothing of its success")
    void dismissedFirst() {
        JobScript script = starting(CREATE)
                .status("created", "running", "waiting", "pending", "concluded")
                .replied()
                .queried(info("create", "concluded", 1, 1))
                .verb("job-dismiss")
                .refused("Job not found")
                .queried();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(statuses(jobs(qemu).run(CREATE, QUIET)))
                    .expectNextCount(5)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("A refused completion is an error, with QEMU's words, once it is refused twice")
    void refusedCompletion() {
        JobScript script = starting(kept(MIRROR))
                .status("created", "running", "ready")
                .replied()
                .queried(info("mirror", "ready", 8, 8))
                .verb("job-complete")
                .refused("The active block job 'j0' cannot be completed")
                .queried(info("mirror", "ready", 8, 8))
                .verb("job-complete")
                .refused("The active block job 'j0' cannot be completed")
                .queried(info("mirror", "ready", 8, 8));
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(statuses(jobs(qemu).run(MIRROR, QUIET)))
                    .expectNext("created", "running", "ready")
                    .verifyErrorSatisfies(e -> assertEquals(
                            "The active block job 'j0' cannot be completed",
                            assertInstanceOf(ExecuteError.class, e).description()));
        }
    }

    @Test
    @DisplayName("Refused while it is paused for a moment, completion is asked for again when the job is ready again")
    void refusedInStandby() {
        JobScript script = starting(kept(MIRROR))
                .status("created", "running", "ready", "standby")
                .replied()
                .queried(info("mirror", "standby", 8, 8))
                .status("ready", "standby")
                .verb("job-complete")
                .refused("Job 'j0' in state 'standby' cannot accept command verb 'complete'")
                .queried(info("mirror", "standby", 8, 8))
                .status("ready")
                .verb("job-complete")
                .replied()
                .status("waiting", "pending")
                .event("COMPLETED", "mirror")
                .status("concluded")
                .queried(info("mirror", "concluded", 8, 8))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(statuses(jobs(qemu).run(MIRROR, QUIET)))
                    .thenConsumeWhile(status -> true)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("A refused completion of a job that has failed meanwhile is the failure of the job")
    void lostRace() {
        JobScript script = starting(kept(MIRROR))
                .status("created", "running", "ready")
                .replied()
                .queried(info("mirror", "ready", 8, 8))
                .verb("job-complete")
                .status("aborting")
                .completedWithError("mirror", "Input/output error")
                .status("concluded")
                .refused("Job 'j0' in state 'concluded' cannot accept command verb 'complete'")
                .queried(failed("mirror", "Input/output error"))
                .queried(failed("mirror", "Input/output error"))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(statuses(jobs(qemu).run(MIRROR, QUIET)))
                    .thenConsumeWhile(status -> true)
                    .verifyErrorSatisfies(e -> assertEquals(
                            "Input/output error",
                            assertInstanceOf(JobFailedError.class, e).reason()));
        }
    }

    @Test
    @DisplayName("Nothing waits for an event that came before the reply: the job is over then")
    void eventsBeforeReply() {
        JobScript script = starting(kept(BACKUP))
                .status("created", "running", "waiting", "pending")
                .event("COMPLETED", "backup")
                .status("concluded")
                .replied()
                .queried(info("backup", "concluded", 8, 8))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(statuses(jobs(qemu).run(BACKUP, QUIET)))
                    .expectNext("created", "running", "waiting", "pending", "concluded")
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("Events and figures of another job count for nothing")
    void anotherJob() {
        JobScript script = starting(kept(BACKUP))
                .statusOf("j1", "created", "running", "waiting", "pending")
                .status("created", "running")
                .eventOf("j1", "COMPLETED", "backup")
                .eventOf("j1", "CANCELLED", "backup")
                .statusOf("j1", "concluded", "null")
                .replied()
                .queried(
                        info("backup", "concluded", 8, 8).replace("j0", "j1"),
                        info("backup", "running", 4, 8),
                        failed("backup", "x").replace("j0", "j2"))
                .status("waiting", "pending")
                .event("COMPLETED", "backup")
                .status("concluded")
                .queried(info("backup", "concluded", 8, 8))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(statuses(jobs(qemu).run(BACKUP, QUIET)))
                    .expectNext("created", "running", "waiting", "pending", "concluded")
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("A job of the same id that another client dismisses just before is not taken for this one")
    void sameId() {
        JobScript script = starting(kept(BACKUP))
                .status("null", "created", "running")
                .replied()
                .queried(info("backup", "running", 4, 8))
                .status("waiting", "pending")
                .event("COMPLETED", "backup")
                .status("concluded")
                .queried(info("backup", "concluded", 8, 8))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(statuses(jobs(qemu).run(BACKUP, QUIET)))
                    .expectNextCount(5)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("A cancelled job is an error, also if QEMU tells of it by the event alone")
    void cancelledWithoutError() {
        QmpCommand start = JobScript.BACKUP_WITH_AUTO_DISMISS;
        JobScript script = starting(start)
                .status("created", "running")
                .replied()
                .queried(info("backup", "running", 4, 8))
                .status("aborting")
                .event("CANCELLED", "backup")
                .status("concluded")
                .expect(QmpCommand.of("query-jobs"))
                .status("null");
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(jobs(qemu).run(start, QUIET))
                    .thenConsumeWhile(job -> true)
                    .verifyError(JobCancelledError.class);
        }
    }

    @Test
    @DisplayName("A job that is READY again while it completes is not asked a second time")
    void readyAgain() {
        JobScript script = starting(kept(MIRROR))
                .status("created", "running", "ready")
                .replied()
                .queried(info("mirror", "ready", 8, 8))
                .verb("job-complete")
                .replied()
                .status("standby", "ready", "standby", "ready")
                .event("READY", "mirror")
                .status("waiting", "pending")
                .event("COMPLETED", "mirror")
                .status("concluded")
                .queried(info("mirror", "concluded", 8, 8))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(statuses(jobs(qemu).run(MIRROR, QUIET)))
                    .thenConsumeWhile(status -> true)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("A job that was READY and fails is a failure")
    void readyAndFailed() {
        JobScript script = starting(kept(MIRROR))
                .status("created", "running", "ready")
                .replied()
                .queried(info("mirror", "ready", 8, 8))
                .verb("job-complete")
                .event("ERROR", "mirror")
                .status("aborting")
                .replied()
                .completedWithError("mirror", "Input/output error")
                .status("concluded")
                .queried(failed("mirror", "Input/output error"))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(statuses(jobs(qemu).run(MIRROR, QUIET)))
                    .expectNext("created", "running", "ready", "aborting", "concluded")
                    .verifyError(JobFailedError.class);
        }
    }

    @Test
    @DisplayName("A job that a killed client has left blocks its id until it is followed or dismissed")
    void leftBehind() {
        JobScript script = listening()
                .expect(kept(BACKUP))
                .refused("Job ID 'j0' already in use")
                .queried(failed("backup", "Input/output error"))
                .verb("job-dismiss")
                .replied()
                .queried()
                .expect(kept(BACKUP))
                .status("created", "running", "waiting", "pending", "concluded")
                .replied()
                .queried(info("backup", "concluded", 8, 8))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            QmpJobs jobs = jobs(qemu);
            StepVerifier.create(jobs.run(BACKUP, QUIET)).verifyError(ExecuteError.class);
            StepVerifier.create(jobs.list())
                    .assertNext(job ->
                            assertEquals("Input/output error", job.error().orElseThrow()))
                    .verifyComplete();
            StepVerifier.create(jobs.dismiss("j0")).verifyComplete();
            StepVerifier.create(statuses(jobs.run(BACKUP, QUIET)))
                    .expectNextCount(5)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("A job id is made up for each subscription where there is none, and none is in the way of another")
    void madeUp() {
        QmpCommand start = QmpCommand.of("blockdev-backup").arguments(Map.of("device", "src", "target", "dst"));
        try (RunningFakeQmpServer qemu = FakeQmpServer.create()
                .when("query-jobs")
                .reply("[]")
                .when("blockdev-backup")
                .reply("{}")
                .startUnix()) {
            var run = jobs(qemu).run(start, QUIET);
            StepVerifier.create(run).verifyError(JobNotFoundError.class);
            StepVerifier.create(run).verifyError(JobNotFoundError.class);
            long ids = qemu.received("blockdev-backup").stream()
                    .map(command -> command.arguments().path("job-id").stringValue())
                    .filter(id -> id.matches("backup-[0-9a-f-]{36}"))
                    .distinct()
                    .count();
            assertEquals(2, ids);
        }
        assertThrows(IllegalArgumentException.class, () -> QmpJobs.of(connectNothing())
                .run(QmpCommand.of("stop")));
    }

    private static QmpSession connectNothing() {
        try (RunningFakeQmpServer qemu = FakeQmpServer.create().startUnix()) {
            return connect(QmpClient.create().address(qemu.address()));
        }
    }
}
