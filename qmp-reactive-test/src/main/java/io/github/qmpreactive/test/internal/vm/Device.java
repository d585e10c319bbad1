package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.profile.DeviceBus;
import io.github.qmpreactive.test.profile.DeviceDriver;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A device of the machine.
 *
 * @param id empty for one without
 * @param bus the bus that it is on
 * @param slot where it is on a bus of PCI; 0 elsewhere
 * @param isSole whether it has the place that only one such device can have
 * @param uses the backends that it uses, as {@link VmSettings#key}; a job can put a block node in the place of another
 */
record Device(String id, String path, DeviceDriver driver, DeviceBus bus, int slot, boolean isSole, Set<String> uses) {

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
        return driver.parts().stream()
                .map(part -> path + "/" + part.replace("{id}", bus))
                .toList();
    }
}
