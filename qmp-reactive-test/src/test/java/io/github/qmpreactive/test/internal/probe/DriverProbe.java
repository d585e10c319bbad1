package io.github.qmpreactive.test.internal.probe;

import io.github.qmpreactive.test.qemu.QemuLauncher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Finds out which device drivers a QEMU has, and how they are added and removed. */
final class DriverProbe {

    static final List<String> COMMENT = List.of(
            "# Device drivers of a pc machine with -usb. Columns, separated by tabs:",
            "#",
            "# 1. the name",
            "# 2. the bus on which a device can be added while the machine runs; \"other\" if FakeVm has no such devices; \"alias\" if",
            "#    column 3 has the driver that this is another name of; anything else is QEMU's description of the error",
            "# 3 and more, in this order:",
            "#    on T            the type of the bus that it goes on, if column 2 has an error",
            "#    bus T {id}.0    a bus that its device has, its type and its name",
            "#    parts ...       objects inside of it whose DEVICE_DELETED comes before that of the device, in that order",
            "#    silent          QEMU sends no DEVICE_DELETED for it",
            "#    needs a|b: ...  QEMU's description of the error if none of these properties is given; a dash if none would help",
            "#    once a|b: ...   the same, if there is such a device already");

    private static final Pattern LINE = Pattern.compile(
            "name \"([^\"]+)\"(?:, bus ([^,]+))?(?:, alias \"([^\"]+)\")?(?:, desc \".*\")?(, no-user)?");

    /** Looks for a security key in this computer. */
    private static final List<String> LEFT_OUT = List.of("u2f-passthru");

    private static final int MACHINES = 3;
    private static final String ON = "on ";
    private static final Pattern BUS = Pattern.compile("\tbus (\\S+) ");

    /** The processor of the machine that is a FakeVm; those of other models cannot be added to it. */
    private static final String PROCESSOR = "qemu64-x86_64-cpu";

    private record Listed(String name, String bus) {}

    private DriverProbe() {}

    /** A line for each driver and each alias, sorted. */
    static List<String> lines(QemuLauncher qemu) {
        Map<String, String> lines = new TreeMap<>();
        ConcurrentLinkedQueue<Listed> drivers = new ConcurrentLinkedQueue<>();
        Set<String> types = new HashSet<>();
        try (ProbeMachine machine = new ProbeMachine(DriverBench.plain(qemu))) {
            BusProbe.of(machine).forEach(bus -> types.add(bus.split(" ", 2)[0]));
            for (String line : machine.hmp("info qdm").lines().toList()) {
                Matcher matcher = LINE.matcher(line.strip());
                if (matcher.matches() && matcher.group(4) == null) {
                    String bus = matcher.group(2) == null ? "" : matcher.group(2);
                    if (LEFT_OUT.contains(matcher.group(1))) {
                        lines.put(matcher.group(1), matcher.group(1) + "\tother");
                    } else {
                        drivers.add(new Listed(matcher.group(1), bus));
                    }
                    if (matcher.group(3) != null) {
                        lines.put(matcher.group(3), matcher.group(3) + "\talias\t" + matcher.group(1));
                    }
                }
            }
        }
        if (drivers.isEmpty()) {
            throw new IllegalStateException("QEMU lists no device drivers in reply to 'info qdm'");
        }
        Flux.range(0, MACHINES)
                .flatMap(number ->
                        Mono.fromCallable(() -> columns(qemu, drivers)).subscribeOn(Schedulers.boundedElastic()))
                .collectList()
                .blockOptional()
                .stream()
                .flatMap(List::stream)
                .flatMap(some -> some.entrySet().stream())
                .forEach(driver -> lines.put(driver.getKey(), driver.getValue()));
        lines.values().forEach(line -> BUS.matcher(line).results().forEach(bus -> types.add(bus.group(1))));
        return lines.values().stream().filter(line -> canBe(line, types)).toList();
    }

    /** Whether a machine can have such a device, be it from its start alone. */
    private static boolean canBe(String line, Set<String> types) {
        String[] columns = line.split("\t");
        boolean isRefused = columns[1].contains(" ");
        return isRefused
                ? columns.length > 2 && columns[2].startsWith(ON) && types.contains(columns[2].substring(ON.length()))
                : !columns[0].endsWith("-x86_64-cpu") || columns[0].equals(PROCESSOR);
    }

    private static Map<String, String> columns(QemuLauncher qemu, ConcurrentLinkedQueue<Listed> drivers) {
        Map<String, String> lines = new TreeMap<>();
        try (DriverBench bench = new DriverBench(qemu)) {
            for (Listed next = drivers.poll(); next != null; next = drivers.poll()) {
                String name = next.name();
                List<String> columns =
                        new ArrayList<>(bench.columns(name, next.bus()).toList());
                if (!next.bus().isEmpty() && columns.get(0).contains(" ")) {
                    columns.add(1, ON + next.bus());
                }
                columns.add(0, name);
                lines.put(name, String.join("\t", columns));
            }
        }
        return lines;
    }
}
