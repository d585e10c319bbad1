package io.github.qmpreactive.test.vm;

import static io.github.qmpreactive.test.vm.ChainScenarios.look;
import static io.github.qmpreactive.test.vm.ChainScenarios.nodes;
import static io.github.qmpreactive.test.vm.ChainScenarios.overlay;
import static io.github.qmpreactive.test.vm.ChainScenarios.scenario;

import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Jobs that begin together, by a transaction, and end together or each for itself. */
final class TogetherScenarios {

    private static final String CONCLUDED = "j0 concluded";

    private TogetherScenarios() {}

    static Stream<VmScenario> all() {
        return Stream.of(
                together(),
                half(),
                abandoned(),
                notGrouped(),
                fails("individual", "j1 concluded"),
                fails("grouped", CONCLUDED, "j1 concluded"));
    }

    private static VmScenario half() {
        String first = backup("j0", "src", "dst");
        String second = backup("j1", "a", "b").replace("'auto-finalize': false", "'auto-finalize': true");
        return scenario("backups that end together, one of which is finalized by hand")
                .steps(d -> {
                    look(nodes(d).job(
                                    backups(first, second, ", 'properties': {'completion-mode': 'grouped'}"),
                                    "j0 BLOCK_JOB_PENDING"));
                    look(d.job("job-finalize {'id': 'j0'}", CONCLUDED));
                });
    }

    private static String backups(String first, String second, String properties) {
        return "transaction {'actions': [" + first + ", " + second + "]" + properties + "}";
    }

    static String backup(String id, String source, String target) {
        return "{'type': 'blockdev-backup', 'data': {'job-id': '" + id + "', 'device': '" + source + "', 'target': '"
                + target + "', 'sync': 'full', 'auto-dismiss': false, 'auto-finalize': false}}";
    }

    private static VmScenario abandoned() {
        String slow = "'auto-finalize': false, 'speed': 65536";
        return scenario("backups that end together when one is cancelled while the others run")
                .fake(vm -> vm.withJobs(FakeJob.waits()))
                .steps(d -> {
                    Stream.of("src", "dst", "a", "b", "c", "d")
                            .forEach(node -> d.send("blockdev-add {'driver': 'null-co', 'node-name': '" + node
                                    + "', 'size': 67108864, 'read-zeroes': false}"));
                    String all = Stream.of(backup("j0", "src", "dst"), backup("j1", "a", "b"), backup("j2", "c", "d"))
                            .map(backup -> backup.replace("'auto-finalize': false", slow))
                            .collect(Collectors.joining(", "));
                    for (String id : new String[] {"j0", "j1", "j2"}) {
                        d.job(
                                        "transaction {'actions': [" + all
                                                + "], 'properties': {'completion-mode': 'grouped'}}",
                                        "j0 running",
                                        "j1 running",
                                        "j2 running")
                                .job("job-cancel {'id': '" + id + "'}", CONCLUDED, "j1 concluded", "j2 concluded");
                        Stream.of("j0", "j1", "j2")
                                .forEach(job -> d.job("job-dismiss {'id': '" + job + "'}", job + " null"));
                    }
                });
    }

    private static VmScenario notGrouped() {
        String grouped = "], 'properties': {'completion-mode': 'grouped'}}";
        String abort = "{'type': 'abort', 'data': {}}";
        return scenario("actions that cannot end together").steps(d -> {
            nodes(d);
            for (String actions : new String[] {
                abort + ", " + overlay("src", "a"),
                overlay("src", "a") + ", " + abort,
                backup("j0", "src", "dst") + ", " + abort
            }) {
                d.job("transaction {'actions': [" + actions + grouped);
            }
        });
    }

    private static VmScenario together() {
        String grouped = ", 'properties': {'completion-mode': 'grouped'}";
        String first = backup("j0", "src", "dst");
        String second = backup("j1", "a", "b");
        return scenario("backups that begin together").steps(d -> {
            nodes(d).job("transaction {'actions': []}")
                    .job(backups(first, backup("j1", "a", "nope"), ""), "j0 null")
                    .job(backups(first, "{'type': 'abort', 'data': {}}", ""), "j0 null")
                    .job(backups(first, second + ", {'type': 'abort', 'data': {}}", ""), "j0 null")
                    .job(backups(first, second, ""), "j0 BLOCK_JOB_PENDING", "j1 BLOCK_JOB_PENDING")
                    .job("job-finalize {'id': 'j0'}", CONCLUDED)
                    .job("job-finalize {'id': 'j1'}", "j1 concluded")
                    .job("job-dismiss {'id': 'j0'}", "j0 null")
                    .job("job-dismiss {'id': 'j1'}", "j1 null")
                    .job(backups(first, second, grouped), "j0 BLOCK_JOB_PENDING", "j1 BLOCK_JOB_PENDING");
            look(d).job("job-finalize {'id': 'j1'}", CONCLUDED)
                    .job("job-dismiss {'id': 'j0'}", "j0 null")
                    .job("job-dismiss {'id': 'j1'}", "j1 null")
                    .job(backups(first, second, grouped), "j0 BLOCK_JOB_PENDING", "j1 BLOCK_JOB_PENDING")
                    .job("job-cancel {'id': 'j1'}", CONCLUDED);
            look(d);
        });
    }

    /** The first is so slow that it runs when the second fails: they are no race. */
    private static VmScenario fails(String mode, String... last) {
        String full = "blockdev-add {'driver': 'blkdebug', 'node-name': 'full', 'image': 'c', 'inject-error':"
                + " [{'event': 'none', 'iotype': 'write', 'errno': 28, 'once': true}]}";
        String start = backups(
                backup("j0", "slow", "large")
                        .replace("'auto-finalize': false", "'auto-finalize': false, 'speed': 65536"),
                backup("j1", "a", "full"),
                ", 'properties': {'completion-mode': '" + mode + "'}");
        return scenario("backups that begin together, of which one has no room: " + mode)
                .fake(vm -> vm.withJob(
                        "j1", FakeJob.takes(Duration.ZERO).copies(1 << 20).failsAt(0, "No space left on device")))
                .steps(d -> {
                    for (String node : new String[] {"slow", "large"}) {
                        node(d, node, 64 << 20);
                    }
                    look(nodes(d).send(full).job(start, last));
                    if (mode.equals("individual")) {
                        d.job("block-job-set-speed {'device': 'j0', 'speed': 0}", "j0 BLOCK_JOB_PENDING")
                                .job("job-finalize {'id': 'j0'}", CONCLUDED);
                    }
                    for (String id : new String[] {"j0", "j1"}) {
                        d.job("job-finalize {'id': '" + id + "'}").job("job-cancel {'id': '" + id + "'}");
                    }
                    look(d).job("job-dismiss {'id': 'j1'}", "j1 null").job("job-dismiss {'id': 'j0'}", "j0 null");
                });
    }

    private static void node(Dialogue dialogue, String node, int size) {
        dialogue.send("blockdev-add {'driver': 'null-co', 'node-name': '" + node + "', 'size': " + size
                + ", 'read-zeroes': false}");
    }
}
