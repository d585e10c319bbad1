package io.github.qmpreactive.test.vm;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.JobCancelledError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.job.JobOptions;
import io.github.qmpreactive.job.JobProgress;
import io.github.qmpreactive.job.QmpJobs;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import tools.jackson.databind.JsonNode;

@ExtendWith(LeakGuard.class)
@DisplayName("The jobs of a FakeVm:")
class FakeVmJobsTest {

    static final int SIZE = 16 << 20;
    static final String FULL = "No space left on device";
    static final FakeVm VM = FakeVm.create().withNode("disk0", SIZE).withNode("copy0", SIZE);

    static QmpSession connect(RunningFakeVm vm) {
        return Objects.requireNonNull(vm.client().connect().block(PATIENCE));
    }

    static QmpCommand copy(String command, Map<String, ?> more) {
        Map<String, Object> arguments =
                new HashMap<>(Map.of("job-id", "job0", "device", "disk0", "target", "copy0", "sync", "full"));
        arguments.putAll(more);
        return QmpCommand.of(command).arguments(arguments);
    }

    static void start(QmpSession session, String command, String last) {
        session.executeAndAwait(copy(command, Map.of("auto-dismiss", false)), status(last))
                .block(PATIENCE);
    }

    private static Predicate<QmpEvent> status(String status) {
        return QmpEvent.matching("JOB_STATUS_CHANGE", Map.of("status", status));
    }

    private static JsonNode job(QmpSession session) {
        return Objects.requireNonNull(session.execute("query-jobs").block(PATIENCE))
                .path(0);
    }

    private static void is(QmpSession session, String status, long progress) {
        JsonNode job = job(session);
        assertEquals(status, job.path("status").asString());
        assertEquals(progress, job.path("current-progress").asLong());
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.2", "10.0", "11.1"})
    @DisplayName("every kind is followed to its end by QmpJobs, with replies and events that the schema allows")
    void kinds(String version) {
        QemuProfile profile = QemuProfile.of(version);
        FakeVm machine = VM.withProfile(profile).withServer(server -> server.withSchema(profile.schemaCheck()));
        try (RunningFakeVm vm = machine.start()) {
            QmpSession session = connect(vm);
            session.execute(
                            "blockdev-add",
                            Map.of("driver", "qcow2", "node-name", "top", "file", "copy0", "backing", "disk0"))
                    .block(PATIENCE);
            succeeds(session, "stream", QmpCommand.of("block-stream").arguments(Map.of("device", "top")));
            succeeds(session, "backup", copy("blockdev-backup", Map.of("target", "top")));
            succeeds(
                    session,
                    "amend",
                    QmpCommand.of("x-blockdev-amend")
                            .arguments(Map.of("node-name", "top", "options", Map.of("driver", "qcow2"))));
            session.execute("blockdev-del", Map.of("node-name", "top")).block(PATIENCE);
            succeeds(session, "mirror", copy("blockdev-mirror", Map.of()));
            for (String[] node : new String[][] {{"mid", "disk0"}, {"top", "mid"}}) {
                Map<String, Object> file = Map.of("driver", "null-co");
                session.execute(
                                "blockdev-add",
                                Map.of("driver", "qcow2", "node-name", node[0], "file", file, "backing", node[1]))
                        .block(PATIENCE);
            }
            QmpCommand commit = QmpCommand.of("block-commit");
            succeeds(session, "commit", commit.arguments(Map.of("device", "top", "top-node", "mid")));
            succeeds(session, "commit", commit.arguments(Map.of("device", "top")));
            succeeds(
                    session,
                    "create",
                    QmpCommand.of("blockdev-create")
                            .arguments(Map.of("options", Map.of("driver", "file", "filename", "x", "size", 1))));
            Map<String, Object> snapshot = Map.of("tag", "a", "devices", List.of("disk0"));
            for (String type : List.of("snapshot-save", "snapshot-load", "snapshot-delete")) {
                Map<String, Object> arguments = new HashMap<>(snapshot);
                if (!type.equals("snapshot-delete")) {
                    arguments.put("vmstate", "disk0");
                }
                succeeds(session, type, QmpCommand.of(type).arguments(arguments));
            }
            StepVerifier.create(QmpJobs.of(session).list()).verifyComplete();
        }
    }

    private static void succeeds(QmpSession session, String type, QmpCommand start) {
        StepVerifier.create(QmpJobs.of(session).run(start).last().map(JobProgress::type))
                .expectNext(type)
                .verifyComplete();
    }

    @Test
    @DisplayName("one that takes time makes progress by the virtual clock, and none while it is paused")
    void time() {
        VirtualTimeScheduler clock = VirtualTimeScheduler.getOrSet();
        try (RunningFakeVm vm =
                VM.withJob("job0", FakeJob.takes(Duration.ofSeconds(100))).start()) {
            QmpSession session = connect(vm);
            start(session, "blockdev-backup", "running");
            clock.advanceTimeBy(Duration.ofSeconds(50));
            is(session, "running", SIZE / 2);
            session.execute("job-pause", Map.of("id", "job0")).block(PATIENCE);
            clock.advanceTimeBy(Duration.ofSeconds(100));
            is(session, "paused", SIZE / 2);
            session.execute("job-resume", Map.of("id", "job0")).block(PATIENCE);
            clock.advanceTimeBy(Duration.ofSeconds(25));
            is(session, "running", SIZE / 4 * 3);
            clock.advanceTimeBy(Duration.ofSeconds(25));
            is(session, "concluded", SIZE);
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName("one that is slower by its speed takes longer, and goes on at once without a limit")
    void speed() {
        VirtualTimeScheduler clock = VirtualTimeScheduler.getOrSet();
        try (RunningFakeVm vm = VM.start()) {
            QmpSession session = connect(vm);
            session.execute(copy("blockdev-mirror", Map.of("speed", SIZE / 10))).block(PATIENCE);
            clock.advanceTimeBy(Duration.ofSeconds(5));
            is(session, "running", SIZE / 2);
            session.executeAndAwait(
                            QmpCommand.of("block-job-set-speed").arguments(Map.of("device", "job0", "speed", 0)),
                            QmpEvent.named("BLOCK_JOB_READY"))
                    .block(PATIENCE);
            is(session, "ready", SIZE);
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName("one that takes for ever, by the test or by a speed of 1, does no harm")
    void forever() {
        FakeVm machine = VM.withNode("huge", Long.MAX_VALUE).withNode("copy1", Long.MAX_VALUE);
        FakeJob endless = FakeJob.takes(ChronoUnit.FOREVER.getDuration());
        try (RunningFakeVm vm = machine.withJob("job0", endless).start()) {
            QmpSession session = connect(vm);
            start(session, "blockdev-mirror", "running");
            session.execute(copy(
                            "blockdev-mirror",
                            Map.of("job-id", "job1", "device", "huge", "target", "copy1", "speed", 1)))
                    .block(PATIENCE);
            assertEquals("running", job(session).path("status").asString());
            for (String job : List.of("job0", "job1")) {
                QmpJobs.of(session).cancel(job).block(PATIENCE);
            }
        }
    }

    @Test
    @DisplayName("one that fails has its reason and how far it came; the next one is not affected")
    void fails() {
        FakeVm machine =
                VM.withJob("job0", FakeJob.takes(Duration.ZERO).copies(8 << 20).failsAt(0.5, FULL));
        try (RunningFakeVm vm = machine.start()) {
            QmpSession session = connect(vm);
            start(session, "blockdev-backup", "concluded");
            is(session, "concluded", 4 << 20);
            StepVerifier.create(QmpJobs.of(session).follow("job0"))
                    .expectNextCount(1)
                    .verifyErrorSatisfies(e -> assertEquals(FULL, ((JobFailedError) e).reason()));
            succeeds(session, "backup", copy("blockdev-backup", Map.of("job-id", "other")));
        }
    }

    @Test
    @DisplayName("one that stops at each error goes on when it is resumed, and fails with the last")
    void stops() {
        FakeJob job = FakeJob.takes(Duration.ZERO).failsAt(0.25, FULL).failsAt(0.25, FULL);
        try (RunningFakeVm vm = VM.withJobs(job).start()) {
            QmpSession session = connect(vm);
            QmpCommand start = copy("blockdev-mirror", Map.of("on-target-error", "stop"));
            session.executeAndAwait(start, QmpEvent.named("BLOCK_JOB_ERROR")).block(PATIENCE);
            is(session, "paused", SIZE / 4);
            QmpCommand resume = QmpCommand.of("job-resume").arguments(Map.of("id", "job0"));
            session.executeAndAwait(resume, QmpEvent.named("BLOCK_JOB_ERROR")).block(PATIENCE);
            is(session, "paused", SIZE / 4);
            session.executeAndAwait(resume, QmpEvent.named("BLOCK_JOB_READY")).block(PATIENCE);
            vm.jobs().fails("job0", "Input/output error");
            is(session, "standby", SIZE);
            session.execute(resume).block(PATIENCE);
            StepVerifier.create(QmpJobs.of(session).follow("job0"))
                    .thenConsumeWhile(progress -> true)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("one that waits goes as far as the test says; what cannot be is the test's mistake")
    void waits() {
        try (RunningFakeVm vm = VM.withJobs(FakeJob.waits()).start()) {
            QmpSession session = connect(vm);
            start(session, "blockdev-mirror", "running");
            vm.jobs().reaches("job0", 0.5);
            is(session, "running", SIZE / 2);
            assertThrows(IllegalArgumentException.class, () -> vm.jobs().reaches("job0", 1.5));
            assertThrows(IllegalArgumentException.class, () -> vm.jobs().reaches("job1", 1));
            session.execute("job-pause", Map.of("id", "job0")).block(PATIENCE);
            assertThrows(IllegalStateException.class, () -> vm.jobs().reaches("job0", 1));
            session.execute("job-resume", Map.of("id", "job0")).block(PATIENCE);
            is(session, "running", SIZE / 2);
            vm.jobs().reaches("job0", 1);
            is(session, "ready", SIZE);
            assertThrows(IllegalStateException.class, () -> vm.jobs().reaches("job0", 1));
            vm.jobs().fails("job0", FULL);
            is(session, "concluded", SIZE);
            assertThrows(IllegalStateException.class, () -> vm.jobs().fails("job0", FULL));
        }
    }

    @Test
    @DisplayName("drains hold up what runs, and QmpJobs goes on")
    void drains() {
        try (RunningFakeVm vm = VM.withJobs(FakeJob.waits()).start()) {
            QmpSession session = connect(vm);
            Flux<String> statuses = session.events("JOB_STATUS_CHANGE")
                    .map(event -> event.data().path("status").asString());
            StepVerifier.create(statuses.take(6))
                    .then(() -> start(session, "blockdev-mirror", "running"))
                    .expectNext("created", "running")
                    .then(() -> vm.jobs().drains())
                    .expectNext("paused", "running")
                    .then(() -> vm.jobs().reaches("job0", 1))
                    .expectNext("ready")
                    .then(() -> vm.jobs().drains())
                    .expectNext("standby")
                    .verifyComplete();
            StepVerifier.create(QmpJobs.of(session).follow("job0"))
                    .thenConsumeWhile(job -> true)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("one outlives its session, is cancelled from another, and holds its nodes as long")
    void sessions() {
        try (RunningFakeVm vm = VM.withJobs(FakeJob.waits()).start()) {
            QmpSession first = connect(vm);
            start(first, "blockdev-mirror", "running");
            first.disconnect().block(PATIENCE);
            QmpSession second = connect(vm);
            ExecuteError inUse =
                    assertThrows(ExecuteError.class, () -> second.execute("blockdev-del", Map.of("node-name", "copy0"))
                            .block(PATIENCE));
            assertEquals("Node copy0 is in use", inUse.description());
            StepVerifier.create(QmpJobs.of(second).follow("job0"))
                    .expectNextCount(1)
                    .then(() -> QmpJobs.of(second).cancel("job0").block(PATIENCE))
                    .thenConsumeWhile(job -> true)
                    .verifyError(JobCancelledError.class);
            second.execute("blockdev-del", Map.of("node-name", "copy0")).block(PATIENCE);
        }
    }

    @Test
    @DisplayName("the members of a group end together, and the failure of one cancels the others")
    void group() {
        try (RunningFakeVm vm = VM.withNode("disk1", SIZE)
                .withNode("copy1", SIZE)
                .withJobs(FakeJob.waits())
                .start()) {
            QmpSession session = connect(vm);
            QmpCommand both = QmpCommand.of("transaction")
                    .arguments(Map.of(
                            "actions",
                            List.of(backup(0), backup(1)),
                            "properties",
                            Map.of("completion-mode", "grouped")));
            StepVerifier.create(QmpJobs.of(session)
                            .run(both, JobOptions.defaults())
                            .filter(job -> job.status().equals("running"))
                            .map(JobProgress::id)
                            .distinct())
                    .expectNextCount(2)
                    .then(() -> vm.jobs().reaches("job0", 1))
                    .then(() -> assertEquals(
                            List.of("running", "waiting"),
                            QmpJobs.of(session)
                                    .list()
                                    .map(JobProgress::status)
                                    .collectList()
                                    .block(PATIENCE)))
                    .then(() -> vm.jobs().fails("job1", FULL))
                    .verifyErrorSatisfies(e -> assertEquals("job1", ((JobFailedError) e).job()));
        }
    }

    private static Map<String, ?> backup(int number) {
        return Map.of(
                "type",
                "blockdev-backup",
                "data",
                Map.of("job-id", "job" + number, "device", "disk" + number, "target", "copy" + number, "sync", "full"));
    }

    @Test
    @DisplayName("one that ignores errors goes on past them, and not back")
    void ignores() {
        try (RunningFakeVm vm = VM.withJobs(
                        FakeJob.waits().failsAt(0.25, FULL).failsAt(0.25, FULL).failsAt(0.75, FULL))
                .start()) {
            QmpSession session = connect(vm);
            QmpCommand start = copy("blockdev-mirror", Map.of("on-target-error", "ignore"));
            session.execute(start).block(PATIENCE);
            vm.jobs().reaches("job0", 0.5);
            is(session, "running", SIZE / 2);
            assertThrows(IllegalArgumentException.class, () -> vm.jobs().reaches("job0", 0.25));
            vm.jobs().reaches("job0", 1);
            is(session, "ready", SIZE);
        }
    }

    @Test
    @DisplayName("a member of a group that is paused runs again before it is cancelled with another")
    void pausedMember() {
        try (RunningFakeVm vm = VM.withNode("disk1", SIZE)
                .withNode("copy1", SIZE)
                .withJobs(FakeJob.waits())
                .start()) {
            QmpSession session = connect(vm);
            Flux<String> statuses = session.events("JOB_STATUS_CHANGE")
                    .filter(event -> event.data().path("id").asString().equals("job1"))
                    .map(event -> event.data().path("status").asString());
            QmpCommand both = QmpCommand.of("transaction")
                    .arguments(Map.of(
                            "actions",
                            List.of(backup(0), backup(1)),
                            "properties",
                            Map.of("completion-mode", "grouped")));
            StepVerifier.create(statuses.take(8))
                    .then(() -> session.execute(both)
                            .then(session.execute("job-pause", Map.of("id", "job1")))
                            .then(session.execute("job-cancel", Map.of("id", "job0")))
                            .block(PATIENCE))
                    .expectNext("created", "running", "paused", "running", "paused", "running", "aborting", "concluded")
                    .verifyComplete();
        }
    }
}
