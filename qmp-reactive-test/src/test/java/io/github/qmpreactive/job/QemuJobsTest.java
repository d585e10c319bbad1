package io.github.qmpreactive.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.junit.Qemu;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@Qemu
@DisplayName("QmpJobs at real QEMU")
class QemuJobsTest extends FakeVmQmpJobsTest {

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
    @DisplayName("An action of a transaction that is wrong in form is named by QEMU, and no job is left")
    void transactionRefused() {
        nodes.raw("a");
        Map<String, ?> withoutTarget = Map.of("type", "blockdev-backup", "data", Map.of("device", "a", "sync", "full"));
        StepVerifier.create(jobs.run(QmpCommand.of("transaction")
                        .arguments(Map.of("actions", List.of(action("j0", "a", "b"), withoutTarget)))))
                .verifyErrorSatisfies(e -> assertEquals(
                        "Parameter 'actions[1].data.target' is missing",
                        assertInstanceOf(ExecuteError.class, e).description()));
        StepVerifier.create(jobs.list()).verifyComplete();
    }
}
