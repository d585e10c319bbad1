package io.github.qmpreactive.test.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A device driver of QEMU's pc machine with USB, as {@code device_add} of a running machine knows it. Immutable.
 *
 * @param name its name, as {@code qemu-system-x86_64 -device help} lists it
 * @param bus {@code "pci"} or {@code "usb"}; {@code "other"} if fakes have no such devices; anything else is QEMU's
 *     description of the error that {@code device_add} always fails with
 * @param busType QEMU's type of the bus that its devices go on: {@code "PCI"}, {@code "usb-bus"}; empty if there is none
 * @param buses the buses that a device of it has, each as its type, a space and its name, with {@code {id}} for the device's id
 * @param parts objects inside of a device whose end QEMU reports by DEVICE_DELETED before that of the device itself, as
 *     paths below it, in that order; {@code {id}} stands for the device's id
 * @param isSilent whether QEMU sends no DEVICE_DELETED for such a device
 * @param needs what it fails without, in the order in which QEMU checks it
 * @param once what it fails without if there is such a device already; empty, or one
 */
public record DeviceDriver(
        String name,
        String bus,
        String busType,
        List<String> buses,
        List<String> parts,
        boolean isSilent,
        List<PropertyNeed> needs,
        List<PropertyNeed> once) {

    private static final String USB = "usb";
    private static final String PCI = "pci";
    private static final String OTHER = "other";

    /**
     * Makes a driver whose devices need nothing.
     *
     * @param name its name
     * @param bus {@code "pci"} or {@code "usb"}
     * @return the driver
     * @throws IllegalArgumentException if the bus is neither
     */
    public static DeviceDriver of(String name, String bus) {
        if (!bus.equals(PCI) && !bus.equals(USB)) {
            throw new IllegalArgumentException("The bus of a driver is 'pci' or 'usb', not '" + bus + "'");
        }
        return parse(List.of(name, bus));
    }

    /** Of the table. */
    static DeviceDriver parse(List<String> columns) {
        List<String> parts = List.of();
        String on = columns.get(1).equals(PCI) ? "PCI" : columns.get(1).equals(USB) ? "usb-bus" : "";
        List<String> buses = new ArrayList<>();
        boolean silent = false;
        List<PropertyNeed> needs = new ArrayList<>();
        List<PropertyNeed> once = new ArrayList<>();
        for (String column : columns.subList(2, columns.size())) {
            String[] words = column.split(" ", 2);
            switch (words[0]) {
                case "on" -> on = words[1];
                case "bus" -> buses.add(words[1]);
                case "parts" -> parts = List.of(words[1].split(" "));
                case "silent" -> silent = true;
                case "needs" -> needs.add(PropertyNeed.parse(words[1]));
                case "once" -> once.add(PropertyNeed.parse(words[1]));
                default -> throw new IllegalArgumentException("Unknown column of a driver: " + columns);
            }
        }
        return new DeviceDriver(
                columns.get(0),
                columns.get(1),
                on,
                List.copyOf(buses),
                parts,
                silent,
                List.copyOf(needs),
                List.copyOf(once));
    }

    /** {@return whether its devices are on the PCI bus, so that the guest has to release them} */
    public boolean isPci() {
        return bus.equals(PCI);
    }

    /** {@return whether its devices are of a kind that fakes do not have: processors and memory, for example} */
    public boolean isOther() {
        return bus.equals(OTHER);
    }

    /**
     * {@return QEMU's description of the error with which no device of this driver can be added to a running machine;
     * empty if one can}
     */
    public Optional<String> refusal() {
        return isPci() || bus.equals(USB) || isOther() ? Optional.empty() : Optional.of(bus);
    }
}
