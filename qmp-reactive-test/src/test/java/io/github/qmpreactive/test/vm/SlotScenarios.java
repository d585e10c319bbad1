package io.github.qmpreactive.test.vm;

import java.util.stream.Stream;

/** Memory modules and processors: what ACPI has slots for, and the guest reports on. */
final class SlotScenarios {

    private static final String OST = "ACPI_DEVICE_OST";
    private static final String DELETED = "DEVICE_DELETED";
    private static final String LIST = "qom-list {'path': '/machine/peripheral'}";

    private SlotScenarios() {}

    static Stream<VmScenario> all() {
        return Stream.of(modules(), refusedModules(), withoutSlots(), processors(), notSetUp(), refusedProcessors())
                .map(VmScenario::ofVersion);
    }

    private static VmScenario slots(String name) {
        return VmScenario.of(name)
                .with(vm -> vm.withMemory(32L << 20, 2, 512L << 20), "-m", "32,slots=2,maxmem=512M")
                .with(vm -> vm.withCpus(1, 3), "-smp", "1,maxcpus=3");
    }

    private static Dialogue look(Dialogue dialogue) {
        Stream.of(
                        "query-memory-devices",
                        "query-memory-size-summary",
                        "query-hotpluggable-cpus",
                        "query-cpus-fast",
                        LIST)
                .forEach(dialogue::send);
        return dialogue;
    }

    private static String memory(String id, int mebibytes) {
        return "object-add {'qom-type': 'memory-backend-ram', 'id': '" + id + "', 'size': " + ((long) mebibytes << 20)
                + "}";
    }

    private static String module(String id, String more) {
        return "device_add {'driver': 'pc-dimm', 'id': '" + id + "'" + more + "}";
    }

    private static String processor(String id, String more) {
        return "device_add {'driver': 'qemu64-x86_64-cpu', 'id': '" + id + "'" + more + "}";
    }

    private static String remove(String id) {
        return "device_del {'id': '" + id + "'}";
    }

    /** What Linux tells of a slot: the source and then each status, the last but one of which ejects if one does. */
    private static String[] ofModule(int slot, String... statuses) {
        return registers("o /w 0xa00 " + slot, "o /w 0xa04 3", "o /w 0xa08 ", "o /b 0xa14 8", statuses);
    }

    private static String[] ofProcessor(int number, String... statuses) {
        return registers(
                "o /w 0xaf00 " + number,
                "o /b 0xaf05 1;o /w 0xaf08 3;o /b 0xaf05 2",
                "o /w 0xaf08 ",
                "o /b 0xaf04 8",
                statuses);
    }

    private static String[] registers(String select, String source, String status, String eject, String[] statuses) {
        Stream<String> steps = Stream.of(statuses)
                .flatMap(word -> Stream.of(word.equals("eject") ? eject : source + ";" + status + word));
        return Stream.concat(Stream.of(select), steps)
                .flatMap(step -> Stream.of(step.split(";")))
                .toArray(String[]::new);
    }

    private static VmScenario modules() {
        return slots("memory modules that the guest refuses to release, and that it releases")
                .steps(d -> {
                    look(d.send(memory("m0", 128)).send(memory("m1", 64)).send(memory("m2", 128)));
                    look(d.send(module("d0", ", 'memdev': 'm0'"))
                            .send("device_add {'driver': 'pc-dimm', 'memdev': 'm1'}"));
                    d.send(module("d2", ", 'memdev': 'm2'")).send("object-del {'id': 'm0'}");
                    d.send(remove("d0")).send(remove("d0"));
                    d.plays(guest -> guest.refuses("d0"), ofModule(0, "132", "130"), OST, OST);
                    d.send(remove("d0"))
                            .plays(guest -> guest.releases("d0"), ofModule(0, "132", "eject", "0"), OST, DELETED, OST);
                    look(d.send(remove("d0")).send("object-del {'id': 'm0'}")).send(module("d2", ", 'memdev': 'm2'"));
                    look(d.send(remove("/machine/peripheral-anon/device[0]")).send("system_reset", "RESET"));
                });
    }

    private static VmScenario refusedModules() {
        return slots("memory modules that cannot be added").steps(d -> {
            d.send(memory("m0", 64)).send(memory("m1", 448)).send("object-add {'qom-type': 'iothread', 'id': 'io'}");
            Stream.of("", ", 'memdev': 'nope'", ", 'memdev': 'io'", ", 'memdev': 'm0', 'x': 5")
                    .forEach(more -> d.send(module("d0", more)));
            d.send("object-add {'qom-type': 'memory-backend-ram', 'id': 'm2'}")
                    .send(module("d0", ", 'memdev': 'm0'"))
                    .send(module("d0", ", 'memdev': 'm1'"))
                    .send(module("d1", ", 'memdev': 'm0'"))
                    .send(module("d1", ", 'memdev': 'm1'"))
                    .send(module("d1", ", 'memdev': 'm1', 'bus': 'pci.0'"));
            look(d);
        });
    }

    private static VmScenario withoutSlots() {
        return VmScenario.of("memory modules and processors that there is no slot for")
                .steps(d -> look(d.send(memory("m0", 64)))
                        .send(module("d0", ", 'memdev': 'm0'"))
                        .send(module("d0", ""))
                        .send(processor("c1", ", 'socket-id': 0, 'core-id': 1, 'thread-id': 0")));
    }

    private static VmScenario processors() {
        return slots("processors that the guest refuses to release, and that it releases")
                .steps(d -> {
                    d.send(processor("c2", ", 'socket-id': 0, 'core-id': 2, 'thread-id': 0, 'node-id': 0"));
                    look(d.send(processor("c1", ", 'socket-id': 0, 'core-id': 1, 'thread-id': 0")));
                    // As a BIOS does, which makes QEMU before 11 accept device_del.
                    d.plays(guest -> {}, new String[] {"o /w 0xaf00 0"});
                    d.send(remove("c1")).send(remove("c1"));
                    d.plays(guest -> guest.refuses("c1"), ofProcessor(1, "132", "130"), OST, OST);
                    d.send(remove("c1"))
                            .plays(
                                    guest -> guest.releases("c1"),
                                    ofProcessor(1, "132", "eject", "0"),
                                    OST,
                                    DELETED,
                                    OST);
                    // No reset behind it: that QEMU does not always survive.
                    look(d.send(remove("c1")).send(remove("c2")));
                });
    }

    private static VmScenario notSetUp() {
        return slots("processors of a guest that has not begun, and of the same guest later")
                .paused()
                .steps(d -> {
                    d.send(processor("c1", ", 'socket-id': 0, 'core-id': 1, 'thread-id': 0"))
                            .send(remove("c1"))
                            .send(remove("c1"))
                            .send("cont", "RESUME");
                    d.plays(guest -> {}, new String[] {"o /w 0xaf00 0"});
                    d.send("stop", "STOP").send(remove("c1")).send(remove("c1")).send("cont", "RESUME");
                    d.plays(guest -> guest.releases("c1"), ofProcessor(1, "132", "eject", "0"), OST, DELETED, OST);
                    look(d.send(remove("c1")));
                });
    }

    private static VmScenario refusedProcessors() {
        return slots("processors that cannot be added").steps(d -> {
            Stream.of(
                            "",
                            ", 'core-id': 1",
                            ", 'socket-id': 0, 'core-id': 1",
                            ", 'socket-id': 0, 'core-id': 9, 'thread-id': 0",
                            ", 'socket-id': 1, 'core-id': 1, 'thread-id': 0",
                            ", 'socket-id': 0, 'core-id': 1, 'thread-id': 1",
                            ", 'socket-id': 0, 'core-id': 0, 'thread-id': 0",
                            ", 'socket-id': 0, 'core-id': 1, 'thread-id': 0",
                            ", 'socket-id': 0, 'core-id': 2, 'thread-id': 0")
                    .forEach(more -> d.send(processor("c1", more)));
            d.send(processor("c2", ", 'socket-id': 0, 'core-id': 1, 'thread-id': 0"))
                    .send(processor("c2", ", 'socket-id': 0, 'core-id': 2, 'thread-id': 0")
                            .replace("qemu64", "EPYC"));
            look(d);
        });
    }
}
