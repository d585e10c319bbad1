package io.github.qmpreactive.job;

import static io.github.qmpreactive.job.JobScript.MIRROR;
import static io.github.qmpreactive.job.JobScript.QUIET;
import static io.github.qmpreactive.job.JobScript.connect;
import static io.github.qmpreactive.job.JobScript.info;
import static io.github.qmpreactive.job.JobScript.statuses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A start of a job whose time limit passes before it is answered")
class JobUnansweredTest {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private static final String CREATED = "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 1}, \"event\": "
            + "\"JOB_STATUS_CHANGE\", \"data\": {\"id\": \"j0\", \"status\": \"created\"}}\r\n";

    private static QmpJobs jobs(RunningFakeQmpServer qemu) {
        return QmpJobs.of(connect(QmpClient.create().address(qemu.address()).commandTimeout(LIMIT)));
    }

    @Test
    @DisplayName("is no end of the job: while a snapshot is saved QEMU answers nothing in band")
    void silence() {
        QmpCommand save = QmpCommand.of("snapshot-save").arguments(Map.of("job-id", "j0", "tag", "t"));
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer qemu = FakeQmpServer.create()
                        .when("query-jobs")
                        .reply(
                                "[]",
                                "[" + info("snapshot-save", "running", 0, 1) + "]",
                                "[" + info("snapshot-save", "concluded", 1, 1) + "]")
                        .when("snapshot-save")
                        .answer(Answer.text(CREATED))
                        .when("job-dismiss")
                        .reply("{}")
                        .startUnix()) {
            StepVerifier.create(statuses(jobs(qemu).run(save, QUIET)))
                    .expectNext("created")
                    .then(() -> timers.runOut(LIMIT))
                    .expectNext("running")
                    .then(() -> qemu.emit("JOB_STATUS_CHANGE", "{\"id\": \"j0\", \"status\": \"concluded\"}"))
                    .expectNext("concluded")
                    .verifyComplete();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"concluded", "ready", "running"})
    @DisplayName("is the error if it created no job: another's job of that id is left alone")
    void anothersJob(String status) {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer qemu = FakeQmpServer.create()
                        .when("query-jobs")
                        .reply("[" + info("mirror", status, 8, 8) + "]")
                        .when("blockdev-mirror")
                        .silent()
                        .startUnix()) {
            StepVerifier.create(jobs(qemu).run(MIRROR, QUIET))
                    .then(() -> qemu.awaitCommand("blockdev-mirror"))
                    .then(() -> timers.runOut(LIMIT))
                    .thenConsumeWhile(job -> true)
                    .verifyError(ExecTimeoutError.class);
            assertEquals(List.of(), qemu.received("job-dismiss"));
            assertEquals(List.of(), qemu.received("job-complete"));
        }
    }
}
