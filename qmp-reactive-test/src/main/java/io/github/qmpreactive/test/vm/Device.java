package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.profile.DeviceDriver;
import java.util.List;

/**
 * A device of the machine.
 *
 * @param id empty for one without
 * @param slot where it is on the bus of PCI; 0 elsewhere
 * @param isSole whether it has the place that only one such device can have
 */
record Device(String id, String path, DeviceDriver driver, int slot, boolean isSole) {

    static final String NAMED = "/machine/peripheral";
    static final String UNNAMED = "/machine/peripheral-anon";

    static Device named(String id, DeviceDriver driver) {
        return new Device(id, NAMED + "/" + id, driver, 0, false);
    }

    static Device unnamed(int number, DeviceDriver driver) {
        return new Device("", UNNAMED + "/device[" + number + "]", driver, 0, false);
    }

    Device pluggedInto(int freeSlot, boolean sole) {
        return new Device(id, path, driver, freeSlot, sole);
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
