package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.qemu.TinyGuest;
import java.util.stream.Stream;

/** Devices and what they refer to: buses, backends, objects; and their properties. */
final class BackendScenarios {

    private static final String LIST = "qom-list {'path': '/machine/peripheral'}";

    private BackendScenarios() {}

    static Stream<VmScenario> all() {
        return Stream.of(
                missing(),
                present(),
                commands(),
                references(),
                inUse(),
                objectsInUse(),
                properties(),
                types(),
                buses(),
                others(),
                q35());
    }

    private static VmScenario missing() {
        return VmScenario.of("what a device refers to is missing")
                .with(vm -> vm.withBackend("blockdev", "disk"), "-blockdev", "null-co,node-name=disk")
                .with(vm -> vm.withObject("io", "iothread"), "-object", "iothread,id=io")
                .steps(d -> {
                    add(
                            d,
                            "'driver': 'virtio-blk-pci', 'drive': 'nope'",
                            "'driver': 'virtio-blk', 'drive': 'nope'",
                            "'driver': 'virtio-blk-pci', 'drive': 'disk', 'iothread': 'nope'",
                            "'driver': 'virtio-net-pci', 'netdev': 'nope'",
                            "'driver': 'e1000', 'netdev': 'nope'",
                            "'driver': 'e1000', 'netdev': 'disk'",
                            "'driver': 'usb-storage', 'drive': 'nope'",
                            "'driver': 'usb-serial', 'chardev': 'nope'",
                            "'driver': 'pci-serial', 'chardev': 'nope'",
                            "'driver': 'virtio-rng-pci', 'rng': 'nope'",
                            "'driver': 'virtio-rng-pci', 'rng': 'io'",
                            "'driver': 'ivshmem-plain', 'memdev': 'nope'",
                            "'driver': 'ivshmem-plain', 'memdev': 'io'",
                            "'driver': 'AC97', 'audiodev': 'nope'",
                            "'driver': 'virtio-scsi-pci', 'iothread': 'nope'");
                    d.send(LIST);
                });
    }

    private static VmScenario present() {
        return VmScenario.of("what a device refers to is there")
                .with(vm -> vm.withBackend("blockdev", "disk"), "-blockdev", "null-co,node-name=disk")
                .with(vm -> vm.withBackend("netdev", "net"), "-netdev", "hubport,hubid=0,id=net")
                .with(vm -> vm.withBackend("chardev", "serial"), "-chardev", "null,id=serial")
                .with(vm -> vm.withObject("io", "iothread"), "-object", "iothread,id=io")
                .with(vm -> vm.withObject("mem", "memory-backend-ram"), "-object", "memory-backend-ram,id=mem,size=1M")
                .steps(d -> {
                    add(
                            d,
                            "'driver': 'virtio-blk-pci', 'drive': 'disk', 'iothread': 'io'",
                            "'driver': 'virtio-net-pci', 'netdev': 'net'",
                            "'driver': 'usb-serial', 'chardev': 'serial'",
                            "'driver': 'ivshmem-plain', 'memdev': 'mem'");
                    d.send("qom-list {'path': '/machine/peripheral-anon'}");
                });
    }

    private static VmScenario commands() {
        return VmScenario.of("backends come and go").steps(d -> Stream.of(
                        "blockdev-add {'driver': 'null-co', 'node-name': 'disk'}",
                        "blockdev-add {'driver': 'null-co', 'node-name': 'disk'}",
                        "blockdev-add {'driver': 'null-co'}",
                        "blockdev-add {'driver': 'null-co', 'node-name': 'a b'}",
                        "blockdev-add {'driver': 'nope', 'node-name': 'b'}",
                        "blockdev-del {'node-name': 'nope'}",
                        "blockdev-del",
                        "blockdev-del {'node-name': 'disk'}",
                        "device_add {'driver': 'usb-storage', 'drive': 'disk'}",
                        "netdev_add {'type': 'hubport', 'hubid': 0, 'id': 'net'}",
                        "netdev_add {'type': 'hubport', 'hubid': 0, 'id': 'net'}",
                        "netdev_add {'type': 'hubport', 'hubid': 0, 'id': 'a b'}",
                        "netdev_add {'type': 'nope', 'id': 'b'}",
                        "netdev_del {'id': 'nope'}",
                        "netdev_del {'id': 'net'}",
                        "netdev_del {'id': 'net'}",
                        "device_add {'driver': 'e1000', 'netdev': 'net'}",
                        "chardev-add {'id': 'serial', 'backend': {'type': 'null', 'data': {}}}",
                        "chardev-add {'id': 'serial', 'backend': {'type': 'null', 'data': {}}}",
                        "chardev-add {'id': 'b', 'backend': {'type': 'nope', 'data': {}}}",
                        "chardev-remove {'id': 'nope'}",
                        "chardev-remove {'id': 'serial'}",
                        "object-add {'qom-type': 'iothread', 'id': 'io'}",
                        "object-add {'qom-type': 'iothread', 'id': 'io'}",
                        "object-add {'qom-type': 'iothread', 'id': 'a b'}",
                        "object-add {'qom-type': 'nope', 'id': 'b'}",
                        "object-del {'id': 'nope'}",
                        "object-del {'id': 'io'}")
                .forEach(d::send));
    }

    private static VmScenario references() {
        return VmScenario.of("backends that refer to others").steps(d -> Stream.of(
                        "blockdev-add {'driver': 'raw', 'node-name': 'a', 'file': 'nope'}",
                        "blockdev-add {'driver': 'raw', 'node-name': 'a', 'file': ''}",
                        "blockdev-add {'driver': 'raw', 'node-name': 'a b', 'file': 'nope'}",
                        "blockdev-add {'driver': 'null-co', 'node-name': 'p'}",
                        "blockdev-add {'driver': 'raw', 'node-name': 'q', 'file': 'p'}",
                        "blockdev-del {'node-name': 'p'}",
                        "blockdev-del {'node-name': 'q'}",
                        "blockdev-del {'node-name': 'p'}",
                        "blockdev-add {'driver': 'raw', 'node-name': 's',"
                                + " 'file': {'driver': 'null-co', 'node-name': 'inner'}}",
                        "blockdev-del {'node-name': 'inner'}",
                        "blockdev-add {'driver': 'raw', 'node-name': 't', 'file': 'inner'}",
                        "blockdev-del {'node-name': 't'}",
                        "blockdev-del {'node-name': 's'}",
                        "blockdev-add {'driver': 'raw', 'node-name': 't', 'file': 'inner'}",
                        "netdev_add {'type': 'vhost-user', 'id': 'net', 'chardev': 'nope'}",
                        "netdev_add {'type': 'hubport', 'hubid': 0, 'id': 'net', 'netdev': 'nope'}",
                        "netdev_add {'type': 'hubport', 'hubid': 0, 'id': 'net'}",
                        "netdev_add {'type': 'hubport', 'hubid': 1, 'id': 'other', 'netdev': 'net'}")
                .forEach(d::send));
    }

    private static VmScenario inUse() {
        return VmScenario.of("backends that a device uses")
                .guest(TinyGuest.RELEASES_DEVICES, FakeGuestBehavior.create())
                .steps(d -> d.send("blockdev-add {'driver': 'null-co', 'node-name': 'disk'}")
                        .send("netdev_add {'type': 'hubport', 'hubid': 0, 'id': 'net'}")
                        .send("chardev-add {'id': 'serial', 'backend': {'type': 'null', 'data': {}}}")
                        .send("device_add {'driver': 'virtio-blk-pci', 'id': 'a', 'drive': 'disk'}")
                        .send("device_add {'driver': 'e1000', 'id': 'b', 'netdev': 'net'}")
                        .send("device_add {'driver': 'usb-serial', 'id': 'c', 'chardev': 'serial'}")
                        .send("device_add {'driver': 'virtio-net-pci', 'netdev': 'net'}")
                        .send("device_add {'driver': 'usb-serial', 'chardev': 'serial'}")
                        .send("blockdev-del {'node-name': 'disk'}")
                        .send("chardev-remove {'id': 'serial'}")
                        .send("device_del {'id': 'a'}", "DEVICE_DELETED", "DEVICE_DELETED")
                        .send("device_del {'id': 'b'}", "DEVICE_DELETED")
                        .send("device_del {'id': 'c'}", "DEVICE_DELETED")
                        .send("device_add {'driver': 'e1000', 'id': 'b', 'netdev': 'net'}")
                        .send("blockdev-del {'node-name': 'disk'}")
                        .send("chardev-remove {'id': 'serial'}"));
    }

    private static VmScenario objectsInUse() {
        return VmScenario.of("objects that a device uses")
                .with(
                        vm -> vm.withObject("first", "memory-backend-ram"),
                        "-object",
                        "memory-backend-ram,id=first,size=1M")
                .guest(TinyGuest.RELEASES_DEVICES, FakeGuestBehavior.create())
                .steps(d -> d.send("object-add {'qom-type': 'memory-backend-ram', 'id': 'mem', 'size': 1048576}")
                        .send("object-add {'qom-type': 'cryptodev-backend-builtin', 'id': 'crypto'}")
                        .send("object-add {'qom-type': 'rng-builtin', 'id': 'rng'}")
                        .send("device_add {'driver': 'ivshmem-plain', 'id': 'a', 'memdev': 'mem'}")
                        .send("device_add {'driver': 'virtio-crypto-pci', 'id': 'b', 'cryptodev': 'crypto'}")
                        .send("device_add {'driver': 'virtio-rng-pci', 'id': 'c', 'rng': 'rng'}")
                        .send("object-del {'id': 'first'}")
                        .send("object-del {'id': 'mem'}")
                        .send("object-del {'id': 'crypto'}")
                        .send("object-del {'id': 'rng'}")
                        .send("device_del {'id': 'a'}", "DEVICE_DELETED")
                        .send("object-del {'id': 'mem'}"));
    }

    private static VmScenario properties() {
        return VmScenario.of("properties that a device has not")
                .steps(d -> add(
                        d,
                        "'driver': 'virtio-net-pci', 'foo': 'x'",
                        "'driver': 'virtio-net', 'foo': 5",
                        "'driver': 'virtio-blk-pci', 'driev': 'disk'",
                        "'driver': 'usb-tablet', 'mac': '52:54:00:12:34:56'",
                        "'driver': 'e1000', 'netdevice': true",
                        "'driver': 'e1000', 'foo': 1",
                        "'driver': 'qemu-xhci', 'p4': 1",
                        "'driver': 'pci-bridge', 'x': 1",
                        "'driver': 'e1000', 'id': 'a', 'foo': 1"));
    }

    private static VmScenario types() {
        return VmScenario.of("properties with values of the wrong type")
                .steps(d -> add(
                        d,
                        "'driver': 'virtio-net-pci', 'vectors': 'x'",
                        "'driver': 'virtio-net-pci', 'vectors': true",
                        "'driver': 'virtio-net-pci', 'vectors': []",
                        "'driver': 'virtio-net-pci', 'vectors': '3'",
                        "'driver': 'virtio-net-pci', 'csum': 'x'",
                        "'driver': 'virtio-net-pci', 'csum': 3",
                        "'driver': 'virtio-net-pci', 'csum': 'on'",
                        "'driver': 'virtio-net-pci', 'mac': 5",
                        "'driver': 'virtio-net-pci', 'disable-legacy': 'x'",
                        "'driver': 'virtio-net-pci', 'disable-legacy': 'on'",
                        "'driver': 'virtio-net-pci', 'disable-legacy': true",
                        "'driver': 'virtio-net-pci', 'netdev': {}",
                        "'driver': 'virtio-blk-pci', 'write-cache': 5",
                        "'driver': 'usb-storage', 'logical_block_size': 'x'",
                        "'driver': 'e1000', 'addr': []",
                        "'driver': 'e1000', 'rombar': true",
                        "'driver': 'e1000', 'bootindex': 'first'"));
    }

    private static VmScenario buses() {
        return VmScenario.of("buses")
                .with(vm -> vm.withDevice("xh", "qemu-xhci"), "-device", "qemu-xhci,id=xh")
                .with(vm -> vm.withDevice("br", "pci-bridge"), "-device", "pci-bridge,id=br,chassis_nr=1")
                .steps(d -> {
                    add(
                            d,
                            "'driver': 'e1000', 'bus': 'nope'",
                            "'driver': 'e1000', 'bus': ''",
                            "'driver': 'e1000', 'bus': 'pci'",
                            "'driver': 'e1000', 'bus': 'usb-bus.0'",
                            "'driver': 'e1000', 'bus': 'isa.0'",
                            "'driver': 'e1000', 'bus': '/nope'",
                            "'driver': 'e1000', 'bus': 'nope/pci.0'",
                            "'driver': 'usb-tablet', 'bus': 'pci.0'",
                            "'driver': 'usb-tablet', 'bus': 'xh'",
                            "'driver': 'isa-serial', 'bus': 'nope'",
                            "'driver': 'ide-hd', 'bus': 'ide.0'",
                            "'driver': 'nope', 'bus': 'nope'",
                            "'driver': 'virtio-net-pci', 'bus': 'nope', 'foo': 1, 'netdev': 'nope'",
                            "'driver': 'virtio-blk-pci', 'bus': 'isa.0', 'id': 'xh'",
                            "'driver': 'e1000', 'id': 'xh', 'foo': 1",
                            "'driver': 'e1000', 'bus': 'pci.0', 'id': 'a'",
                            "'driver': 'e1000', 'bus': 'br', 'id': 'b'",
                            "'driver': 'usb-tablet', 'bus': 'usb-bus.0', 'id': 'c'",
                            "'driver': 'usb-tablet', 'bus': 'xh.0', 'id': 'd'");
                    d.send(LIST);
                });
    }

    private static VmScenario others() {
        return VmScenario.of("devices on buses of devices")
                .with(vm -> vm.withDevice("scsi", "virtio-scsi-pci"), "-device", "virtio-scsi-pci,id=scsi")
                .with(vm -> vm.withDevice("ports", "virtio-serial-pci"), "-device", "virtio-serial-pci,id=ports")
                .with(vm -> vm.withBackend("blockdev", "disk"), "-blockdev", "null-co,node-name=disk")
                .steps(d -> {
                    add(
                            d,
                            "'driver': 'scsi-hd', 'id': 'a'",
                            "'driver': 'scsi-hd', 'id': 'a', 'drive': 'nope'",
                            "'driver': 'scsi-hd', 'id': 'a', 'bus': 'ports.0'",
                            "'driver': 'scsi-hd', 'id': 'a', 'bus': 'scsi.0', 'drive': 'disk'",
                            "'driver': 'virtserialport', 'id': 'b', 'foo': 1",
                            "'driver': 'virtserialport', 'id': 'b', 'chardev': 'nope'",
                            "'driver': 'virtserialport', 'id': 'b'",
                            "'driver': 'virtserialport', 'id': 'c', 'bus': 'ports.0'");
                    d.send(LIST)
                            .send("device_del {'id': 'a'}", "DEVICE_DELETED")
                            .send(LIST);
                });
    }

    private static VmScenario q35() {
        return VmScenario.of("q35: the root bus does not hot-plug, a root port does")
                .machine("q35")
                .paused()
                .with(vm -> vm.withDevice("rp0", "pcie-root-port"), "-device", "pcie-root-port,id=rp0,chassis=1")
                .with(vm -> vm.withDevice("rp1", "pcie-root-port"), "-device", "pcie-root-port,id=rp1,chassis=2")
                .with(vm -> vm.withDevice("net0", "e1000"), "-device", "e1000,id=net0")
                .steps(d -> {
                    add(
                            d,
                            "'driver': 'e1000', 'id': 'a'",
                            "'driver': 'e1000', 'id': 'a', 'bus': 'pcie.0'",
                            "'driver': 'e1000', 'id': 'a', 'bus': 'pci.0'",
                            "'driver': 'pcie-root-port', 'id': 'rp2'",
                            "'driver': 'ide-hd', 'id': 'a'",
                            "'driver': 'isa-serial', 'id': 'a'",
                            "'driver': 'e1000', 'id': 'a', 'bus': 'rp0'",
                            "'driver': 'e1000', 'id': 'a', 'bus': 'rp1'",
                            "'driver': 'virtio-net-pci', 'id': 'b', 'bus': 'rp1'",
                            "'driver': 'usb-tablet', 'id': 'c'");
                    d.send(LIST)
                            .send("device_del {'id': 'rp0'}")
                            .send("device_del {'id': 'net0'}")
                            .send("device_del {'id': 'a'}")
                            .send("device_del {'id': 'a'}")
                            .send("device_del {'id': 'c'}", "DEVICE_DELETED")
                            .send("system_reset", "RESET", "DEVICE_DELETED")
                            .send(LIST);
                });
    }

    private static void add(Dialogue dialogue, String... devices) {
        Stream.of(devices).forEach(device -> dialogue.send("device_add {" + device + "}"));
    }
}
