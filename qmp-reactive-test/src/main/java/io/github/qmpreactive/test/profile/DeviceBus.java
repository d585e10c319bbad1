package io.github.qmpreactive.test.profile;

import java.util.List;

/**
 * A bus that devices go on. Immutable.
 *
 * @param name its name, which {@code device_add} takes as {@code bus}
 * @param type QEMU's type of it: {@code "PCI"}, {@code "PCIE"}, {@code "usb-bus"}
 * @param isHotpluggable whether devices can be added and removed while the machine runs
 */
public record DeviceBus(String name, String type, boolean isHotpluggable) {

    /** Of the table, without the machine. */
    static DeviceBus parse(List<String> columns) {
        return new DeviceBus(columns.get(0), columns.get(1), columns.get(2).equals("hot"));
    }

    /**
     * Returns whether devices go on it.
     *
     * @param busType the type of bus that they go on
     * @return whether it is of this type, or of one that is based on it
     */
    public boolean takes(String busType) {
        return type.equals(busType) || (busType.equals("PCI") && (type.equals("PCIE") || type.equals("CXL")));
    }
}
