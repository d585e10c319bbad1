package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.profile.DeviceDriver;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.profile.QemuWords;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.TinyGuest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Devices that come and go, or do not. */
final class DeviceScenarios {

    private static final String LIST = "qom-list {'path': '/machine/peripheral'}";
    private static final String CRYPTO = "cryptodev-backend-builtin";
    private static final String UNNAMED = "qom-list {'path': '/machine/peripheral-anon'}";

    private DeviceScenarios() {}

    static Stream<VmScenario> all() {
        return Stream.of(usb(), pci(), names(), terms(), refusals(), BackendScenarios.all())
                .flatMap(scenarios -> scenarios)
                .map(VmScenario::ofVersion);
    }

    private static Stream<VmScenario> usb() {
        return Stream.of(
                VmScenario.of("USB: gone at once")
                        .with(vm -> vm.withDevice("tablet0", "usb-tablet"), "-device", "usb-tablet,id=tablet0")
                        .steps(d -> d.send(LIST)
                                .send("device_del {'id': 'tablet0'}", "DEVICE_DELETED")
                                .send("device_del {'id': 'tablet0'}")
                                .send(LIST)
                                .send("device_add {'driver': 'usb-tablet', 'id': 'tablet0'}")
                                .send("device_add {'driver': 'usb-mouse', 'id': 'tablet0'}")
                                .send("device_del {'id': '/machine/peripheral/tablet0'}", "DEVICE_DELETED")
                                .send(LIST)),
                VmScenario.of("USB: a device without an id").steps(d -> d.send("device_add {'driver': 'usb-mouse'}")
                        .send("device_add {'driver': 'usb-kbd', 'id': 7}")
                        .send(UNNAMED)
                        .send("device_del {'id': '/machine/peripheral-anon/device[0]'}", "DEVICE_DELETED")
                        .send(UNNAMED)
                        .send(LIST)),
                VmScenario.of("USB: a disk, and the SCSI device inside of it")
                        .with(vm -> vm.withDevice("disk0", "usb-storage"), "-blockdev", "null-co,node-name=first")
                        .with(vm -> vm, "-device", "usb-storage,id=disk0,drive=first")
                        .with(vm -> vm.withBackend("blockdev", "second"), "-blockdev", "null-co,node-name=second")
                        .steps(d -> d.send("device_del {'id': 'disk0'}", "DEVICE_DELETED", "DEVICE_DELETED")
                                .send("device_add {'driver': 'usb-storage', 'id': 'disk0'}")
                                .send("device_add {'driver': 'usb-storage', 'id': 'disk0', 'drive': 'second'}")
                                .send("device_del {'id': 'disk0'}", "DEVICE_DELETED", "DEVICE_DELETED")
                                .send("device_add {'driver': 'usb-storage', 'drive': 'second'}")
                                .send(UNNAMED)
                                .send(
                                        "device_del {'id': '/machine/peripheral-anon/device[0]'}",
                                        "DEVICE_DELETED",
                                        "DEVICE_DELETED")));
    }

    private static Stream<VmScenario> pci() {
        return Stream.of(
                VmScenario.of("PCI: gone with a reset")
                        .paused()
                        .with(vm -> vm.withDevice("net0", "e1000"), "-device", "e1000,id=net0")
                        .steps(d -> d.send("device_add {'driver': 'virtio-rng-pci', 'id': 'rng0'}")
                                .send("device_del {'id': 'rng0'}")
                                .send("device_del {'id': 'rng0'}")
                                .send("device_add {'driver': 'virtio-rng-pci', 'id': 'rng0'}")
                                .send(LIST)
                                .send("system_reset", "RESET", "DEVICE_DELETED", "DEVICE_DELETED")
                                .send(LIST)
                                .send("device_del {'id': 'net0'}")
                                .send("system_reset", "RESET", "DEVICE_DELETED")
                                .send("device_del {'id': 'rng0'}")
                                .send(LIST)),
                VmScenario.of("PCI: the guest is asked again").steps(d -> {
                    d.send(add("e1000", "a")).send(remove("a")).send(remove("a"));
                    d.send("stop", "STOP").send(remove("a")).send(remove("a"));
                    d.send("system_reset", "RESET", "DEVICE_DELETED").send(remove("a"));
                }),
                VmScenario.of("PCI: a guest that had not begun when it was asked is not asked again")
                        .paused()
                        .steps(d -> {
                            d.send(add("e1000", "a")).send(remove("a")).send(remove("a"));
                            d.send("cont", "RESUME").send(remove("a")).send("stop", "STOP");
                            d.send(remove("a")).send("system_reset", "RESET", "DEVICE_DELETED");
                        }),
                VmScenario.of("controllers and what is on their buses").paused().steps(DeviceScenarios::controllers),
                VmScenario.of("PCI: gone with a reset, slot by slot").paused().steps(d -> {
                    Stream.of("a", "b", "c").forEach(id -> d.send(add("e1000", id)));
                    d.send(remove("b")).send("system_reset", "RESET", "DEVICE_DELETED");
                    d.send(add("virtio-rng-pci", "d")).send(add("e1000", "e"));
                    Stream.of("e", "d", "c", "a").forEach(id -> d.send(remove(id)));
                    d.send(
                                    "system_reset",
                                    "RESET",
                                    "DEVICE_DELETED",
                                    "DEVICE_DELETED",
                                    "DEVICE_DELETED",
                                    "DEVICE_DELETED",
                                    "DEVICE_DELETED")
                            .send(LIST);
                }),
                VmScenario.of("PCI: gone with a reset, with and without an event")
                        .paused()
                        .steps(d -> Stream.of("qemu-xhci", "nec-usb-xhci", "intel-hda", "ich9-intel-hda")
                                .forEach(driver -> d.send(add(driver, "a"))
                                        .send(remove("a"))
                                        .send(LIST)
                                        .send("system_reset", deleted(driver, "RESET"))
                                        .send(LIST)
                                        .send(remove("a"))
                                        .send(add("e1000", "a"))
                                        .send(remove("a"))
                                        .send("system_reset", "RESET", "DEVICE_DELETED"))),
                VmScenario.of("PCI: gone when the guest lets go of it")
                        .guest(TinyGuest.RELEASES_DEVICES, FakeGuestBehavior.create())
                        .steps(d -> d.send("device_add {'driver': 'virtio-balloon-pci', 'id': 'balloon0'}")
                                .send("device_del {'id': 'balloon0'}", "DEVICE_DELETED", "DEVICE_DELETED")
                                .send(LIST)
                                .send("device_add {'driver': 'e1000', 'id': 'net0'}")
                                .send("device_del {'id': 'net0'}", "DEVICE_DELETED")
                                .send("device_del {'id': 'net0'}")),
                VmScenario.of("PCI: no more slots").steps(d -> {
                    IntStream.range(0, 31).forEach(i -> d.send(add("pci-testdev", "a" + i)));
                    d.send("device_add {'driver': 'virtio-net'}")
                            .send("device_add {'driver': 'virtio-blk'}")
                            .send("device_add {'driver': 'usb-tablet'}")
                            .send(LIST)
                            .send(UNNAMED);
                }));
    }

    private static void controllers(Dialogue d) {
        d.send("blockdev-add {'driver': 'null-co', 'node-name': 'n'}");
        for (String[] names : new String[][] {
            {"virtio-scsi-pci", "scsi-cd", "scsi-hd', 'drive': 'n"},
            {"lsi53c895a", "scsi-cd", "scsi-hd', 'drive': 'n"},
            {"usb-ehci", "usb-tablet", "usb-mouse"},
            {"virtio-serial-pci", "virtserialport", "virtconsole"}
        }) {
            d.send(add(names[0], "c")).send(add(names[1] + "', 'bus': 'c.0", "k0"));
            d.send(add(names[2] + "', 'bus': 'c.0", "k1")).send(remove("c")).send(LIST);
            d.send("system_reset", deleted(names[0], "RESET", "DEVICE_DELETED", "DEVICE_DELETED"));
            d.send(LIST).send(remove("k0")).send(remove("c"));
        }
        d.send("blockdev-del {'node-name': 'n'}");
    }

    private static Stream<VmScenario> names() {
        return Stream.of(
                VmScenario.of("drivers by their other names")
                        .with(vm -> vm.withDevice("net0", "virtio-net"), "-device", "virtio-net,id=net0")
                        .steps(d -> {
                            pluggable().forEach(alias -> d.send(add(alias, "a-" + alias)));
                            d.send(LIST)
                                    .send("device_add {'driver': 'virtio-rng'}")
                                    .send(UNNAMED);
                        }),
                VmScenario.of("the order of qom-list").steps(d -> {
                    List<String> ids = List.of("net0", "b", "zz", "tablet-1", "A.b_c", "kbd", "a9", "a10", "x", "y");
                    ids.forEach(id -> d.send(add("usb-tablet", id)).send(LIST));
                    d.send(remove("zz"), "DEVICE_DELETED").send(remove("a9"), "DEVICE_DELETED");
                    d.send(LIST).send(add("usb-storage", "q")).send(add("usb-storage", "a9"));
                    IntStream.range(0, 9)
                            .forEach(i -> d.send(add("usb-kbd", "k" + i)).send(LIST));
                    IntStream.range(0, 9).forEach(i -> d.send(remove("k" + i), "DEVICE_DELETED")
                            .send(LIST));
                    d.send(add("usb-mouse", "k3")).send(LIST);
                }),
                VmScenario.of("the order of qom-list, and the numbers, of those without an id")
                        .steps(d -> {
                            for (int i = 0; i < 4; i++) {
                                d.send("device_add {'driver': 'usb-tablet'}")
                                        .send("device_add {'driver': 'usb-serial'}")
                                        .send("device_add {'driver': 'VGA'}")
                                        .send("device_add {'driver': 'e1000'}")
                                        .send(UNNAMED);
                            }
                        }));
    }

    private static Stream<VmScenario> terms() {
        return Stream.of(
                VmScenario.of("what drivers need")
                        .with(vm -> vm.withBackend("blockdev", "disk"), "-blockdev", "null-co,node-name=disk")
                        .with(vm -> vm.withBackend("chardev", "serial"), "-chardev", "null,id=serial")
                        .with(vm -> vm.withObject("crypto", CRYPTO), "-object", CRYPTO + ",id=crypto")
                        .with(vm -> vm.withObject("can", "can-bus"), "-object", "can-bus,id=can")
                        .steps(d -> Stream.of(
                                        "'driver': 'virtio-blk-pci', 'drive': null",
                                        "'driver': 'virtio-blk-pci', 'drive': {'a': 1}",
                                        "'driver': 'virtio-blk-pci', 'serial': 'disk'",
                                        "'driver': 'virtio-blk-pci', 'drive': 'disk'",
                                        "'driver': 'nvme'",
                                        "'driver': 'nvme', 'serial': '1'",
                                        "'driver': 'pci-bridge', 'chassis_nr': 1",
                                        "'driver': 'usb-serial', 'chardev': 'serial'",
                                        "'driver': 'virtio-crypto', 'cryptodev': 'crypto'",
                                        "'driver': 'virtio-crypto-pci', 'cryptodev': 'crypto'",
                                        "'driver': 'kvaser_pci', 'canbus': 'can'",
                                        "'driver': 'ctucan_pci', 'canbus0': 'can'",
                                        "'driver': 'ctucan_pci', 'canbus0': 'can', 'canbus1': 'can'")
                                .forEach(arguments -> d.send("device_add {" + arguments + "}"))),
                VmScenario.of("what drivers need, one thing after the other")
                        .with(vm -> vm, "-fsdev", "local,id=files,path=/,security_model=none")
                        .steps(d -> d.send("device_add {'driver': 'virtio-9p', 'mount_tag': 'a'}")
                                .send("device_add {'driver': 'virtio-9p', 'fsdev': 'files'}")
                                .send("device_add {'driver': 'virtio-9p', 'fsdev': 'files', 'mount_tag': 'a'}")
                                .send(UNNAMED)),
                VmScenario.of("of which there is one alone, from the beginning")
                        .with(vm -> vm.withDevice("a", "virtio-balloon"), "-device", "virtio-balloon,id=a")
                        .with(vm -> vm.withDevice("p", "ioh3420"), "-device", "ioh3420,id=p,chassis=7")
                        .steps(d -> d.send(add("virtio-balloon", "b"))
                                .send(add("ioh3420", "q"))
                                .send(LIST)),
                VmScenario.of("of which there is one alone")
                        .guest(TinyGuest.RELEASES_DEVICES, FakeGuestBehavior.create())
                        .steps(d -> d.send(add("virtio-balloon", "a"))
                                .send(add("virtio-balloon-pci-transitional", "b"))
                                .send(remove("a"), deleted("virtio-balloon"))
                                .send(add("virtio-balloon", "b"))
                                .send(add("pcie-root-port", "p"))
                                .send(add("ioh3420", "q"))
                                .send("device_add {'driver': 'ioh3420', 'chassis': 1, 'id': 'q'}")
                                .send("device_add {'driver': 'pcie-root-port', 'slot': 1, 'id': 'r'}")
                                .send(add("pcie-root-port", "s"))
                                .send(LIST)));
    }

    private static Stream<VmScenario> refusals() {
        return Stream.of(
                VmScenario.of("what cannot be plugged").steps(d -> Stream.of(
                                "",
                                "{'id': 'a'}",
                                "{'driver': null}",
                                "{'driver': {'a': 'b'}, 'id': 'a'}",
                                "{'driver': ['usb-tablet'], 'id': 'a'}",
                                "{'driver': null, 'id': 'a b'}",
                                "{'driver': 'usb-tablett', 'id': 'a'}",
                                "{'driver': 5}",
                                "{'driver': 1.0}",
                                "{'driver': true}",
                                "{'driver': ''}",
                                "{'driver': 'usb-tablet', 'id': 'a b'}",
                                "{'driver': 'usb-tablet', 'id': ''}",
                                "{'driver': 'VGA', 'id': 'a'}",
                                "{'driver': 'isa-serial', 'id': 'a'}",
                                "{'driver': 'scsi-hd', 'id': 'a'}",
                                "{'driver': 'virtserialport', 'id': 'a'}",
                                "{'driver': 'ide-hd', 'id': 'a'}",
                                "{'driver': 'floppy', 'id': 'a'}")
                        .forEach(arguments -> d.send(("device_add " + arguments).strip()))),
                VmScenario.of("what cannot be removed")
                        .with(vm -> vm.withDevice("vga", "VGA"), "-device", "VGA,id=vga")
                        .with(vm -> vm.withDevice("cd", "ide-cd"), "-device", "ide-cd,id=cd")
                        .steps(d -> {
                            d.send("device_add {'driver': 'usb-tablet'}")
                                    .send("device_del")
                                    .send("device_del {'id': 5}")
                                    .send("device_del {'id': 'nope', 'force': true}");
                            Stream.of(
                                            "nope",
                                            "/machine/peripheral/nope",
                                            "/nope",
                                            "machine",
                                            "a b",
                                            "device[0]",
                                            "vga",
                                            "/vga",
                                            "cd",
                                            "cd/nope")
                                    .forEach(id -> d.send(remove(id)));
                            d.send(UNNAMED).send(LIST);
                        }),
                VmScenario.of("what cannot be listed")
                        .steps(d -> d.send("qom-list").send("qom-list {'path': 1}")));
    }

    /** The names that QEMU takes for those of drivers which it always has. */
    private static List<String> pluggable() {
        QemuProfile profile = QemuWords.nearest(QemuBinary.SYSTEM);
        return profile.driverAliases().keySet().stream()
                .filter(alias -> profile.driver(alias).isPresent())
                .toList();
    }

    /** The events when a device of this driver is removed, behind others. */
    static String[] deleted(String driver, String... before) {
        DeviceDriver model = QemuWords.nearest(QemuBinary.SYSTEM).driver(driver).orElseThrow();
        long count = model.isSilent() ? 0 : model.parts().size() + 1;
        return Stream.concat(
                        Arrays.stream(before),
                        Stream.generate(() -> "DEVICE_DELETED").limit(count))
                .toArray(String[]::new);
    }

    private static String add(String driver, String id) {
        return "device_add {'driver': '" + driver + "', 'id': '" + id + "'}";
    }

    private static String remove(String id) {
        return "device_del {'id': '" + id + "'}";
    }
}
