package io.github.qmpreactive.test.vm;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

/** Jobs for chains of images, and jobs that are no block jobs. */
final class ChainScenarios {

    private static final String CONCLUDED = "j0 concluded";

    private ChainScenarios() {}

    static Stream<VmScenario> all() {
        return Stream.of(
                create(),
                stream(),
                streamToBase(),
                commit(),
                activeCommit(),
                snapshots(),
                restored(),
                slow(),
                amend(),
                raw(),
                devices(),
                overlays(),
                undone());
    }

    static VmScenario scenario(String name) {
        return VmScenario.of(name).ofVersion();
    }

    private static Dialogue create(Dialogue dialogue, String options) {
        return dialogue.job("blockdev-create {'job-id': 'c', 'options': {" + options + "}}", "c concluded")
                .job("job-dismiss {'id': 'c'}", "c null");
    }

    private static Dialogue image(Dialogue dialogue, String node, String more) {
        create(dialogue, "'driver': 'file', 'filename': '@/" + node + "', 'size': 0");
        dialogue.send(
                "blockdev-add {'driver': 'file', 'node-name': '" + node + "-file', 'filename': '@/" + node + "'}");
        create(dialogue, "'driver': 'qcow2', 'file': '" + node + "-file', 'size': 1048576");
        return dialogue.send("blockdev-add {'driver': 'qcow2', 'node-name': '" + node + "', 'file': '" + node + "-file'"
                + more + "}");
    }

    private static Dialogue chain(Dialogue dialogue) {
        image(dialogue, "base", "");
        image(dialogue, "mid", ", 'backing': 'base'");
        return image(dialogue, "top", ", 'backing': 'mid'");
    }

    private static Dialogue delete(Dialogue dialogue, String... nodes) {
        Arrays.stream(nodes).forEach(node -> dialogue.send("blockdev-del {'node-name': '" + node + "'}"));
        return dialogue;
    }

    static Dialogue look(Dialogue dialogue) {
        return dialogue.send("query-jobs").send("query-block-jobs");
    }

    private static VmScenario create() {
        return scenario("images that are created, and that cannot be").steps(d -> {
            look(d.job(
                    "blockdev-create {'job-id': 'j0', 'options': {'driver': 'file', 'filename': '@/x', 'size': 1}}",
                    CONCLUDED));
            d.job("job-dismiss {'id': 'j0'}", "j0 null");
            look(d.job(
                    "blockdev-create {'job-id': 'j0', 'options': {'driver': 'qcow2', 'file': 'nope', 'size': 1}}",
                    CONCLUDED));
            Stream.of("cancel", "pause", "resume", "complete", "finalize")
                    .forEach(verb -> d.job("job-" + verb + " {'id': 'j0'}"));
            d.job("blockdev-create {'job-id': 'j1', 'options': {'driver': 'null-co'}}")
                    .job("blockdev-create {'job-id': 'j1', 'options': {'driver': 'file', 'filename': 'x'}}")
                    .job("blockdev-create {'job-id': 'j1', 'options': {'driver': 'null-co', 'size': 1}}")
                    .job("block-job-cancel {'device': 'j0'}")
                    .job("block-job-dismiss {'id': 'j0'}")
                    .job("blockdev-create {'job-id': '1', 'options': {'driver': 'file', 'filename': 'x', 'size': 1}}")
                    .job("blockdev-create {'job-id': 'j0', 'options': {'driver': 'file', 'filename': 'x', 'size': 1}}")
                    .job("blockdev-create {'job-id': 'j1', 'auto-dismiss': false,"
                            + " 'options': {'driver': 'file', 'filename': 'x', 'size': 1}}");
        });
    }

    private static VmScenario stream() {
        return scenario("a stream that leaves one image").steps(d -> {
            delete(chain(d), "base", "mid");
            look(d.job("block-stream {'device': 'top', 'job-id': 'j0', 'auto-dismiss': false}", CONCLUDED));
            delete(d, "mid", "base", "top").job("job-dismiss {'id': 'j0'}", "j0 null");
            delete(d, "mid", "base", "top", "top-file", "nope");
        });
    }

    private static VmScenario streamToBase() {
        return scenario("a stream down to an image").steps(d -> {
            chain(d).job("block-stream {'device': 'top', 'job-id': 'j0', 'base-node': 'base'}", "j0 null");
            delete(d, "base", "mid", "base", "top", "base");
        });
    }

    private static VmScenario commit() {
        return scenario("a commit of an image in between").steps(d -> {
            look(chain(d).job(
                            "block-commit {'device': 'top', 'job-id': 'j0', 'top-node': 'mid', 'auto-dismiss': false}",
                            CONCLUDED));
            delete(d, "mid", "base", "top").job("job-dismiss {'id': 'j0'}", "j0 null");
            delete(d, "base", "mid", "base", "top", "base");
        });
    }

    private static VmScenario activeCommit() {
        return scenario("a commit of the image that is in use")
                .fake(vm -> vm.withJobs(FakeJob.takes(Duration.ZERO).copies(0)))
                .steps(d -> {
                    chain(d).job("block-commit {'device': 'top', 'job-id': 'j0', 'top-node': 'nope'}")
                            .job("block-commit {'device': 'base', 'job-id': 'j0'}")
                            .job("block-commit {'device': 'top', 'job-id': 'j0', 'base-node': 'top'}")
                            .job(
                                    "block-commit {'device': 'top', 'job-id': 'j0', 'top-node': 'base', 'base-node': 'mid'}")
                            .job("block-stream {'device': 'top', 'job-id': 'j0', 'base-node': 'top'}")
                            .job("blockdev-mirror {'device': 'top', 'job-id': 'j0', 'target': 'base', 'sync': 'full'}")
                            .job("blockdev-mirror {'device': 'top', 'job-id': 'j0', 'target': 'mid', 'sync': 'top'}");
                    look(d.job(
                            "block-commit {'device': 'top', 'job-id': 'j0', 'auto-dismiss': false}",
                            "j0 BLOCK_JOB_READY"));
                    delete(d, "top", "mid", "base").job("job-complete {'id': 'j0'}", CONCLUDED);
                    delete(look(d), "base", "top", "mid", "base");
                });
    }

    private static String snapshot(String verb, String id, String tag, String state, String devices) {
        return "snapshot-" + verb + " {'job-id': '" + id + "', 'tag': '" + tag + "', 'vmstate': '" + state
                + "', 'devices': [" + devices + "]}";
    }

    private static VmScenario snapshots() {
        return scenario("snapshots that are saved, loaded and deleted, and that cannot be")
                .paused()
                .steps(d -> {
                    image(d, "a", "").job(snapshot("save", "s1", "t1", "a", "'a'"), "s1 concluded");
                    look(d).job(snapshot("save", "s2", "t1", "a", "'a'"), "s2 concluded")
                            .job(snapshot("save", "s3", "t2", "nope", "'a'"), "s3 concluded")
                            .job(snapshot("save", "s4", "t2", "a", ""), "s4 concluded")
                            .job(snapshot("save", "s5", "t2", "a", "'nope'"), "s5 concluded")
                            .job(snapshot("load", "s6", "t2", "a", "'a'"), "s6 concluded")
                            .job(snapshot("load", "s7", "t1", "a", "'a'"), "s7 concluded")
                            .send("query-status")
                            .job("snapshot-delete {'job-id': 's8', 'tag': 'nope', 'devices': ['a']}", "s8 concluded")
                            .job("snapshot-delete {'job-id': 's9', 'tag': 't1', 'devices': ['a']}", "s9 concluded")
                            .job(snapshot("load", "s10", "t1", "a", "'a'"), "s10 concluded")
                            .job(snapshot("save", "1", "t1", "a", "'a'"));
                    look(d);
                });
    }

    private static VmScenario restored() {
        return scenario("snapshots of a machine that runs").steps(d -> image(d, "a", "")
                .job(snapshot("save", "s1", "t1", "a", "'a'"), "s1 concluded")
                .send("query-status")
                .job(snapshot("load", "s2", "nope", "a", "'a'"), "s2 concluded")
                .send("query-status")
                .send("cont", "RESUME")
                .job(snapshot("load", "s3", "t1", "a", "'a'"), "s3 concluded")
                .send("query-status"));
    }

    private static VmScenario slow() {
        return scenario("a snapshot that takes time: what is sent meanwhile is answered afterwards")
                .fake(vm -> vm.withJob("s1", FakeJob.takes(Duration.ofMillis(100))))
                .steps(d -> {
                    image(d, "a", "")
                            .burst(
                                    "s1 concluded",
                                    snapshot("save", "s1", "t1", "a", "'a'"),
                                    "query-status",
                                    "job-cancel {'id': 's1'}");
                    look(d);
                });
    }

    private static String amend(String id, String node, String options) {
        return "x-blockdev-amend {'job-id': '" + id + "', 'node-name': '" + node + "', 'options': {" + options + "}}";
    }

    private static VmScenario amend() {
        String qcow2 = "'driver': 'qcow2'";
        return scenario("images that are amended, and that cannot be").steps(d -> {
            look(image(d, "a", "").job(amend("j0", "a", qcow2), CONCLUDED))
                    .job("job-dismiss {'id': 'j0'}", "j0 null")
                    .job(amend("j0", "a", qcow2 + ", 'encrypt': {'format': 'luks', 'state': 'inactive'}"), CONCLUDED);
            look(d).job(amend("j0", "a", qcow2))
                    .job(amend("j1", "nope", qcow2))
                    .job(amend("j1", "a-file", qcow2))
                    .job(amend("j1", "a", "'driver': 'raw'"))
                    .job(amend("1", "a", qcow2))
                    .job("job-cancel {'id': 'j0'}");
        });
    }

    private static VmScenario raw() {
        return scenario("snapshots of what can have none").paused().steps(d -> d.send(
                        "blockdev-add {'driver': 'null-co', 'node-name': 'a'}")
                .job(snapshot("save", "s1", "t1", "a", "'a'"), "s1 concluded")
                .job(snapshot("load", "s2", "t1", "a", "'a'"), "s2 concluded")
                .send("query-jobs"));
    }

    private static VmScenario devices() {
        String held = ", 'auto-finalize': false, 'auto-dismiss': false}";
        return scenario("chains of devices")
                .fake(vm -> vm.withJob("j1", FakeJob.takes(Duration.ZERO).copies(0)))
                .steps(d -> {
                    chain(d).send("device_add {'driver': 'virtio-blk-pci', 'id': 'v', 'drive': 'top'}");
                    for (String command : new String[] {
                        "block-commit {'device': 'top', 'job-id': 'j0', 'top-node': 'mid'",
                        "block-stream {'device': 'top', 'job-id': 'j0'"
                    }) {
                        delete(d.job(command + held, "j0 BLOCK_JOB_PENDING"), "top")
                                .job("job-cancel {'id': 'j0'}", CONCLUDED)
                                .job("job-dismiss {'id': 'j0'}", "j0 null");
                    }
                    delete(
                                    d.job("block-commit {'device': 'top', 'job-id': 'j1'" + held, "j1 BLOCK_JOB_READY"),
                                    "top",
                                    "base")
                            .job("job-cancel {'id': 'j1'}", "j1 concluded");
                });
    }

    static String overlay(String node, String overlay) {
        return "{'type': 'blockdev-snapshot', 'data': {'node': '" + node + "', 'overlay': '" + overlay + "'}}";
    }

    private static Dialogue transact(Dialogue dialogue, String... actions) {
        return dialogue.job("transaction {'actions': [" + String.join(", ", actions) + "]}");
    }

    static Dialogue nodes(Dialogue dialogue) {
        Stream.of("src", "dst", "a", "b", "c")
                .forEach(node -> dialogue.send(
                        "blockdev-add {'driver': 'null-co', 'node-name': '" + node + "', 'size': 1048576}"));
        return dialogue;
    }

    private static VmScenario overlays() {
        String abort = "{'type': 'abort', 'data': {}}";
        return scenario("overlays that are put on disks together, or not at all")
                .steps(d -> {
                    Stream.of("o0", "o1", "o2", "o3").forEach(node -> image(d, node, ", 'backing': null"));
                    nodes(d).send("device_add {'driver': 'virtio-blk-pci', 'id': 'v', 'drive': 'src'}");
                    transact(d, overlay("nope", "o0"));
                    transact(d, overlay("src", "nope"));
                    transact(d, overlay("src", "a"));
                    transact(d, overlay("src", "src"));
                    transact(d, overlay("o0", "o0"));
                    transact(d, overlay("src", "o0"), abort);
                    transact(d, overlay("src", "o0"), overlay("src", "o1"));
                    transact(d, overlay("src", "o0"), overlay("o0", "o1"), abort);
                    transact(d, overlay("src", "o0"), overlay("a", "o0"));
                    delete(d, "src").job("blockdev-snapshot {'node': 'src', 'overlay': 'nope'}");
                    delete(transact(d, overlay("src", "o0"), overlay("a", "o1")), "src", "a", "o0", "o1");
                    transact(d, overlay("o0", "o2")).job("blockdev-snapshot {'node': 'b', 'overlay': 'o3'}");
                    d.job(
                            "blockdev-mirror {'job-id': 'j0', 'device': 'dst', 'target': 'c', 'sync': 'full'}",
                            "j0 BLOCK_JOB_READY");
                    for (String node : new String[] {"b", "dst", "c", "o3"}) {
                        d.job("blockdev-snapshot {'node': '" + node + "', 'overlay': 'o3'}");
                    }
                    d.job("blockdev-snapshot {'node': 'o3', 'overlay': 'dst'}")
                            .job("blockdev-snapshot {'node': 'o3', 'overlay': 'c'}");
                    delete(
                            transact(d, overlay("o3", "nope"), TogetherScenarios.backup("j1", "o3", "nope")),
                            "o0",
                            "o2",
                            "o3");
                });
    }

    private static VmScenario undone() {
        return scenario("nodes that are added together, or not at all").steps(d -> {
            Stream.of(
                            "'driver': 'null-co', 'node-name': 'a'",
                            raw("o", raw("a", "")),
                            raw("o", raw("o", "")),
                            raw("a", raw("1", "")),
                            raw("1", raw("a", "")),
                            raw("1", raw("new", "")),
                            raw("o", raw("i", raw("a", ""))),
                            raw("o", raw("i", "'nope'")),
                            raw("o", raw("i", raw("d", ""))),
                            raw("x", "'i'"))
                    .forEach(options -> d.send("blockdev-add {" + options + "}"));
            delete(d, "d", "i", "o", "x", "d", "i", "o", "i", "d", "new");
        });
    }

    /** What is read as it is; without a file, zeros. */
    private static String raw(String name, String file) {
        String named = ", 'node-name': '" + name + "'";
        return file.isEmpty()
                ? "'driver': 'null-co'" + named
                : "'driver': 'raw'" + named + ", 'file': " + (file.contains(":") ? "{" + file + "}" : file);
    }
}
