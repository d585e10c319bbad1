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
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@Qemu
@DisplayName("QmpJobs at real QEMU")
class QemuJobsTest {

    private BlockNodes nodes;
    private QmpJobs jobs;

    @BeforeEach
    void nodes(QemuProcess qemu, QmpSession session) {
        nodes = new BlockNodes(session, qemu.folder());
        jobs = nodes.jobs();
    }

    private static QmpCommand job(String command, String device, Map<String, ?> more) {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.put("device", device);
        return QmpCommand.of(command).arguments(arguments);
    }

    private static QmpCommand mirror(Map<String, ?> more) {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.putAll(Map.of("target", "dst", "sync", "full", "job-id", "j0"));
        return job("blockdev-mirror", "src", arguments);
    }

    private static QmpCommand backup(Map<String, ?> more) {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.putAll(Map.of("target", "dst", "sync", "full"));
        return job("blockdev-backup", "src", arguments);
    }

    private void sourceAndTarget() {
        nodes.raw("src");
        nodes.raw("dst");
    }

    /** It has ended well, its figures are those, and QEMU has forgotten it. */
    private void succeeds(Flux<JobProgress> run, String type, long total) {
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
        nodes.raw("base");
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
    @DisplayName("An image is amended by a job, and what is not to be amended is refused")
    void amend() {
        nodes.qcow2("image");
        StepVerifier.create(statuses(jobs.run(amended("image", "qcow2"))).last())
                .expectNext("concluded")
                .verifyComplete();
        StepVerifier.create(jobs.run(amended("image", "luks"))).verifyError(ExecuteError.class);
        StepVerifier.create(jobs.list()).verifyComplete();
    }

    private static QmpCommand amended(String node, String driver) {
        return QmpCommand.of("x-blockdev-amend")
                .arguments(Map.of("node-name", node, "options", Map.of("driver", driver)));
    }

    @Test
    @DisplayName("A target that is full fails the job; it can be deleted at once, and the next attempt succeeds")
    void full() {
        nodes.raw("src");
        nodes.raw("image");
        nodes.full("dst", "image");
        StepVerifier.create(jobs.run(mirror(Map.of())))
                .thenConsumeWhile(job -> true)
                .verifyErrorSatisfies(e -> assertEquals(
                        "No space left on device",
                        assertInstanceOf(JobFailedError.class, e).reason()));
        nodes.delete("dst");
        nodes.raw("dst");
        succeeds(jobs.run(mirror(Map.of())), "mirror", BlockNodes.SIZE);
    }

    @Test
    @DisplayName("With auto-dismiss the error of a failed backup is known all the same")
    void fullWithAutoDismiss() {
        nodes.raw("src");
        nodes.raw("image");
        nodes.full("dst", "image");
        StepVerifier.create(jobs.run(backup(Map.of("auto-dismiss", true))))
                .thenConsumeWhile(job -> true)
                .verifyErrorSatisfies(e -> assertEquals(
                        "No space left on device",
                        assertInstanceOf(JobFailedError.class, e).reason()));
    }

    @Test
    @DisplayName("A job that an error has paused is resumed, and succeeds")
    void paused() {
        nodes.raw("src");
        nodes.raw("image");
        nodes.full("dst", "image");
        QmpCommand start = mirror(Map.of("on-target-error", "stop"));
        Flux<QmpEvent> errors = nodes.session().events("BLOCK_JOB_ERROR");
        succeeds(
                // Listens before the job begins.
                Flux.merge(
                        errors.next()
                                .then(nodes.session()
                                        .events("JOB_STATUS_CHANGE")
                                        .filter(event -> event.data()
                                                .path("status")
                                                .asString("")
                                                .equals("paused"))
                                        .next())
                                .then(jobs.resume("j0"))
                                .then(Mono.<JobProgress>empty()),
                        jobs.run(start)),
                "mirror",
                BlockNodes.SIZE);
    }

    @Test
    @DisplayName("A target of another size fails inside the job, an unknown node in its command")
    void refused() {
        nodes.raw("src");
        nodes.raw("dst", BlockNodes.SIZE / 2);
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
        StepVerifier.create(jobs.follow("j0"))
                .expectNextCount(1)
                .then(() -> nodes.session()
                        .execute("block-job-set-speed", Map.of("device", "j0", "speed", 0))
                        .block(Patience.PATIENCE))
                .thenConsumeWhile(job -> true)
                .verifyComplete();
    }

    @Test
    @DisplayName(
            "After a lost session a job goes on in the next, and one that has ended meanwhile has its outcome there")
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

        nodes.raw("image");
        nodes.full("bad", "image");
        QmpCommand failing = job(
                "blockdev-backup",
                "dst",
                Map.of("target", "bad", "sync", "full", "job-id", "j1", "auto-dismiss", false));
        nodes.session()
                .executeAndAwait(failing, QmpEvent.matching("JOB_STATUS_CHANGE", Map.of("status", "concluded")))
                .block(Patience.PATIENCE);
        QmpSession second = connect(client);
        StepVerifier.create(QmpJobs.of(second).follow("j1")).expectNextCount(1).verifyError(JobFailedError.class);
        second.disconnect().block(Patience.PATIENCE);
        StepVerifier.create(jobs.list()).verifyComplete();
    }

    @Test
    @DisplayName("The backups of a transaction are followed as one; if one fails, the error names it")
    void transaction() {
        sourceAndTarget();
        nodes.raw("a");
        nodes.raw("ta");
        succeedsTogether("dst", "ta");
        nodes.full("bad", "ta");
        StepVerifier.create(jobs.run(backups("dst", "bad")))
                .thenConsumeWhile(job -> true)
                .verifyErrorSatisfies(e -> {
                    JobFailedError error = assertInstanceOf(JobFailedError.class, e);
                    assertEquals("j1", error.job());
                    assertEquals("No space left on device", error.reason());
                });
        StepVerifier.create(jobs.list()).verifyComplete();
        StepVerifier.create(jobs.run(backups("dst", "nope")))
                .thenConsumeWhile(job -> true)
                .verifyError(ExecuteError.class);
        Map<String, ?> withoutTarget = Map.of("type", "blockdev-backup", "data", Map.of("device", "a", "sync", "full"));
        StepVerifier.create(jobs.run(QmpCommand.of("transaction")
                        .arguments(Map.of("actions", List.of(action("j0", "src", "dst"), withoutTarget)))))
                .verifyErrorSatisfies(e -> assertEquals(
                        "Parameter 'actions[1].data.target' is missing",
                        assertInstanceOf(ExecuteError.class, e).description()));
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

    private static QmpCommand backups(String first, String second) {
        return QmpCommand.of("transaction")
                .arguments(Map.of(
                        "actions",
                        List.of(action("j0", "src", first), action("j1", "a", second)),
                        "properties",
                        Map.of("completion-mode", "grouped")));
    }

    private static Map<String, ?> action(String id, String device, String target) {
        return Map.of(
                "type",
                "blockdev-backup",
                "data",
                Map.of("job-id", id, "device", device, "target", target, "sync", "full"));
    }
}
