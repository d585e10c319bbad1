package io.github.qmpreactive.job;

import static io.github.qmpreactive.job.FakeVmQmpJobsTest.backup;
import static io.github.qmpreactive.job.FakeVmQmpJobsTest.job;
import static io.github.qmpreactive.job.FakeVmQmpJobsTest.mirror;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.TestVm;
import io.github.qmpreactive.test.vm.FakeVm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

/** Holds for a fake and, in {@link QemuJobKindsTest}, for QEMU. */
@ExtendWith(LeakGuard.class)
@DisplayName("Each kind of job is followed by QmpJobs through the same states, at a FakeVm:")
class FakeVmJobKindsTest {

    @RegisterExtension
    static final TestVm VM = TestVm.of(FakeVm.create());

    private static final List<String> SUCCEEDING = List.of("created", "running", "waiting", "pending", "concluded");
    private static final List<String> READY = List.of("created", "running", "ready", "waiting", "pending", "concluded");
    private static final List<String> FAILING = List.of("created", "running", "aborting", "concluded");

    private BlockNodes nodes;
    private QmpJobs jobs;

    @BeforeEach
    void nodes(QmpSession session, @TempDir Path folder) {
        nodes = new BlockNodes(session, folder);
        jobs = nodes.jobs();
    }

    /** It is of that type, passes those states, but for pauses that QEMU makes when it likes, and is forgotten. */
    private void succeeds(String type, List<String> states, QmpCommand start) {
        StepVerifier.create(jobs.run(start).collectList())
                .assertNext(progress -> {
                    assertEquals(states, states(progress));
                    assertEquals(type, progress.get(progress.size() - 1).type());
                })
                .verifyComplete();
        StepVerifier.create(jobs.list()).verifyComplete();
    }

    private void fails(String reason, QmpCommand start) {
        List<JobProgress> progress = new ArrayList<>();
        StepVerifier.create(jobs.run(start).doOnNext(progress::add))
                .thenConsumeWhile(job -> true)
                .verifyErrorSatisfies(e -> {
                    String told = assertInstanceOf(JobFailedError.class, e).reason();
                    assertTrue(told.startsWith(reason), told);
                });
        assertEquals(FAILING, states(progress));
        StepVerifier.create(jobs.list()).verifyComplete();
    }

    private static List<String> states(List<JobProgress> progress) {
        return progress.stream()
                .map(JobProgress::status)
                .filter(status -> !status.equals("paused") && !status.equals("standby"))
                .distinct()
                .toList();
    }

    @Test
    @DisplayName("blockdev-mirror and blockdev-backup")
    void copies() {
        nodes.disk("src");
        nodes.disk("dst");
        succeeds("backup", SUCCEEDING, backup(Map.of()));
        succeeds("mirror", READY, mirror(Map.of()));
    }

    @Test
    @DisplayName("block-stream, and block-commit of what is in use and of what is not")
    void chains() {
        nodes.qcow2("base");
        nodes.overlay("mid", "base");
        nodes.overlay("top", "mid");
        succeeds("commit", SUCCEEDING, job("block-commit", "top", Map.of("top-node", "mid", "base-node", "base")));
        nodes.overlay("above", "top");
        succeeds("stream", SUCCEEDING, job("block-stream", "above", Map.of("base-node", "base")));
        succeeds("commit", READY, job("block-commit", "above", Map.of()));
    }

    @Test
    @DisplayName("blockdev-create and x-blockdev-amend")
    void images(@TempDir Path other) {
        String file = other.resolve("file").toString();
        succeeds("create", SUCCEEDING, BlockNodes.create(Map.of("driver", "file", "filename", file, "size", 0)));
        fails(
                "Cannot find device=",
                BlockNodes.create(Map.of("driver", "qcow2", "file", "missing", "size", BlockNodes.SIZE)));
        nodes.qcow2("image");
        succeeds("amend", SUCCEEDING, amended(Map.of("driver", "qcow2")));
        fails(
                "image is not encrypted, can't amend",
                amended(Map.of("driver", "qcow2", "encrypt", Map.of("format", "luks", "state", "inactive"))));
        StepVerifier.create(jobs.run(amended(Map.of("driver", "luks")))).verifyError(ExecuteError.class);
    }

    private static QmpCommand amended(Map<String, ?> options) {
        return QmpCommand.of("x-blockdev-amend").arguments(Map.of("node-name", "image", "options", options));
    }

    @Test
    @DisplayName("snapshot-save, snapshot-load and snapshot-delete")
    void snapshots() {
        nodes.qcow2("disk");
        succeeds("snapshot-save", SUCCEEDING, snapshot("save", "t1"));
        fails("Snapshot 't1' already exists in one or more devices", snapshot("save", "t1"));
        succeeds("snapshot-load", SUCCEEDING, snapshot("load", "t1"));
        is("running");
        fails("Snapshot 't2' does not exist in one or more devices", snapshot("load", "t2"));
        is("restore-vm");
        nodes.session().execute("cont").block(Patience.PATIENCE);
        succeeds("snapshot-delete", SUCCEEDING, snapshot("delete", "t1"));
        fails("Snapshot 't1' does not exist in one or more devices", snapshot("load", "t1"));
    }

    private static QmpCommand snapshot(String verb, String tag) {
        Map<String, Object> arguments = new HashMap<>(Map.of("tag", tag, "devices", List.of("disk")));
        if (!verb.equals("delete")) {
            arguments.put("vmstate", "disk");
        }
        return QmpCommand.of("snapshot-" + verb).arguments(arguments);
    }

    private void is(String status) {
        StepVerifier.create(nodes.session().execute("query-status").map((JsonNode machine) -> machine.path("status")
                        .asString()))
                .expectNext(status)
                .verifyComplete();
    }
}
