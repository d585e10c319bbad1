package io.github.qmpreactive.job;

import static io.github.qmpreactive.job.JobScript.connect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.JobCancelledError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

@ExtendWith(LeakGuard.class)
@DisplayName("Jobs whose life is made up by chance")
class JobChanceTest {

    private static final int JOBS = 500;
    private static final JobOptions OFTEN = JobOptions.defaults().interval(Duration.ofMillis(1));

    private volatile ChanceJob job = new ChanceJob(0);

    @Test
    @DisplayName("end as they ended, whatever comes before or behind a reply, and are dismissed")
    void lives() {
        try (RunningFakeQmpServer qemu = FakeQmpServer.create()
                .when("query-jobs")
                .answer(query -> job.query())
                .when("blockdev-mirror")
                .answer(start -> job.start())
                .when("job-complete")
                .answer(complete -> job.complete())
                .when("job-dismiss")
                .answer(dismiss -> job.dismiss())
                .startUnix()) {
            QmpSession session = connect(QmpClient.create().address(qemu.address()));
            for (int seed = 0; seed < JOBS; seed++) {
                job = new ChanceJob(seed);
                String life = "seed " + seed + ": " + job;
                Throwable error = QmpJobs.of(session)
                        .run(start(job), OFTEN)
                        .then(Mono.<Throwable>empty())
                        .onErrorResume(Mono::just)
                        .blockOptional(Patience.PATIENCE)
                        .orElse(null);
                switch (job.end()) {
                    case SUCCESS -> assertEquals(null, error, life);
                    case FAILURE ->
                        assertEquals(
                                "No space left on device",
                                assertInstanceOf(JobFailedError.class, error, life)
                                        .reason());
                    case CANCELLED -> assertInstanceOf(JobCancelledError.class, error, life);
                }
                assertEquals(true, job.isGone(), life);
            }
            session.disconnect().block(Patience.PATIENCE);
        }
    }

    private static QmpCommand start(ChanceJob job) {
        return QmpCommand.of("blockdev-mirror").arguments(Map.of("job-id", "j0", "auto-dismiss", job.autoDismiss()));
    }
}
