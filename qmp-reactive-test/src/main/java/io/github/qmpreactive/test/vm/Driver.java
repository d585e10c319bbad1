package io.github.qmpreactive.test.vm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device model of QEMU.
 *
 * @param bus what it can be plugged into while the machine runs, or QEMU's reason why it cannot
 * @param parts those inside of it whose end QEMU reports before its own, as paths below it
 * @param isSilent whether QEMU does not report its end
 * @param needs what it is to be given
 * @param once what it is to be given if there is such a device already; empty, or one
 */
record Driver(String name, String bus, List<String> parts, boolean isSilent, List<Terms> needs, List<Terms> once) {

    private static final String USB = "usb";
    private static final String PCI = "pci";
    private static final String OTHER = "other";

    /** Of {@code drivers.txt}. */
    static Driver parse(List<String> columns) {
        List<String> parts = List.of();
        boolean silent = false;
        List<Terms> needs = new ArrayList<>();
        List<Terms> once = new ArrayList<>();
        for (String column : columns.subList(2, columns.size())) {
            String[] words = column.split(" ", 2);
            switch (words[0]) {
                case "parts" -> parts = List.of(words[1].split(" "));
                case "silent" -> silent = true;
                case "needs" -> needs.add(Terms.parse(words[1]));
                case "once" -> once.add(Terms.parse(words[1]));
                default -> throw new IllegalStateException("drivers.txt: " + columns);
            }
        }
        return new Driver(columns.get(0), columns.get(1), parts, silent, List.copyOf(needs), List.copyOf(once));
    }

    /** Whether the guest has to let go of such a device. */
    boolean isPci() {
        return bus.equals(PCI);
    }

    private boolean isModelled() {
        return isPci() || bus.equals(USB);
    }

    /** Whether all that FakeVm knows of it is its name. */
    boolean isOther() {
        return bus.equals(OTHER);
    }

    /**
     * Why a device of this driver cannot be plugged into a machine that has been started.
     *
     * @return QEMU's words; null if it can be
     */
    @Nullable
    String refusal() {
        if (isOther()) {
            return "FakeVm has no such devices: stub device_add for " + name + ", or try it with real QEMU";
        }
        return isModelled() ? null : bus;
    }

    /**
     * Why a device that was there from the beginning cannot be removed.
     *
     * @return QEMU's words; null if it can be
     */
    @Nullable
    String stays() {
        if (bus.startsWith("Bus ")) {
            return bus;
        }
        return bus.startsWith("Parameter ") ? "Device '" + name + "' does not support hotplugging" : null;
    }
}
