package io.github.qmpreactive.job;

import static io.github.qmpreactive.job.FakeVmQmpJobsTest.job;
import static io.github.qmpreactive.job.FakeVmQmpJobsTest.mirror;
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
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.TestVm;
import io.github.qmpreactive.test.vm.FakeJob;
import io.github.qmpreactive.test.vm.FakeVm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.test.StepVerifier;

/** Holds for a fake and, in {@link QemuEndedJobsTest}, for QEMU. */
@ExtendWith(LeakGuard.class)
@DisplayName("A job that has ended meanwhile, at a FakeVm:")
class FakeVmEndedJobsTest {

    static final String FULL = "No space left on device";

    @RegisterExtension
    static final TestVm VM = TestVm.of(
            FakeVm.create().withJob("bad", FakeJob.takes(Duration.ZERO).failsAt(0, FULL)));

    private BlockNodes nodes;
    private QmpJobs jobs;

    @BeforeEach
    void nodes(QmpSession session, @TempDir Path folder) {
        nodes = new BlockNodes(session, folder);
        jobs = nodes.jobs();
    }

    private static QmpCommand backup(String id, String target, Map<String, ?> more) {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.putAll(Map.of("job-id", id, "target", target, "sync", "full", "auto-dismiss", false));
        return job("blockdev-backup", "src", arguments);
    }

    private void reaches(QmpCommand command, String id, String status) {
        nodes.session()
                .executeAndAwait(command, QmpEvent.matching("JOB_STATUS_CHANGE", Map.of("id", id, "status", status)))
                .block(Patience.PATIENCE);
    }

    private void concludes(Mono<Void> verb, String id) {
        StepVerifier.create(nodes.session()
                        .events("JOB_STATUS_CHANGE")
                        .filter(event -> event.data().path("id").asString("").equals(id)
                                && event.data().path("status").asString("").equals("concluded"))
                        .next()
                        .then())
                .then(() -> verb.block(Patience.PATIENCE))
                .verifyComplete();
    }

    /** A job of a session that ends before it. */
    private void leftPending(QmpClient client, String id, String target) {
        QmpSession first = connect(client);
        StepVerifier.create(statuses(QmpJobs.of(first).run(backup(id, target, Map.of("auto-finalize", false))))
                        .filter("pending"::equals))
                .expectNextCount(1)
                .then(() -> first.disconnect().subscribe())
                .verifyError(StateError.class);
    }

    @Test
    @DisplayName("the next session emits how it has ended, once: without an error, with it, or cancelled")
    void follow(QmpClient client) {
        for (String node : List.of("src", "dst", "other", "image")) {
            nodes.raw(node);
        }
        nodes.full("full", "image");
        leftPending(client, "good", "dst");
        concludes(jobs.finish("good"), "good");
        leftPending(client, "cancelled", "other");
        concludes(jobs.cancel("cancelled"), "cancelled");
        reaches(backup("bad", "full", Map.of()), "bad", "concluded");

        QmpSession next = connect(client);
        QmpJobs later = QmpJobs.of(next);
        StepVerifier.create(statuses(later.follow("good")))
                .expectNext("concluded")
                .verifyComplete();
        StepVerifier.create(statuses(later.follow("cancelled")))
                .expectNext("concluded")
                .verifyError(JobCancelledError.class);
        StepVerifier.create(statuses(later.follow("bad")))
                .expectNext("concluded")
                .verifyErrorSatisfies(e -> {
                    JobFailedError error = assertInstanceOf(JobFailedError.class, e);
                    assertEquals(List.of("bad", "backup", FULL), List.of(error.job(), error.type(), error.reason()));
                });
        StepVerifier.create(later.follow("bad")).verifyError(JobNotFoundError.class);
        StepVerifier.create(later.list()).verifyComplete();
        next.disconnect().block(Patience.PATIENCE);
    }

    /** On the event loop, so that both are sent before the first is answered. */
    private List<Signal<?>> atOnce(Mono<Void> first, Mono<Void> second) {
        return nodes.session()
                .execute("query-status")
                .flatMap(status -> Mono.zip(first.materialize(), second.materialize()))
                .map(both -> List.<Signal<?>>of(both.getT1(), both.getT2()))
                .block(Patience.PATIENCE);
    }

    private void ready(boolean autoDismiss) {
        nodes.session()
                .executeAndAwait(
                        mirror(Map.of("auto-dismiss", autoDismiss)),
                        QmpEvent.matching("BLOCK_JOB_READY", Map.of("device", "j0")))
                .block(Patience.PATIENCE);
    }

    @Test
    @DisplayName("of two verbs at once its end decides what becomes of the one that comes too late")
    void race() {
        nodes.disk("src");
        nodes.disk("dst");
        ready(false);
        atOnce(jobs.complete("j0"), jobs.complete("j0"))
                .forEach(verb -> assertTrue(verb.isOnComplete(), verb::toString));
        StepVerifier.create(jobs.follow("j0").last()).expectNextCount(1).verifyComplete();
        ready(false);
        atOnce(jobs.complete("j0"), jobs.cancel("j0")).forEach(verb -> assertTrue(verb.isOnComplete(), verb::toString));
        StepVerifier.create(jobs.follow("j0").last()).expectNextCount(1).verifyComplete();
        ready(false);
        atOnce(jobs.cancel("j0"), jobs.cancel("j0")).forEach(verb -> assertTrue(verb.isOnComplete(), verb::toString));
        StepVerifier.create(jobs.follow("j0").last()).verifyError(JobCancelledError.class);
        ready(false);
        List<Signal<?>> late = atOnce(jobs.cancel("j0"), jobs.complete("j0"));
        assertTrue(late.get(0).isOnComplete(), late::toString);
        assertInstanceOf(JobCancelledError.class, late.get(1).getThrowable());
        jobs.dismiss("j0").block(Patience.PATIENCE);
        ready(true);
        late = atOnce(jobs.complete("j0"), jobs.complete("j0"));
        assertTrue(late.get(0).isOnComplete(), late::toString);
        assertInstanceOf(JobNotFoundError.class, late.get(1).getThrowable());
    }

    /** Every verb but those that it is not an error to be late with. */
    private Map<String, Function<String, Mono<Void>>> verbs() {
        return Map.of("complete", jobs::complete, "pause", jobs::pause, "resume", jobs::resume, "finish", jobs::finish);
    }

    @Test
    @DisplayName("each verb that comes too late has the outcome of the job, and one that is dismissed is not found")
    void late() {
        for (String node : List.of("src", "dst", "image")) {
            nodes.raw(node);
        }
        nodes.full("full", "image");
        reaches(backup("good", "dst", Map.of()), "good", "concluded");
        verbs().forEach((name, verb) -> StepVerifier.create(verb.apply("good")).verifyComplete());
        reaches(backup("bad", "full", Map.of()), "bad", "concluded");
        verbs().forEach((name, verb) -> StepVerifier.create(verb.apply("bad"))
                .verifyErrorSatisfies(e -> assertEquals(
                        FULL, assertInstanceOf(JobFailedError.class, e).reason(), name)));
        for (String id : List.of("good", "bad")) {
            jobs.cancel(id).then(jobs.dismiss(id)).block(Patience.PATIENCE);
            verbs().forEach((name, verb) -> StepVerifier.create(verb.apply(id)).verifyError(JobNotFoundError.class));
            StepVerifier.create(jobs.cancel(id)).verifyError(JobNotFoundError.class);
            StepVerifier.create(jobs.dismiss(id)).verifyError(JobNotFoundError.class);
        }
    }

    @Test
    @DisplayName("a verb that comes too early, and not too late, errors with QEMU's refusal")
    void early() {
        nodes.disk("src");
        nodes.disk("dst");
        ready(false);
        StepVerifier.create(jobs.finish("j0")).verifyError(ExecuteError.class);
        StepVerifier.create(jobs.dismiss("j0")).verifyError(ExecuteError.class);
        StepVerifier.create(jobs.resume("j0")).verifyError(ExecuteError.class);
        StepVerifier.create(jobs.follow("j0").last()).expectNextCount(1).verifyComplete();
    }
}
