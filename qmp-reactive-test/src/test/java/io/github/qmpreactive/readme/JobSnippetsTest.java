package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.job.QmpJobs;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@DisplayName("The client's guide: jobs")
@ExtendWith(LeakGuard.class)
class JobSnippetsTest {

    private final JobSnippets snippets = new JobSnippets();

    private static String job(String id, String status, int current) {
        return "[{\"id\": \"" + id + "\", \"type\": \"mirror\", \"status\": \"" + status + "\", \"current-progress\": "
                + current + ", \"total-progress\": 4}]";
    }

    @Test
    @DisplayName("job completes when the copy is complete, and tells how much is done")
    void job() {
        AtomicReference<String> id = new AtomicReference<>("");
        AtomicInteger queries = new AtomicInteger();
        FakeQmpServer machine = FakeQmpServer.create()
                .when("query-jobs")
                .answer(query -> state(id.get(), queries.getAndIncrement()))
                .when("blockdev-backup")
                .answer(start -> {
                    id.set(start.arguments().path("job-id").stringValue());
                    return Answer.reply("{}");
                })
                .when("job-dismiss")
                .reply("{}");
        List<Double> bar = new ArrayList<>();
        try (RunningFakeQmpServer qemu = machine.startUnix()) {
            QmpClient client = QmpClient.create().address(qemu.address());
            StepVerifier.create(client.use(session -> snippets.backUp(session, bar::add)))
                    .expectComplete()
                    .verify(PATIENCE);
        }
        assertEquals(List.of(0.5, 1.0), bar.stream().distinct().toList());
    }

    /** The job concludes behind the second query, the first after its start. */
    private static Answer state(String id, int query) {
        return switch (query) {
            case 0 -> Answer.reply("[]");
            case 1 ->
                Answer.reply(job(id, "running", 2))
                        .eventAfter("JOB_STATUS_CHANGE", "{\"id\": \"" + id + "\", \"status\": \"concluded\"}");
            default -> Answer.reply(job(id, "concluded", 4));
        };
    }

    @Test
    @DisplayName("job-again goes on with the job in the next session")
    void jobAgain() {
        FakeQmpServer machine = FakeQmpServer.create()
                .when("query-jobs")
                .answer(
                        Answer.reply("[]"),
                        Answer.reply(job("move", "running", 2)).thenClose(),
                        Answer.reply("[]"),
                        Answer.reply(job("move", "concluded", 4)))
                .when("blockdev-mirror")
                .reply("{}")
                .when("job-dismiss")
                .reply("{}");
        QmpCommand mirror = QmpCommand.of("blockdev-mirror")
                .arguments(Map.of("job-id", "move", "device", "a", "target", "b", "sync", "full"));
        try (RunningFakeQmpServer qemu = machine.startUnix()) {
            QmpClient client = QmpClient.create().address(qemu.address());
            StepVerifier.create(snippets.move(client, mirror, "move"))
                    .expectComplete()
                    .verify(PATIENCE);
            assertEquals(1, qemu.received("blockdev-mirror").size());
        }
    }

    private void backsUpTogether(QmpSession session) {
        for (String node : List.of("disk0", "copy0", "disk1", "copy1")) {
            session.execute("blockdev-add", Map.of("driver", "null-co", "node-name", node, "size", 1 << 20))
                    .block(PATIENCE);
        }
        StepVerifier.create(snippets.backUpTogether(session, Map.of("disk0", "copy0", "disk1", "copy1")))
                .expectComplete()
                .verify(PATIENCE);
        StepVerifier.create(snippets.backUpTogether(session, Map.of("disk0", "copy0", "disk1", "none")))
                .expectError(ExecuteError.class)
                .verify(PATIENCE);
        StepVerifier.create(QmpJobs.of(session).list()).expectComplete().verify(PATIENCE);
    }

    @Test
    @DisplayName("transaction completes when all copies are complete, and begins none if one cannot begin")
    void transaction() {
        try (RunningFakeVm vm = FakeVm.create().start()) {
            QmpClient.create()
                    .address(vm.address())
                    .use(session ->
                            Mono.fromRunnable(() -> backsUpTogether(session)).subscribeOn(Schedulers.boundedElastic()))
                    .block(PATIENCE);
        }
    }

    @Test
    @Qemu
    @DisplayName("transaction at real QEMU")
    void transactionAtQemu(QmpSession session) {
        backsUpTogether(session);
    }

    @Test
    @Qemu(
            args = {"-machine", "pc", "-accel", "tcg", "-m", "16"},
            running = true)
    @DisplayName("dump completes when the dump is written")
    void dump(QemuProcess qemu, QmpSession session) {
        Path file = qemu.folder().resolve("dump");
        StepVerifier.create(snippets.dump(session, file)).expectComplete().verify(PATIENCE);
        assertTrue(Files.exists(file));
    }
}
