package io.github.qmpreactive.job;

import static io.github.qmpreactive.job.FakeVmEndedJobsTest.FULL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.JobCancelledError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.TestVm;
import io.github.qmpreactive.test.vm.FakeJob;
import io.github.qmpreactive.test.vm.FakeVm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Holds for a fake and, in {@link QemuTransactionJobsTest}, for QEMU. */
@ExtendWith(LeakGuard.class)
@DisplayName("The backups of a transaction that QmpJobs follows as one, at a FakeVm:")
class FakeVmTransactionJobsTest {

    private static final List<String> SUCCEEDING = List.of("created", "running", "waiting", "pending", "concluded");

    @RegisterExtension
    static final TestVm VM =
            TestVm.of(FakeVm.create().withJob("j1", FakeJob.takes(Duration.ZERO).failsAt(0, FULL)));

    private final List<JobProgress> progress = new ArrayList<>();
    private QmpJobs jobs;

    @BeforeEach
    void nodes(QmpSession session, @TempDir Path folder) {
        BlockNodes nodes = new BlockNodes(session, folder);
        for (String node : List.of("src", "dst", "a", "ta", "image")) {
            nodes.raw(node);
        }
        nodes.full("full", "image");
        jobs = nodes.jobs();
    }

    /** The first, j0, waits to be finished; the second does not. */
    private Flux<JobProgress> backups(String mode, String id, String target) {
        Map<String, Object> first =
                Map.of("job-id", "j0", "device", "src", "target", "dst", "sync", "full", "auto-finalize", false);
        Map<String, Object> second = Map.of("job-id", id, "device", "a", "target", target, "sync", "full");
        QmpCommand start = QmpCommand.of("transaction")
                .arguments(Map.of(
                        "actions",
                        List.of(
                                Map.of("type", "blockdev-backup", "data", first),
                                Map.of("type", "blockdev-backup", "data", second)),
                        "properties",
                        Map.of("completion-mode", mode)));
        // Where the test may block.
        return jobs.run(start).publishOn(Schedulers.boundedElastic()).doOnNext(progress::add);
    }

    private List<String> states(String id) {
        return progress.stream()
                .filter(job -> job.id().equals(id) && !job.status().equals("paused"))
                .map(JobProgress::status)
                .distinct()
                .toList();
    }

    private List<String> reasons(String id) {
        return progress.stream()
                .filter(job -> job.id().equals(id))
                .flatMap(job -> job.error().stream())
                .distinct()
                .toList();
    }

    /** Both have come to where nothing happens by itself. */
    private Flux<String> settled(String id, String target) {
        return backups("individual", id, target)
                .map(job -> job.id() + " " + job.status())
                .filter(List.of("j0 pending", id + " concluded")::contains)
                .distinct();
    }

    @Test
    @DisplayName(
            "each ends for itself; if one has failed the other goes on, and then the error names the one that failed")
    void failsAlone() {
        StepVerifier.create(settled("j1", "full"))
                .expectNextCount(2)
                .then(() -> jobs.finish("j0").block(Patience.PATIENCE))
                .verifyErrorSatisfies(e -> {
                    JobFailedError error = assertInstanceOf(JobFailedError.class, e);
                    assertEquals(List.of("j1", FULL), List.of(error.job(), error.reason()));
                });
        assertEquals(SUCCEEDING, states("j0"));
        assertEquals(List.of(), reasons("j0"));
        assertEquals(List.of("created", "running", "aborting", "concluded"), states("j1"));
        assertEquals(List.of(FULL), reasons("j1"));
        StepVerifier.create(jobs.list()).verifyComplete();
    }

    @Test
    @DisplayName("if one has failed and the other is cancelled later, the error is that of the failure")
    void failsAndIsCancelled() {
        StepVerifier.create(settled("j1", "full"))
                .expectNextCount(2)
                .then(() -> jobs.cancel("j0").block(Patience.PATIENCE))
                .verifyErrorSatisfies(e -> assertEquals(
                        "j1", assertInstanceOf(JobFailedError.class, e).job()));
        assertEquals(List.of("Operation canceled"), reasons("j0"));
        StepVerifier.create(jobs.list()).verifyComplete();
    }

    @Test
    @DisplayName("with completion-mode grouped the others are cancelled for the one that fails, which the error names")
    void failTogether() {
        StepVerifier.create(backups("grouped", "j1", "full"))
                .thenConsumeWhile(job -> true)
                .verifyErrorSatisfies(e -> {
                    JobFailedError error = assertInstanceOf(JobFailedError.class, e);
                    assertEquals(List.of("j1", FULL), List.of(error.job(), error.reason()));
                });
        assertEquals(List.of("Operation canceled"), reasons("j0"));
        StepVerifier.create(jobs.list()).verifyComplete();
    }

    @Test
    @DisplayName("if one is cancelled the other goes on, and then the error names the one that was cancelled")
    void cancelledAlone() {
        StepVerifier.create(settled("j2", "ta"))
                .expectNextCount(2)
                .then(() -> jobs.cancel("j0").block(Patience.PATIENCE))
                .verifyErrorSatisfies(e -> assertEquals(
                        "j0", assertInstanceOf(JobCancelledError.class, e).job()));
        assertEquals(SUCCEEDING, states("j2"));
        assertEquals(List.of("created", "running", "waiting", "pending", "aborting", "concluded"), states("j0"));
        StepVerifier.create(jobs.list()).verifyComplete();
    }
}
