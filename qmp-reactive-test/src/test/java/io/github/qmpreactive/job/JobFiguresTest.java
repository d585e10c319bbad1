package io.github.qmpreactive.job;

import static io.github.qmpreactive.job.JobScript.BACKUP;
import static io.github.qmpreactive.job.JobScript.connect;
import static io.github.qmpreactive.job.JobScript.info;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("How much of a job is done")
class JobFiguresTest {

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();

    @AfterEach
    void reset() {
        VirtualTimeScheduler.reset();
    }

    private static String running(int current) {
        return "[" + info("backup", "running", current, 8) + "]";
    }

    private static FakeQmpServer machine() {
        return FakeQmpServer.create()
                .when("blockdev-backup")
                .reply("{}")
                .when("job-dismiss")
                .reply("{}");
    }

    private static QmpSession session(RunningFakeQmpServer qemu) {
        return connect(QmpClient.create().address(qemu.address()));
    }

    /** The query number n has been answered, and the client has the reply: 0 is the one with which it listens. */
    private static void answered(RunningFakeQmpServer qemu, QmpSession session, int number) {
        qemu.awaitCommand("query-jobs", number);
        session.execute("stop").block(Patience.PATIENCE);
    }

    @Test
    @DisplayName("is asked for once after the start, then at the interval, and emitted where it has changed")
    void interval() {
        try (RunningFakeQmpServer qemu = machine()
                .when("stop")
                .reply("{}")
                .when("query-jobs")
                .reply("[]", running(2), running(2), running(4))
                .startUnix()) {
            QmpSession session = session(qemu);
            StepVerifier.create(QmpJobs.of(session).run(BACKUP).map(JobProgress::fraction))
                    .assertNext(done -> assertEquals(0.25, done.getAsDouble()))
                    .then(() -> answered(qemu, session, 1))
                    .then(() -> time.advanceTimeBy(INTERVAL))
                    .then(() -> answered(qemu, session, 2))
                    .then(() -> time.advanceTimeBy(INTERVAL))
                    .assertNext(done -> assertEquals(0.5, done.getAsDouble()))
                    .thenCancel()
                    .verify();
            session.disconnect().block(Patience.PATIENCE);
            int queries = qemu.received("query-jobs").size();
            time.advanceTimeBy(INTERVAL.multipliedBy(10));
            assertEquals(queries, qemu.received("query-jobs").size());
        }
    }

    @Test
    @DisplayName("is not asked for while the reply before is awaited")
    void oneAtATime() {
        try (RunningFakeQmpServer qemu = machine()
                .when("query-jobs")
                .answer(
                        Answer.reply("[]"),
                        Answer.reply(running(2)),
                        Answer.reply(running(2)).delayed(Duration.ofDays(1)))
                .when("stop")
                .reply("{}")
                .startUnix()) {
            QmpSession session = session(qemu);
            StepVerifier.create(QmpJobs.of(session).run(BACKUP))
                    .expectNextCount(1)
                    .then(() -> answered(qemu, session, 1))
                    .then(() -> time.advanceTimeBy(INTERVAL.multipliedBy(10)))
                    .then(() -> qemu.awaitCommand("query-jobs", 2))
                    .thenCancel()
                    .verify();
            assertEquals(3, qemu.received("query-jobs").size());
        }
    }

    @Test
    @DisplayName("is not asked for while the subscriber requests nothing; the job is followed to its end all the same")
    void demand() {
        try (RunningFakeQmpServer qemu = machine()
                .when("stop")
                .reply("{}")
                .when("query-jobs")
                .reply("[]", running(2), "[" + info("backup", "concluded", 8, 8) + "]")
                .startUnix()) {
            QmpSession session = session(qemu);
            StepVerifier.create(QmpJobs.of(session).run(BACKUP), 1)
                    .expectNextCount(1)
                    .then(() -> answered(qemu, session, 1))
                    .then(() -> time.advanceTimeBy(INTERVAL.multipliedBy(10)))
                    .then(() -> session.execute("stop").block(Patience.PATIENCE))
                    .then(() -> assertEquals(2, qemu.received("query-jobs").size()))
                    .then(() -> qemu.emit("JOB_STATUS_CHANGE", "{\"id\": \"j0\", \"status\": \"waiting\"}"))
                    .then(() -> qemu.emit("JOB_STATUS_CHANGE", "{\"id\": \"j0\", \"status\": \"concluded\"}"))
                    .then(() -> qemu.awaitCommand("job-dismiss"))
                    .thenRequest(1)
                    .assertNext(job -> assertTrue(job.isConcluded()))
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName(
            "is asked for later where the queue is full, and so is what the job needs: completion, and its outcome")
    void fullQueue() {
        AtomicReference<String> status = new AtomicReference<>("running");
        try (RunningFakeQmpServer qemu = machine()
                .when("query-jobs")
                .answer(query -> Answer.reply("[" + info("backup", status.get(), 2, 8) + "]"))
                .when("job-complete")
                .reply("{}")
                .when("slow")
                .silent()
                .when("stop")
                .reply("{}")
                .startUnix()) {
            QmpSession session = connect(
                    QmpClient.create().address(qemu.address()).maxInFlight(1).maxQueued(2));
            StepVerifier.create(QmpJobs.of(session).run(BACKUP).map(JobProgress::status))
                    .expectNext("running")
                    .then(() -> status.set("ready"))
                    .then(() -> whileFull(qemu, session, 0, "ready"))
                    .expectNext("ready")
                    .then(() -> goOn(qemu, session, 0))
                    .then(() -> assertEquals(List.of(), qemu.received("job-complete")))
                    .then(() -> time.advanceTimeBy(INTERVAL))
                    .then(() -> qemu.awaitCommand("job-complete"))
                    // Behind all that the tick and the second try have sent.
                    .then(() -> session.execute("stop").block(Patience.PATIENCE))
                    .then(() -> status.set("concluded"))
                    .then(() -> whileFull(qemu, session, 1, "concluded"))
                    .expectNext("concluded")
                    .then(() -> goOn(qemu, session, 1))
                    .then(() -> assertEquals(List.of(), qemu.received("job-dismiss")))
                    .then(() -> time.advanceTimeBy(INTERVAL))
                    .verifyComplete();
            assertEquals(1, qemu.received("job-complete").size());
            assertEquals(1, qemu.received("job-dismiss").size());
        }
    }

    /** One command is not answered, as many wait as may, and then the job changes. */
    private static void whileFull(RunningFakeQmpServer qemu, QmpSession session, int time, String status) {
        session.execute("slow").subscribe();
        qemu.awaitCommand("slow", time);
        session.execute("stop").subscribe();
        session.execute("stop").subscribe();
        qemu.emit("JOB_STATUS_CHANGE", "{\"id\": \"j0\", \"status\": \"" + status + "\"}");
    }

    private static void goOn(RunningFakeQmpServer qemu, QmpSession session, int time) {
        qemu.awaitConnection().reply(qemu.awaitCommand("slow", time), "{}");
        JobScript.awaitRoom(session);
    }

    @Test
    @DisplayName("is asked for at an interval of more than zero")
    void options() {
        JobOptions defaults = JobOptions.defaults();
        assertThrows(IllegalArgumentException.class, () -> defaults.interval(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> defaults.interval(INTERVAL.negated()));
        assertEquals(INTERVAL, defaults.interval());
        assertEquals(JobOptions.WhenReady.COMPLETE, defaults.whenReady());
        assertTrue(defaults.cancelJobOnCancel().cancelsJobOnCancel());
    }
}
