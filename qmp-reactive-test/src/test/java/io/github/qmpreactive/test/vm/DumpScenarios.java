package io.github.qmpreactive.test.vm;

import java.time.Duration;
import java.util.stream.Stream;

/** Dumps of the guest's memory: of a machine that runs or not, detached or not, and such as fail or are refused. */
final class DumpScenarios {

    private static final String FULL = "dump: failed to write elf header: No space left on device";
    private static final String[] WHILE_RUNNING = {"STOP", "DUMP_COMPLETED", "RESUME"};

    private DumpScenarios() {}

    static Stream<VmScenario> all() {
        return Stream.of(
                dumps("dumps of a machine that runs").steps(d -> {
                    look(d).send("query-dump-guest-memory-capability");
                    look(d.send(dump("@/x", ""), WHILE_RUNNING));
                    look(d.send(dump("@/x", ", 'begin': 0, 'length': 4096"), WHILE_RUNNING));
                    look(d.send(dump("@/x", ", 'detach': true"), WHILE_RUNNING));
                }),
                dumps("dumps of a machine that does not run").paused().steps(d -> {
                    look(d.send(dump("@/x", ", 'detach': false"), "DUMP_COMPLETED"));
                    look(d.send(dump("@/x", ", 'detach': true"), "DUMP_COMPLETED"));
                }),
                dumps("a dump that fails")
                        .fake(vm -> vm.withJob(
                                "dump-guest-memory",
                                FakeJob.takes(Duration.ZERO).failsAt(0, FULL)))
                        .steps(d -> look(d.send(dump("/dev/full", ""), WHILE_RUNNING))),
                dumps("what is refused during a dump")
                        .fake(vm -> vm.withJob("dump-guest-memory", FakeJob.takes(Duration.ofSeconds(1))))
                        .steps(d -> {
                            d.burst(
                                    new String[] {
                                        dump("@/x", ", 'detach': true"),
                                        "query-dump",
                                        "query-status",
                                        "cont",
                                        "stop",
                                        dump("@/y", "")
                                    },
                                    WHILE_RUNNING);
                            look(d);
                        }),
                dumps("dumps that are refused").steps(d -> Stream.of(
                                dump("@/x", ", 'begin': 0"),
                                dump("@/x", ", 'length': 4096"),
                                dump("@/x", ", 'format': 'kdump-zlib', 'begin': 0"),
                                dump("@/x", ", 'format': 'kdump-zlib'").replace("false", "true"),
                                dump("@/x", ", 'format': 'nope'"),
                                dump("@/x", "").replace("file:", ""),
                                "dump-guest-memory {'protocol': 'file:@/x'}",
                                "query-dump",
                                "query-status")
                        .forEach(d::send)));
    }

    private static VmScenario dumps(String name) {
        return VmScenario.of(name).ofVersion();
    }

    private static String dump(String file, String more) {
        return "dump-guest-memory {'paging': false, 'protocol': 'file:" + file + "'" + more + "}";
    }

    private static Dialogue look(Dialogue dialogue) {
        return dialogue.send("query-dump").send("query-status");
    }
}
