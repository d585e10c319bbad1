package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import io.github.qmpreactive.test.profile.DeviceBus;
import io.github.qmpreactive.test.profile.DeviceDriver;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A device of the machine.
 *
 * @param id empty for one without
 * @param bus the bus that it is on
 * @param slot where it is on a bus of PCI, which slot it is in or which processor it is; 0 elsewhere
 * @param isSole whether it has the place that only one such device can have
 * @param uses the backends that it uses, as {@link VmSettings#key}; a job can put a block node in the place of another
 * @param options what it was added with
 */
record Device(
        String id,
        String path,
        DeviceDriver driver,
        DeviceBus bus,
        int slot,
        boolean isSole,
        Set<String> uses,
        DeviceOptions options) {

    static final String NAMED = "/machine/peripheral";
    static final String UNNAMED = "/machine/peripheral-anon";

    /** What it uses changes. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /** QEMU's word for the kind of slot that it is in and that ACPI tells of; empty for what is on a bus. */
    String slotType() {
        return VmSettings.slotTypeOf(driver);
    }

    boolean isNamed() {
        return !id.isEmpty();
    }

    /** The last part of its path. */
    String member() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The paths of what is inside of it, whose end QEMU reports. */
    List<String> parts() {
        String bus = isNamed() ? id : "scsi";
        Stream<String> parts = slotType().equals(VmSettings.CPU) ? Stream.of("lapic") : driver.parts().stream();
        return parts.map(part -> path + "/" + part.replace("{id}", bus)).toList();
    }
}
