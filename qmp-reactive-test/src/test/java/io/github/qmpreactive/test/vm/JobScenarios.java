package io.github.qmpreactive.test.vm;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Jobs: how they begin and end, what can be done to them when, and what it does to block nodes. */
final class JobScenarios {

    static final String[] DISKS = {"src", "dst", "a", "b"};
    static final String THROTTLED = ", 'speed': 65536, 'buf-size': 65536";
    private static final String[] QUERIES = {"query-jobs", "query-block-jobs"};
    private static final UnaryOperator<FakeVm> FULL = vm -> vm.withJob("j0", full(1 << 20));
    static final String READY = "j0 BLOCK_JOB_READY";
    static final String CONCLUDED = "j0 concluded";

    private JobScenarios() {}

    static Stream<VmScenario> all() {
        return Stream.of(
                        backups(),
                        mirrors(),
                        running(),
                        ready(),
                        pending(),
                        concluded(),
                        starts(),
                        busy(),
                        failures(),
                        ends(),
                        bursts(),
                        devices())
                .flatMap(scenarios -> scenarios);
    }

    /** A job that copies so much, and has no room at the beginning. */
    private static FakeJob full(long bytes) {
        return FakeJob.takes(Duration.ZERO).copies(bytes).failsAt(0, "No space left on device");
    }

    static VmScenario disks(String name) {
        return VmScenario.of(name).ofVersion();
    }

    static Dialogue disks(Dialogue dialogue) {
        Arrays.stream(DISKS).forEach(node -> add(dialogue, node, 1 << 20));
        return dialogue;
    }

    private static void add(Dialogue dialogue, String node, int size) {
        dialogue.send("blockdev-add {'driver': 'null-co', 'node-name': '" + node + "', 'size': " + size + "}");
    }

    static String mirror(String more) {
        return copy("mirror", "j0", "src", "dst", more);
    }

    private static String backup(String more) {
        return copy("backup", "j0", "src", "dst", more);
    }

    private static String copy(String command, String id, String source, String target, String more) {
        return "blockdev-" + command + " {" + data(id, source, target) + more + "}";
    }

    private static String data(String id, String source, String target) {
        return "'job-id': '" + id + "', 'device': '" + source + "', 'target': '" + target
                + "', 'sync': 'full', 'auto-dismiss': false";
    }

    static String verb(String command) {
        return command + (command.matches("job-.*|.*-(dismiss|finalize)") ? " {'id': 'j0'}" : " {'device': 'j0'}");
    }

    private static Dialogue verbs(Dialogue dialogue, String... commands) {
        for (String command : commands) {
            dialogue.job(verb(command));
        }
        return dialogue;
    }

    private static Dialogue look(Dialogue dialogue) {
        Arrays.stream(QUERIES).forEach(dialogue::send);
        return dialogue;
    }

    private static Stream<VmScenario> backups() {
        return Stream.of(
                disks("a backup that waits to be dismissed, and one that does not")
                        .steps(d -> {
                            look(disks(d).job(backup(""), CONCLUDED)).job(verb("job-dismiss"), "j0 null");
                            look(d).job(copy("backup", "j0", "src", "dst", "").replace("false", "true"), "j0 null");
                            look(d);
                        }),
                disks("a backup that is finalized by hand").steps(d -> {
                    look(disks(d).job(backup(", 'auto-finalize': false"), "j0 BLOCK_JOB_PENDING"));
                    look(d.job(verb("job-finalize"), CONCLUDED)).job(verb("block-job-dismiss"), "j0 null");
                }));
    }

    private static Stream<VmScenario> mirrors() {
        return Stream.of(
                disks("a mirror that is completed").steps(d -> {
                    look(disks(d).job(mirror(""), READY));
                    look(d.job(verb("job-complete"), CONCLUDED))
                            .send("blockdev-del {'node-name': 'src'}")
                            .send("blockdev-del {'node-name': 'dst'}")
                            .job(verb("job-dismiss"), "j0 null");
                }),
                disks("a mirror whose target takes the place of a device's disk")
                        .steps(d -> disks(d).send("device_add {'driver': 'virtio-blk-pci', 'id': 'v', 'drive': 'src'}")
                                .job(mirror(""), READY)
                                .job(verb("job-complete"), CONCLUDED)
                                .send("blockdev-del {'node-name': 'dst'}")
                                .send("blockdev-del {'node-name': 'src'}")),
                disks("a mirror that ends as a copy").steps(d -> {
                    look(disks(d).job(mirror(""), READY).job(verb("block-job-cancel"), CONCLUDED))
                            .job(verb("job-dismiss"), "j0 null");
                    d.send("blockdev-del {'node-name': 'dst'}").send("blockdev-del {'node-name': 'src'}");
                }),
                disks("a mirror that is cancelled when it is ready")
                        .steps(d -> look(disks(d).job(mirror(""), READY).job(verb("job-cancel"), CONCLUDED))),
                disks("a mirror that is cancelled by force")
                        .steps(d -> look(disks(d).job(mirror(""), READY)
                                .job("block-job-cancel {'device': 'j0', 'force': true}", CONCLUDED))),
                disks("a mirror that copies nothing")
                        .steps(d -> look(disks(d).job(mirror("").replace("full", "none"), READY))
                                .job(verb("job-complete"), CONCLUDED)),
                disks("a mirror that is finalized by hand").steps(d -> {
                    look(disks(d).job(mirror(", 'auto-finalize': false"), READY)
                            .job(verb("job-complete"), "j0 BLOCK_JOB_PENDING"));
                    look(verbs(d, "job-complete").job(verb("job-cancel"), CONCLUDED));
                }));
    }

    private static Stream<VmScenario> running() {
        return Stream.of(
                disks("a job that runs, and that is paused").steps(d -> {
                    look(disks(d).job(mirror(THROTTLED), "j0 running"));
                    verbs(d, "job-resume", "job-complete", "job-dismiss", "job-finalize");
                    verbs(d, "block-job-resume", "block-job-complete", "block-job-dismiss", "block-job-finalize");
                    look(d.job(verb("job-pause"), "j0 paused"));
                    verbs(d, "job-pause", "job-complete", "job-dismiss", "block-job-cancel", "block-job-pause");
                    d.job(verb("job-resume"), "j0 running").job(verb("job-resume"));
                    d.job("block-job-set-speed {'device': 'j0', 'speed': -1}");
                    look(d.job("block-job-set-speed {'device': 'j0', 'speed': 0}", READY));
                    d.job(verb("job-cancel"), CONCLUDED);
                }),
                disks("a job that is cancelled while it is paused")
                        .steps(d -> look(disks(d).job(mirror(THROTTLED), "j0 running")
                                .job(verb("job-pause"), "j0 paused")
                                .job(verb("job-cancel"), CONCLUDED))),
                disks("a job that is held up when the machine stops").steps(d -> disks(d).job(mirror(""), READY)
                        .send("system_reset", "RESET")
                        .job("stop", "j0 ready")
                        .send("cont", "RESUME")));
    }

    private static Stream<VmScenario> ready() {
        return Stream.of(disks("a job that is ready").steps(d -> {
            disks(d).job(mirror(""), READY);
            verbs(d, "job-finalize", "job-dismiss", "job-resume", "block-job-resume");
            look(d.job(verb("job-pause"), "j0 standby"));
            verbs(d, "job-pause", "block-job-pause", "block-job-cancel", "block-job-complete", "job-dismiss");
            look(d.job(verb("job-resume"), CONCLUDED));
        }));
    }

    private static Stream<VmScenario> pending() {
        return Stream.of(disks("a job that waits to be finalized").steps(d -> {
            disks(d).job(backup(", 'auto-finalize': false"), "j0 BLOCK_JOB_PENDING");
            verbs(d, "job-pause", "job-resume", "job-complete", "job-dismiss", "block-job-pause");
            d.job("block-job-set-speed {'device': 'j0', 'speed': 5}");
            look(d.job(verb("job-cancel"), CONCLUDED));
        }));
    }

    private static Stream<VmScenario> concluded() {
        String[] all = {
            "job-cancel",
            "job-pause",
            "job-resume",
            "job-complete",
            "job-finalize",
            "block-job-cancel",
            "block-job-pause",
            "block-job-resume",
            "block-job-complete",
            "block-job-finalize"
        };
        return Stream.of(disks("a job that has concluded, and one that is gone").steps(d -> {
            verbs(disks(d).job(backup(""), CONCLUDED), all);
            d.job("block-job-set-speed {'device': 'j0', 'speed': 5}");
            d.job(backup("")).job(copy("backup", "j0", "a", "b", "")).job(copy("mirror", "j0", "a", "b", ""));
            d.job("block-stream {'device': 'a', 'job-id': 'j0'}").job(verb("job-dismiss"), "j0 null");
            verbs(verbs(d, all), "job-dismiss", "block-job-dismiss");
            d.job("block-job-set-speed {'device': 'j0', 'speed': 5}");
        }));
    }

    private static Stream<VmScenario> starts() {
        return Stream.of(disks("commands that start nothing").steps(d -> Stream.of(
                        copy("mirror", "j0", "nope", "dst", ""),
                        copy("mirror", "j0", "src", "nope", ""),
                        copy("backup", "j0", "nope", "dst", ""),
                        copy("backup", "j0", "src", "nope", ""),
                        copy("mirror", "1bad", "src", "dst", ""),
                        copy("backup", "", "src", "dst", ""),
                        copy("backup", "a b", "src", "dst", ""),
                        "blockdev-backup {'device': 'src', 'target': 'dst', 'sync': 'full'}",
                        copy("mirror", "j0", "src", "src", ""),
                        copy("backup", "j0", "src", "src", ""),
                        copy("backup", "j0", "src", "small", ""),
                        mirror(", 'speed': -1"),
                        backup(", 'speed': -1"),
                        mirror("").replace("full", "nope"),
                        "blockdev-mirror {'device': 'src'}",
                        "block-stream {'device': 'nope', 'job-id': 'j0'}",
                        "block-stream {'device': 'src', 'job-id': 'j0', 'base-node': 'nope'}",
                        "block-stream {'device': 'src', 'job-id': 'j0', 'base-node': 'dst'}",
                        "block-stream {'device': 'src', 'job-id': 'j0', 'base-node': 'src'}",
                        "block-commit {'device': 'nope', 'job-id': 'j0'}",
                        "block-commit {'device': 'src', 'job-id': 'j0'}",
                        "block-commit {'device': 'src', 'job-id': 'j0', 'base-node': 'dst'}",
                        "query-jobs")
                .forEach(start(d)::job)));
    }

    private static Dialogue start(Dialogue dialogue) {
        add(disks(dialogue), "small", 1 << 19);
        return dialogue;
    }

    private static Stream<VmScenario> busy() {
        return Stream.of(
                // Paused, so that what is refused does not hold it up.
                disks("nodes that a mirror uses").steps(d -> {
                    disks(d).job(mirror(THROTTLED), "j0 running").job(verb("job-pause"), "j0 paused");
                    others(d, "src dst", "src a", "a dst", "a src", "dst a")
                            .job("block-stream {'device': 'src', 'job-id': 'j1'}");
                    delete(delete(d).job(verb("job-cancel"), CONCLUDED));
                }),
                disks("nodes that a backup uses").steps(d -> {
                    disks(d).job(backup(", 'auto-finalize': false"), "j0 BLOCK_JOB_PENDING");
                    delete(others(d, "src dst", "a dst", "dst a")
                            .job(copy("mirror", "j1", "src", "a", ""))
                            .job(copy("backup", "j1", "src", "a", ""), "j1 concluded"));
                    delete(d.job(verb("job-finalize"), CONCLUDED));
                }));
    }

    private static Dialogue others(Dialogue dialogue, String... nodes) {
        for (String command : new String[] {"mirror", "backup"}) {
            for (String pair : nodes) {
                String[] both = pair.split(" ", 2);
                dialogue.job(copy(command, "j1", both[0], both[1], ""));
            }
        }
        return dialogue;
    }

    private static Dialogue delete(Dialogue dialogue) {
        return dialogue.send("blockdev-del {'node-name': 'src'}").send("blockdev-del {'node-name': 'dst'}");
    }

    private static Stream<VmScenario> failures() {
        String full = "blockdev-add {'driver': 'blkdebug', 'node-name': 'full', 'image': 'a', 'inject-error':"
                + " [{'event': 'none', 'iotype': 'write', 'errno': 28, 'once': true}]}";
        String stop = ", 'on-target-error': 'stop'";
        String again = full.replace("28, 'once': true", "5");
        return Stream.of(
                disks("a mirror to a target of another size").steps(d -> {
                    add(disks(d), "small", 1 << 19);
                    look(d.job(copy("mirror", "j0", "src", "small", ""), CONCLUDED));
                }),
                disks("a backup that has no room").fake(FULL).steps(d -> {
                    look(disks(d).send(full)
                            .job(copy("backup", "j0", "src", "full", ", 'auto-finalize': false"), CONCLUDED));
                    d.send("blockdev-del {'node-name': 'full'}");
                }),
                disks("a backup that has no room, stops, and is resumed")
                        .fake(FULL)
                        .steps(d -> {
                            look(disks(d).send(full)
                                    .job(copy("backup", "j0", "src", "full", stop), "j0 BLOCK_JOB_ERROR", "j0 paused"));
                            verbs(d, "job-pause", "block-job-cancel", "job-complete");
                            look(d.job(verb("job-resume"), CONCLUDED));
                        }),
                disks("a backup that has no room, which is ignored")
                        .fake(FULL)
                        .steps(d -> look(disks(d).send(full)
                                .job(copy("backup", "j0", "src", "full", ", 'on-target-error': 'ignore'"), CONCLUDED))),
                disks("a backup that fails again and again")
                        .fake(vm -> vm.withJobs(FakeJob.takes(Duration.ZERO)
                                .failsAt(0, "Input/output error")
                                .failsAt(0, "Input/output error")))
                        .steps(d -> {
                            disks(d).send(again)
                                    .job(copy("backup", "j0", "src", "full", stop), "j0 BLOCK_JOB_ERROR", "j0 paused");
                            look(d.job(verb("job-resume"), "j0 BLOCK_JOB_ERROR", "j0 paused"));
                            look(d.job(verb("job-cancel"), CONCLUDED));
                        }),
                disks("a backup that fails otherwise than for want of room")
                        .fake(vm -> vm.withJobs(FakeJob.takes(Duration.ZERO).failsAt(0, "Input/output error")))
                        .steps(d -> look(disks(d).send(again)
                                .job(copy("backup", "j0", "src", "full", ", 'on-target-error': 'enospc'"), CONCLUDED))),
                disks("a mirror that has no room, stops, and is resumed")
                        .hasData()
                        .fake(FULL)
                        .steps(d -> {
                            disks(d).send("blockdev-add {'driver': 'file', 'node-name': 'data', 'filename': '@/data'}");
                            d.send(full)
                                    .job(copy("mirror", "j0", "data", "full", stop), "j0 BLOCK_JOB_ERROR", "j0 paused");
                            look(d).job(verb("job-resume"), READY);
                            look(d).job(verb("job-complete"), CONCLUDED);
                        }));
    }

    private static Stream<VmScenario> bursts() {
        String dismissed = mirror("").replace("false", "true");
        return Stream.of(
                disks("a job that two commands at once would end").steps(d -> {
                    disks(d);
                    for (String[] commands : new String[][] {
                        {"job-complete", "job-complete"},
                        {"job-cancel", "job-cancel"},
                        {"job-complete", "job-cancel"},
                        {"block-job-cancel", "job-complete"}
                    }) {
                        d.job(mirror(""), READY)
                                .burst(CONCLUDED, verb(commands[0]), verb(commands[1]))
                                .job(verb("job-dismiss"), "j0 null")
                                .job(dismissed, READY)
                                .burst("j0 null", verb(commands[0]), verb(commands[1]));
                    }
                }),
                disks("a job that is cancelled, looked at and dismissed at once")
                        .steps(d -> disks(d).job(mirror(""), READY)
                                .burst("j0 null", verb("job-cancel"), "query-jobs", verb("job-dismiss"))));
    }

    private static Stream<VmScenario> devices() {
        String device = "device_add {'driver': 'virtio-blk-pci', 'id': 'v', 'drive': 'src'}";
        return Stream.of(
                disks("disks of devices that jobs use").steps(d -> {
                    disks(d).send(device).job(mirror(""), READY);
                    delete(d).job(verb("job-cancel"), CONCLUDED).job(verb("job-dismiss"), "j0 null");
                    delete(d.job(backup(", 'auto-finalize': false"), "j0 BLOCK_JOB_PENDING"))
                            .job(verb("job-cancel"), CONCLUDED);
                }),
                disks("a disk that a device has given up for another, and that a second device is given")
                        .steps(d -> {
                            disks(d).send(device).job(mirror(""), READY).job(verb("job-complete"), CONCLUDED);
                            d.job(verb("job-dismiss"), "j0 null").send(device.replace("'v'", "'w'"));
                            delete(d);
                        }),
                disks("a backup of what is going to be written").steps(d -> {
                    look(disks(d).job(backup("").replace("full", "none"), "j0 running"));
                    look(d.job(verb("job-cancel"), CONCLUDED));
                }));
    }

    private static Stream<VmScenario> ends() {
        return Stream.of(
                disks("quit with a job that is ready")
                        .steps(d -> disks(d).job(mirror(""), READY).quits()),
                disks("quit with a job that runs").steps(d -> disks(d).job(mirror(THROTTLED), "j0 running")
                        .quits()),
                disks("quit with a job that is paused").steps(d -> disks(d).job(mirror(THROTTLED), "j0 running")
                        .job(verb("job-pause"), "j0 paused")
                        .quits()),
                disks("SIGTERM with a job that waits to be finalized")
                        .steps(d -> disks(d).job(backup(", 'auto-finalize': false"), "j0 BLOCK_JOB_PENDING")
                                .isTerminated()),
                disks("quit with jobs that have concluded").steps(d -> disks(d).job(backup(""), CONCLUDED)
                        .job(copy("backup", "j1", "a", "b", ""), "j1 concluded")
                        .quits()));
    }
}
