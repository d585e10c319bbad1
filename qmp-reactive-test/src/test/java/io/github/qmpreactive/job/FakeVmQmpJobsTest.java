package io.github.qmpreactive.job;

import static io.github.qmpreactive.job.JobScript.connect;
import static io.github.qmpreactive.job.JobScript.statuses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.JobCancelledError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.error.JobNotFoundError;
import io.github.qmpreactive.job.JobOptions.WhenReady;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.TestVm;
import io.github.qmpreactive.test.vm.FakeVm;
import java.nio.file.Path;
import java.util.HashMap;
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

/** Holds for a fake and, in {@link QemuJobsTest}, for QEMU. */
@ExtendWith(LeakGuard.class)
@DisplayName("QmpJobs at a FakeVm")
class FakeVmQmpJobsTest {

    @RegisterExtension
    static final TestVm VM = TestVm.of(FakeVm.create());

    BlockNodes nodes;
    QmpJobs jobs;

    @BeforeEach
    void nodes(QmpSession session, @TempDir Path folder) {
        nodes = new BlockNodes(session, folder);
        jobs = nodes.jobs();
    }

    static QmpCommand job(String command, String device, Map<String, ?> more) {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.put("device", device);
        return QmpCommand.of(command).arguments(arguments);
    }

    static QmpCommand mirror(Map<String, ?> more) {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.putAll(Map.of("target", "dst", "sync", "full", "job-id", "j0"));
        return job("blockdev-mirror", "src", arguments);
    }

    static QmpCommand backup(Map<String, ?> more) {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.putAll(Map.of("target", "dst", "sync", "full"));
        return job("blockdev-backup", "src", arguments);
    }

    private void sourceAndTarget() {
        nodes.disk("src");
        nodes.disk("dst");
    }

    /** It has ended well, its figures are those, and QEMU has forgotten it. */
    void succeeds(Flux<JobProgress> run, String type, long total) {
        StepVerifier.create(run.last())
                .assertNext(job -> {
                    assertEquals(type, job.type());
                    assertEquals("concluded", job.status());
                    assertEquals(total, job.total());
                    assertEquals(total, job.current());
                })
                .verifyComplete();
        StepVerifier.create(jobs.list()).verifyComplete();
    }

    @Test
    @DisplayName("A mirror is completed, and the device uses the target")
    void mirror() {
        sourceAndTarget();
        succeeds(jobs.run(mirror(Map.of())), "mirror", BlockNodes.SIZE);
        nodes.delete("src");
    }

    @Test
    @DisplayName("A mirror that is to be cancelled when it is ready ends as a copy, which is success")
    void copy() {
        sourceAndTarget();
        succeeds(
                jobs.run(mirror(Map.of()), JobOptions.defaults().whenReady(WhenReady.CANCEL)),
                "mirror",
                BlockNodes.SIZE);
        nodes.delete("dst");
    }

    @Test
    @DisplayName("A mirror that waits when it is ready is completed by hand, and finished where auto-finalize is false")
    void byHand() {
        sourceAndTarget();
        StepVerifier.create(statuses(jobs.run(
                                mirror(Map.of("auto-finalize", false)),
                                JobOptions.defaults().whenReady(WhenReady.WAIT)))
                        .filter(status ->
                                List.of("ready", "pending", "concluded").contains(status))
                        .distinct())
                .expectNext("ready")
                .then(() -> jobs.complete("j0").block(Patience.PATIENCE))
                .expectNext("pending")
                .then(() -> jobs.finish("j0").block(Patience.PATIENCE))
                .expectNext("concluded")
                .verifyComplete();
    }

    @Test
    @DisplayName("A backup, a stream and both kinds of commit succeed, each with an id of its own")
    void otherKinds() {
        sourceAndTarget();
        succeeds(jobs.run(backup(Map.of())), "backup", BlockNodes.SIZE);
        nodes.disk("base");
        nodes.overlay("mid", "base");
        nodes.overlay("top", "mid");
        StepVerifier.create(jobs.run(job("block-commit", "top", Map.of("top-node", "mid", "base-node", "base")))
                        .last()
                        .map(JobProgress::type))
                .expectNext("commit")
                .verifyComplete();
        nodes.overlay("above", "top");
        StepVerifier.create(jobs.run(job("block-stream", "above", Map.of("base-node", "base")))
                        .last()
                        .map(JobProgress::type))
                .expectNext("stream")
                .verifyComplete();
        StepVerifier.create(statuses(jobs.run(job("block-commit", "above", Map.of())))
                        .filter(status -> List.of("ready", "concluded").contains(status))
                        .distinct())
                .expectNext("ready", "concluded")
                .verifyComplete();
        StepVerifier.create(jobs.list()).verifyComplete();
    }

    @Test
    @DisplayName("An image is created by jobs, and the error of one that fails at once is not lost")
    void create() {
        nodes.qcow2("image");
        StepVerifier.create(jobs.run(BlockNodes.create(Map.of("driver", "qcow2", "file", "missing", "size", 1 << 20))))
                .thenConsumeWhile(job -> true)
                .verifyErrorSatisfies(e -> {
                    String reason = assertInstanceOf(JobFailedError.class, e).reason();
                    assertTrue(reason.startsWith("Cannot find device="), reason);
                });
        StepVerifier.create(jobs.list()).verifyComplete();
    }

    @Test
    @DisplayName("A target of another size fails inside the job, an unknown node in its command")
    void refused() {
        nodes.disk("src");
        nodes.disk("dst", BlockNodes.SIZE / 2);
        StepVerifier.create(jobs.run(mirror(Map.of())))
                .thenConsumeWhile(job -> true)
                .verifyError(JobFailedError.class);
        StepVerifier.create(jobs.run(job("blockdev-mirror", "nope", Map.of("target", "dst", "sync", "full"))))
                .verifyError(ExecuteError.class);
    }

    @Test
    @DisplayName("A backup that is over before the reply to its command has succeeded, each time")
    void quick() {
        nodes.add(Map.of("driver", "null-co", "node-name", "src", "size", 1 << 20, "read-zeroes", true));
        nodes.add(Map.of("driver", "null-co", "node-name", "dst", "size", 1 << 20));
        for (boolean autoDismiss : new boolean[] {true, false}) {
            for (int n = 0; n < 20; n++) {
                succeeds(jobs.run(backup(Map.of("auto-dismiss", autoDismiss))), "backup", 1 << 20);
            }
        }
    }

    @Test
    @DisplayName("A job is cancelled by another client, and so by the end of QEMU")
    void cancelled(QmpClient client) {
        sourceAndTarget();
        QmpCommand slow = mirror(Map.of("speed", 65536, "buf-size", 65536));
        QmpSession other = connect(client);
        StepVerifier.create(statuses(jobs.run(slow)).filter("running"::equals))
                .expectNextCount(1)
                .then(() -> QmpJobs.of(other).cancel("j0").block(Patience.PATIENCE))
                .thenConsumeWhile(status -> true)
                .verifyError(JobCancelledError.class);
        other.disconnect().block(Patience.PATIENCE);
        StepVerifier.create(statuses(jobs.run(slow)).filter("running"::equals))
                .expectNextCount(1)
                .then(() -> nodes.session().quit().subscribe())
                .thenConsumeWhile(status -> true)
                .verifyError(JobCancelledError.class);
    }

    @Test
    @DisplayName(
            "Cancelling the subscription with cancelJobOnCancel leaves no job; without, the job can be followed again")
    void cancelling() {
        sourceAndTarget();
        QmpCommand slow = mirror(Map.of("speed", 65536, "buf-size", 65536));
        Flux<QmpEvent> gone = nodes.session()
                .events("JOB_STATUS_CHANGE")
                .filter(event -> event.data().path("status").asString("").equals("null"));
        StepVerifier.create(gone)
                .then(() -> StepVerifier.create(
                                jobs.run(slow, JobOptions.defaults().cancelJobOnCancel()))
                        .expectNextCount(2)
                        .thenCancel()
                        .verify())
                .expectNextCount(1)
                .thenCancel()
                .verify();
        StepVerifier.create(jobs.list()).verifyComplete();
        StepVerifier.create(jobs.run(slow)).expectNextCount(2).thenCancel().verify();
        StepVerifier.create(jobs.follow("j0").publishOn(Schedulers.boundedElastic()))
                .expectNextCount(1)
                .then(() -> nodes.session()
                        .execute("block-job-set-speed", Map.of("device", "j0", "speed", 0))
                        .block(Patience.PATIENCE))
                .thenConsumeWhile(job -> true)
                .verifyComplete();
    }

    @Test
    @DisplayName("After a lost session a job goes on in the next")
    void nextSession(QmpClient client) {
        sourceAndTarget();
        QmpSession first = connect(client);
        StepVerifier.create(statuses(QmpJobs.of(first)
                                .run(mirror(Map.of()), JobOptions.defaults().whenReady(WhenReady.WAIT)))
                        .filter("ready"::equals))
                .expectNextCount(1)
                .then(() -> first.disconnect().subscribe())
                .verifyError();
        succeeds(jobs.follow("j0"), "mirror", BlockNodes.SIZE);
        StepVerifier.create(jobs.follow("j0")).verifyError(JobNotFoundError.class);
    }

    @Test
    @DisplayName("The backups of a transaction are followed as one")
    void transaction() {
        sourceAndTarget();
        nodes.disk("a");
        nodes.disk("ta");
        succeedsTogether("dst", "ta");
        StepVerifier.create(jobs.run(backups("dst", "nope")))
                .thenConsumeWhile(job -> true)
                .verifyError(ExecuteError.class);
        StepVerifier.create(jobs.list()).verifyComplete();
    }

    private void succeedsTogether(String first, String second) {
        StepVerifier.create(jobs.run(backups(first, second))
                        .filter(JobProgress::isConcluded)
                        .map(JobProgress::id)
                        .distinct()
                        .sort())
                .expectNext("j0", "j1")
                .verifyComplete();
        StepVerifier.create(jobs.list()).verifyComplete();
    }

    static QmpCommand backups(String first, String second) {
        return QmpCommand.of("transaction")
                .arguments(Map.of(
                        "actions",
                        List.of(action("j0", "src", first), action("j1", "a", second)),
                        "properties",
                        Map.of("completion-mode", "grouped")));
    }

    static Map<String, ?> action(String id, String device, String target) {
        return Map.of(
                "type",
                "blockdev-backup",
                "data",
                Map.of("job-id", id, "device", device, "target", target, "sync", "full"));
    }
}
