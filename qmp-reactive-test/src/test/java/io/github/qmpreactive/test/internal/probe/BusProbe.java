package io.github.qmpreactive.test.internal.probe;

import io.github.qmpreactive.test.qemu.QemuLauncher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds out which buses a machine and its devices have. */
final class BusProbe {

    static final List<String> COMMENT = List.of(
            "# Buses of machines with -usb, in the order in which QEMU looks for one. Columns, separated by tabs:",
            "#",
            "# 1. the machine",
            "# 2. the name of the bus",
            "# 3. its type",
            "# 4. \"hot\" if devices can be added while the machine runs, or \"cold\"");

    private static final List<String> MACHINES = List.of("pc", "q35");

    private static final Pattern BUS = Pattern.compile("bus: (\\S+)\\s+type (\\S+)");

    private BusProbe() {}

    /** A line for each bus. */
    static List<String> lines(QemuLauncher qemu, Map<String, String> driversByBus) {
        List<String> lines = new ArrayList<>();
        for (String name : MACHINES) {
            try (ProbeMachine machine =
                    new ProbeMachine(qemu.withArgs("-machine", name, "-accel", "tcg", "-m", "32", "-usb"))) {
                for (String bus : of(machine)) {
                    String[] typeAndName = bus.split(" ", 2);
                    Optional<String> refusal = Optional.ofNullable(
                                    driversByBus.get(typeAndName[0].equals("PCIE") ? "PCI" : typeAndName[0]))
                            .flatMap(driver ->
                                    machine.refusal("device_add", Map.of("driver", driver, "bus", typeAndName[1])));
                    boolean cold = refusal.filter(reason -> reason.endsWith("does not support hotplugging"))
                            .isPresent();
                    lines.add(String.join("\t", name, typeAndName[1], typeAndName[0], cold ? "cold" : "hot"));
                }
            }
        }
        return lines;
    }

    /** The type and the name of each bus, separated by a space, in QEMU's order. */
    static List<String> of(ProbeMachine machine) {
        Matcher matcher = BUS.matcher(machine.hmp("info qtree"));
        List<String> buses = new ArrayList<>();
        while (matcher.find()) {
            buses.add(matcher.group(2) + " " + matcher.group(1));
        }
        return buses;
    }
}
