package io.github.qmpreactive.job;

import static io.github.qmpreactive.job.JobScript.BACKUP;
import static io.github.qmpreactive.job.JobScript.QUIET;
import static io.github.qmpreactive.job.JobScript.connect;
import static io.github.qmpreactive.job.JobScript.failed;
import static io.github.qmpreactive.job.JobScript.info;
import static io.github.qmpreactive.job.JobScript.jobs;
import static io.github.qmpreactive.job.JobScript.kept;
import static io.github.qmpreactive.job.JobScript.listening;
import static io.github.qmpreactive.job.JobScript.starting;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Cancelling what follows a job")
class JobCancelTest {

    private static final JobOptions CANCELLING = QUIET.cancelJobOnCancel();

    @Test
    @DisplayName("before its command was written sends nothing")
    void beforeWritten() {
        try (RunningFakeQmpServer qemu = FakeQmpServer.create()
                .when("slow")
                .silent()
                .when("query-jobs")
                .reply("[]")
                .when("job-cancel")
                .error("GenericError", "Job not found")
                .startUnix()) {
            QmpSession session =
                    connect(QmpClient.create().address(qemu.address()).maxInFlight(1));
            FakeConnection connection = qemu.awaitConnection();
            var slow = session.execute("slow").toFuture();
            var command = connection.awaitCommand("slow");
            List<Disposable> waiting = List.of(
                    QmpJobs.of(session).run(BACKUP, QUIET).subscribe(),
                    QmpJobs.of(session).run(BACKUP, CANCELLING).subscribe());
            waiting.forEach(Disposable::dispose);
            connection.answer(command, Answer.reply("{}"));
            slow.orTimeout(Patience.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
            // The job that was to be cancelled does not exist; that ends it.
            qemu.awaitCommand("query-jobs", 1);
            session.execute("query-jobs").block(Patience.PATIENCE);
            assertEquals(List.of(), qemu.received("blockdev-backup"));
            assertEquals(List.of(), qemu.received("job-cancel"));
        }
    }

    @Test
    @DisplayName("with cancelJobOnCancel while its command is on the way leaves another's job of that id alone")
    void anothersJob() {
        try (RunningFakeQmpServer qemu =
                starting(kept(BACKUP)).queried(info("backup", "running", 4, 8)).start()) {
            QmpSession session = connect(QmpClient.create().address(qemu.address()));
            Disposable run = QmpJobs.of(session).run(BACKUP, CANCELLING).subscribe();
            qemu.awaitCommand("blockdev-backup");
            run.dispose();
            qemu.verifyScript();
            session.disconnect().block(Patience.PATIENCE);
            assertEquals(List.of(), qemu.received("job-cancel"));
        }
    }

    @Test
    @DisplayName("with cancelJobOnCancel while the queue is full cancels the job later")
    void queueFull() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer qemu = FakeQmpServer.create()
                        .when("query-jobs")
                        .reply("[]", "[" + info("backup", "running", 4, 8) + "]")
                        .when("blockdev-backup")
                        .reply("{}")
                        .when("job-cancel")
                        .reply("{}")
                        .when("slow")
                        .silent()
                        .when("stop")
                        .reply("{}")
                        .startUnix()) {
            QmpSession session = connect(
                    QmpClient.create().address(qemu.address()).maxInFlight(1).maxQueued(1));
            Disposable run = QmpJobs.of(session).run(BACKUP, CANCELLING).subscribe();
            qemu.awaitCommand("query-jobs", 1);
            session.execute("slow").subscribe();
            var slow = qemu.awaitCommand("slow");
            Disposable waiting = session.execute("slow").subscribe();
            run.dispose();
            assertEquals(List.of(), qemu.received("job-cancel"));
            waiting.dispose();
            qemu.awaitConnection().answer(slow, Answer.reply("{}"));
            JobScript.awaitRoom(session);
            timers.runOut(Duration.ofSeconds(1));
            qemu.awaitCommand("job-cancel");
            session.disconnect().block(Patience.PATIENCE);
        }
    }

    @Test
    @DisplayName("leaves the job alone, and asks for nothing more")
    void leavesAlone() {
        try (RunningFakeQmpServer qemu = starting(kept(BACKUP))
                .status("created", "running")
                .replied()
                .queried(info("backup", "running", 4, 8))
                .status("waiting", "pending")
                .event("COMPLETED", "backup")
                .status("concluded")
                .expect(QmpCommand.of("stop"))
                .replied()
                .start()) {
            QmpSession session = connect(QmpClient.create().address(qemu.address()));
            StepVerifier.create(QmpJobs.of(session).run(BACKUP, QUIET))
                    .expectNextCount(3)
                    .thenCancel()
                    .verify();
            session.execute("stop").block(Patience.PATIENCE);
        }
    }

    @Test
    @DisplayName("with cancelJobOnCancel cancels the job, and dismisses it")
    void cancelsJob() {
        try (RunningFakeQmpServer qemu = starting(kept(BACKUP))
                .status("created", "running")
                .replied()
                .queried(info("backup", "running", 4, 8))
                .verb("job-cancel")
                .status("aborting")
                .event("CANCELLED", "backup")
                .replied()
                .status("concluded")
                .queried(failed("backup", "Operation canceled"))
                .dismissed()
                .start()) {
            StepVerifier.create(jobs(qemu).run(BACKUP, CANCELLING))
                    .expectNextCount(3)
                    .thenCancel()
                    .verify();
            qemu.verifyScript();
        }
    }

    @Test
    @DisplayName("with cancelJobOnCancel before the reply to the command cancels the job behind it")
    void cancelsJobBeforeReply() {
        try (RunningFakeQmpServer qemu = starting(kept(BACKUP))
                .status("created", "running")
                .verb("job-cancel")
                .answered("blockdev-backup")
                .status("aborting")
                .event("CANCELLED", "backup")
                .answered("job-cancel")
                .status("concluded")
                .queried(failed("backup", "Operation canceled"))
                .dismissed()
                .start()) {
            StepVerifier.create(jobs(qemu).run(BACKUP, CANCELLING))
                    .expectNextCount(2)
                    .thenCancel()
                    .verify();
            qemu.verifyScript();
        }
    }

    @Test
    @DisplayName("with cancelJobOnCancel of a job that has ended meanwhile dismisses it")
    void cancelsTooLate() {
        try (RunningFakeQmpServer qemu = listening()
                .queried(info("backup", "running", 4, 8))
                .verb("job-cancel")
                .status("waiting", "pending")
                .event("COMPLETED", "backup")
                .status("concluded")
                .refused("Job 'j0' in state 'concluded' cannot accept command verb 'cancel'")
                .queried(info("backup", "concluded", 8, 8))
                .dismissed()
                .start()) {
            StepVerifier.create(jobs(qemu).follow("j0", CANCELLING))
                    .expectNextCount(1)
                    .thenCancel()
                    .verify();
            qemu.verifyScript();
        }
    }

    @Test
    @DisplayName("with cancelJobOnCancel of a job that is gone ends, and so does the end of the session")
    void cancelsWhatIsGone() {
        try (RunningFakeQmpServer qemu = listening()
                .queried(info("backup", "running", 4, 8))
                .verb("job-cancel")
                .refused("Job not found")
                .queried()
                .start()) {
            StepVerifier.create(jobs(qemu).follow("j0", CANCELLING))
                    .expectNextCount(1)
                    .thenCancel()
                    .verify();
            qemu.verifyScript();
        }
        try (RunningFakeQmpServer qemu = listening()
                .queried(info("backup", "running", 4, 8))
                .verb("job-cancel")
                .closed()
                .start()) {
            StepVerifier.create(jobs(qemu).follow("j0", CANCELLING))
                    .expectNextCount(1)
                    .thenCancel()
                    .verify();
            qemu.verifyScript();
        }
    }

    @Test
    @DisplayName("when it is ready keeps a mirror from being completed")
    void whenReady() {
        try (RunningFakeQmpServer qemu = starting(kept(JobScript.MIRROR))
                .status("created", "running")
                .replied()
                .queried(info("mirror", "running", 4, 8))
                .status("ready")
                .expect(QmpCommand.of("stop"))
                .replied()
                .start()) {
            QmpSession session = connect(QmpClient.create().address(qemu.address()));
            StepVerifier.create(QmpJobs.of(session)
                            .run(JobScript.MIRROR, QUIET)
                            .takeUntil(JobProgress::isReady)
                            .last())
                    .expectNextCount(1)
                    .verifyComplete();
            session.execute("stop").block(Patience.PATIENCE);
        }
    }
}
