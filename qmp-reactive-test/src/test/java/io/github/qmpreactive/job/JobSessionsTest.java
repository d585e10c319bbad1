package io.github.qmpreactive.job;

import static io.github.qmpreactive.job.JobScript.BACKUP;
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
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.JobCancelledError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.error.JobNotFoundError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A job whose session ends")
class JobSessionsTest {

    private static void losesAt(JobScript script, Class<? extends Throwable> error) {
        try (RunningFakeQmpServer qemu = script.closed().start()) {
            StepVerifier.create(jobs(qemu).run(MIRROR, QUIET))
                    .thenConsumeWhile(job -> true)
                    .verifyError(error);
        }
    }

    @Test
    @DisplayName("before the reply to its command errors with what tells whether it may have started")
    void beforeReply() {
        try (RunningFakeQmpServer qemu =
                starting(kept(MIRROR)).status("created", "running").closed().start()) {
            StepVerifier.create(jobs(qemu).run(MIRROR, QUIET))
                    .thenConsumeWhile(job -> true)
                    .verifyErrorSatisfies(e -> {
                        ExecInterruptedError error = assertInstanceOf(ExecInterruptedError.class, e);
                        assertEquals("blockdev-mirror", error.command());
                        assertTrue(error.isWritten());
                    });
        }
    }

    @Test
    @DisplayName(
            "errors with the cause of the end, at each step before its outcome is known, and then with the outcome")
    void lost() {
        JobScript running = starting(kept(MIRROR)).status("created", "running").replied();
        losesAt(running.expect(QmpCommand.of("query-jobs")), ConnectionLostError.class);
        JobScript ready =
                running.queried(info("mirror", "running", 4, 8)).status("ready").verb("job-complete");
        losesAt(ready, ConnectionLostError.class);
        JobScript concluded = ready.replied()
                .status("waiting", "pending")
                .event("COMPLETED", "mirror")
                .status("concluded");
        losesAt(ready.replied().status("waiting", "pending"), ConnectionLostError.class);
        keeps(concluded.expect(QmpCommand.of("query-jobs")), null);
        keeps(concluded.queried(info("mirror", "concluded", 8, 8)).verb("job-dismiss"), null);
        JobScript failing = running.queried(info("mirror", "running", 4, 8)).status("aborting");
        losesAt(failing, ConnectionLostError.class);
        keeps(failing.completedWithError("mirror", "Input/output error"), JobFailedError.class);
        keeps(failing.event("CANCELLED", "mirror"), JobCancelledError.class);
        keeps(
                failing.status("concluded")
                        .queried(failed("mirror", "Input/output error"))
                        .verb("job-dismiss"),
                JobFailedError.class);
    }

    /** The outcome is known, and not lost with the session. */
    private static void keeps(JobScript script, @Nullable Class<? extends Throwable> error) {
        if (error != null) {
            losesAt(script, error);
            return;
        }
        try (RunningFakeQmpServer qemu = script.closed().start()) {
            StepVerifier.create(jobs(qemu).run(MIRROR, QUIET))
                    .thenConsumeWhile(job -> true)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("by disconnect(), or that has ended before, errors with StateError")
    void disconnected() {
        try (RunningFakeQmpServer qemu = starting(kept(BACKUP))
                .status("created", "running")
                .replied()
                .queried(info("backup", "running", 4, 8))
                .start()) {
            QmpSession session = connect(QmpClient.create().address(qemu.address()));
            QmpJobs jobs = QmpJobs.of(session);
            StepVerifier.create(jobs.run(BACKUP, QUIET))
                    .expectNextCount(3)
                    .then(() -> session.disconnect().subscribe())
                    .verifyError(StateError.class);
            session.disconnect().block(Patience.PATIENCE);
            StepVerifier.create(jobs.run(BACKUP, QUIET)).verifyError(StateError.class);
            StepVerifier.create(jobs.follow("j0")).verifyError(StateError.class);
            StepVerifier.create(jobs.list()).verifyError(StateError.class);
            StepVerifier.create(jobs.complete("j0")).verifyError(StateError.class);
        }
    }

    @Test
    @DisplayName("goes on in the next one")
    void goesOn() {
        JobScript script = listening()
                .queried(info("mirror", "running", 4, 8))
                .status("ready")
                .verb("job-complete")
                .replied()
                .status("waiting", "pending")
                .event("COMPLETED", "mirror")
                .status("concluded")
                .queried(info("mirror", "concluded", 8, 8))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(statuses(jobs(qemu).follow("j0", QUIET)))
                    .expectNext("running", "ready", "waiting", "pending", "concluded")
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("and that has become ready meanwhile is completed in the next one")
    void readyMeanwhile() {
        JobScript script = listening()
                .queried(info("mirror", "ready", 8, 8))
                .verb("job-complete")
                .replied()
                .status("waiting", "pending")
                .event("COMPLETED", "mirror")
                .status("concluded")
                .queried(info("mirror", "concluded", 8, 8))
                .dismissed();
        try (RunningFakeQmpServer qemu = script.start()) {
            StepVerifier.create(statuses(jobs(qemu).follow("j0", QUIET)))
                    .expectNextCount(4)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("and that has concluded meanwhile ends in the next one at once, with its error or without, dismissed")
    void concludedMeanwhile() {
        JobScript succeeded =
                listening().queried(info("mirror", "concluded", 8, 8)).dismissed();
        try (RunningFakeQmpServer qemu = succeeded.start()) {
            StepVerifier.create(jobs(qemu).follow("j0", QUIET))
                    .expectNextCount(1)
                    .verifyComplete();
        }
        JobScript failed =
                listening().queried(failed("mirror", "No space left on device")).dismissed();
        try (RunningFakeQmpServer qemu = failed.start()) {
            StepVerifier.create(jobs(qemu).follow("j0", QUIET))
                    .expectNextCount(1)
                    .verifyError(JobFailedError.class);
        }
        JobScript cancelled =
                listening().queried(failed("mirror", "Operation canceled")).dismissed();
        try (RunningFakeQmpServer qemu = cancelled.start()) {
            StepVerifier.create(jobs(qemu).follow("j0", QUIET))
                    .expectNextCount(1)
                    .verifyError(JobCancelledError.class);
        }
    }

    @Test
    @DisplayName("and that QEMU does not know in the next one is not found")
    void unknown() {
        try (RunningFakeQmpServer qemu = listening()
                .queried(info("mirror", "running", 4, 8).replace("j0", "j1"))
                .start()) {
            StepVerifier.create(jobs(qemu).follow("j0", QUIET))
                    .verifyErrorSatisfies(e -> assertEquals(
                            "[vm] The job j0 is not known to QEMU: it never existed, or has ended and was dismissed",
                            assertInstanceOf(JobNotFoundError.class, e).getMessage()));
        }
    }
}
