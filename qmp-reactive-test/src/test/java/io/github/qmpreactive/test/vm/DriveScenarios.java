package io.github.qmpreactive.test.vm;

import java.util.stream.Stream;

/** Disks of devices: which jobs are held up when they come and go, and that one is for one device. */
final class DriveScenarios {

    private DriveScenarios() {}

    static Stream<VmScenario> all() {
        return Stream.of(
                JobScenarios.disks("jobs that are held up when a device gets a disk, and gives it up")
                        .steps(d -> {
                            String more = device("w", "src");
                            JobScenarios.disks(d)
                                    .job(JobScenarios.mirror(""), JobScenarios.READY)
                                    .send(device("v", "src"))
                                    .send(more)
                                    .send(more.replace("src", "dst"));
                            d.send(usb("u", "a"))
                                    .send(usb("t", "nope"))
                                    .send(more.replace("src", "a"))
                                    .send(usb("t", "b"));
                            d.send("device_add {'driver': 'usb-tablet', 'id': 'k'}");
                            for (String id : new String[] {"u", "t"}) {
                                d.send("device_del {'id': '" + id + "'}", "DEVICE_DELETED", "DEVICE_DELETED");
                            }
                            d.send("blockdev-del {'node-name': 'a'}")
                                    .job(JobScenarios.verb("job-cancel"), JobScenarios.CONCLUDED);
                            d.send("device_del {'id': 'k'}", "DEVICE_DELETED").send(usb("u", "b"));
                        }),
                JobScenarios.disks("a job that is held up when its own USB disk comes and goes")
                        .steps(d -> {
                            JobScenarios.disks(d)
                                    .job(JobScenarios.mirror(JobScenarios.THROTTLED), "j0 running")
                                    .send(usb("u", "src"))
                                    .send(usb("t", "src"));
                            d.send("device_del {'id': 'u'}", "DEVICE_DELETED", "DEVICE_DELETED");
                        }),
                JobScenarios.disks("a disk that several devices want").steps(d -> {
                    String shared = ", 'share-rw': true";
                    String[] drivers = {"virtio-blk-pci'", "usb-storage'", "nvme', 'serial': '1'"};
                    JobScenarios.disks(d);
                    for (int i = 0; i < drivers.length; i++) {
                        String node = JobScenarios.DISKS[i];
                        d.send(disk(drivers[i], "first" + i, node, ""));
                        for (String driver : drivers) {
                            d.send(disk(driver, "x", node, "")).send(disk(driver, "x", node, shared));
                        }
                    }
                    d.send(disk(drivers[0], "v", "b", shared))
                            .send(disk(drivers[0], "w", "b", shared))
                            .send(disk(drivers[0], "x", "b", ""))
                            .send("device_add {'driver': 'usb-storage', 'drive': 'b'}");
                }));
    }

    private static String usb(String id, String node) {
        return disk("usb-storage'", id, node, "");
    }

    private static String disk(String driver, String id, String node, String more) {
        return "device_add {'driver': '" + driver + ", 'id': '" + id + "', 'drive': '" + node + "'" + more + "}";
    }

    private static String device(String id, String node) {
        return disk("virtio-blk-pci'", id, node, "");
    }
}
