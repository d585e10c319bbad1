package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.internal.vm.job.BlockNodes;
import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The block nodes that devices have, each alone unless both share it. Jobs are held up when one is given or taken. */
final class Drives {

    private static final String NODE = VmSettings.key("blockdev", "");

    private final BlockNodes nodes;
    private final Supplier<Stream<Device>> devices;

    /** Whether a device that is just added is called as it is later: not so a USB disk before QEMU 8. */
    private final boolean namesNewParts;

    Drives(BlockNodes nodes, Supplier<Stream<Device>> devices, boolean namesNewParts) {
        this.nodes = nodes;
        this.devices = devices;
        this.namesNewParts = namesNewParts;
    }

    /** Holds up jobs, as QEMU does when a device gets or gives up what it uses. */
    void drain(Set<String> uses) {
        ofEach(uses, nodes::drain);
    }

    /** Refuses a new device whose node another one has, or a job writes to; QEMU names the one that came last. */
    void requireFree(Device device) {
        ofEach(device.uses(), node -> {
            if (nodes.isTarget(node)) {
                throw conflict(node, "an unnamed block device", newNameOf(device));
            }
            devices.get()
                    .filter(other -> other.uses().contains(VmSettings.key("blockdev", node)))
                    .filter(other -> !(shares(other) && shares(device)))
                    .reduce((first, second) -> second)
                    .ifPresent(other -> {
                        throw shares(device)
                                ? conflict(node, newNameOf(device), nameOf(other))
                                : conflict(node, nameOf(other), newNameOf(device));
                    });
        });
    }

    private static void ofEach(Set<String> uses, Consumer<String> task) {
        uses.stream()
                .filter(used -> used.startsWith(NODE))
                .map(used -> used.substring(NODE.length()))
                .toList()
                .forEach(task);
    }

    private static boolean shares(Device device) {
        return device.options().get("share-rw", "off").matches("on|yes|true|y");
    }

    private static QmpRefusal conflict(String node, String writer, String other) {
        String use = " (uses node '" + node + "' as 'root' child)";
        return QmpRefusal.generic(
                "Permission conflict on node '" + node + "': permissions 'write' are both required by " + writer + use
                        + " and unshared by " + other + use + ".");
    }

    private String newNameOf(Device device) {
        boolean isWhole = !namesNewParts && !device.driver().isPci();
        return isWhole ? nameOfWhole(device) : nameOf(device);
    }

    /** QEMU's name for the block device in it. */
    private static String nameOf(Device device) {
        return device.parts().isEmpty()
                ? nameOfWhole(device)
                : "block device '" + device.parts().get(0) + "'";
    }

    private static String nameOfWhole(Device device) {
        return "block device '" + (device.isNamed() ? device.id() : device.path()) + "'";
    }
}
