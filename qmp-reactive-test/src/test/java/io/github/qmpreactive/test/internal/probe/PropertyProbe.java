package io.github.qmpreactive.test.internal.probe;

import io.github.qmpreactive.test.qemu.QemuLauncher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** Finds out which properties the devices of a QEMU have, and what QEMU says of values that they do not take. */
final class PropertyProbe {

    static final List<String> COMMENT = List.of(
            "# Properties of the devices that can be added while the machine runs. Columns, separated by tabs:",
            "#",
            "# kind    a number; what values of this kind are (see PropertyKind); for values that are not: what they are, an",
            "#         equals sign, QEMU's description of the error",
            "# driver  its name; each property as the name, an equals sign, the number of its kind, and behind an at sign the type",
            "#         that QEMU calls its owner, if that is not the driver");

    private static final int MACHINES = 3;

    private record Property(String name, String type, String description) {}

    private final QemuLauncher qemu;
    private final Map<String, List<Property>> drivers = new TreeMap<>();
    private final Map<Property, String> kinds = new ConcurrentHashMap<>();
    private final Map<String, String> owners = new ConcurrentHashMap<>();

    private PropertyProbe(QemuLauncher qemu) {
        this.qemu = Backends.addTo(DriverBench.plain(qemu));
    }

    /** The lines of the kinds, then one for each of the drivers. */
    static List<String> lines(QemuLauncher qemu, Collection<String> drivers) {
        return new PropertyProbe(qemu).lines(drivers);
    }

    private List<String> lines(Collection<String> names) {
        Map<Property, String> samples = new LinkedHashMap<>();
        try (ProbeMachine machine = new ProbeMachine(qemu)) {
            for (String driver : names) {
                List<Property> properties = new ArrayList<>();
                for (JsonNode property : machine.execute("device-list-properties", Map.of("typename", driver))) {
                    Property found = new Property(
                            property.path("name").asString(""),
                            property.path("type").asString(""),
                            property.path("description").asString(""));
                    properties.add(found);
                    samples.putIfAbsent(found, driver);
                }
                drivers.put(driver, properties);
            }
        }
        inParallel(samples.entrySet(), (tries, sample) -> {
            Property property = sample.getKey();
            kinds.put(
                    property, tries.kind(sample.getValue(), property.name(), property.type(), property.description()));
        });
        List<String[]> owned = new ArrayList<>();
        drivers.forEach((driver, properties) -> properties.stream()
                .filter(property -> kinds.getOrDefault(property, "").contains("{owner}"))
                .forEach(property -> owned.add(new String[] {driver, property.name()})));
        inParallel(owned, (tries, one) -> owners.put(one[0] + "." + one[1], tries.owner(one[0], one[1])));
        return written();
    }

    private List<String> written() {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        Set<String> known = new HashSet<>(kinds.values());
        known.stream().sorted().forEach(kind -> numbers.put(kind, numbers.size()));
        List<String> lines = new ArrayList<>();
        numbers.forEach((kind, number) -> lines.add("kind\t" + number + "\t" + kind));
        drivers.forEach((driver, properties) -> {
            StringBuilder line = new StringBuilder("driver\t").append(driver);
            properties.stream()
                    .map(property -> column(driver, property, numbers))
                    .sorted()
                    .forEach(column -> line.append('\t').append(column));
            lines.add(line.toString());
        });
        return lines;
    }

    private String column(String driver, Property property, Map<String, Integer> numbers) {
        String owner = owners.getOrDefault(driver + "." + property.name(), driver);
        return property.name() + "=" + numbers.get(kinds.get(property)) + (owner.equals(driver) ? "" : "@" + owner);
    }

    private interface Work<T> {
        void on(PropertyTries tries, T one);
    }

    private <T> void inParallel(Collection<T> all, Work<T> work) {
        ConcurrentLinkedQueue<T> left = new ConcurrentLinkedQueue<>(all);
        Flux.range(0, MACHINES)
                .flatMap(machine -> Mono.fromRunnable(() -> {
                            try (PropertyTries tries = new PropertyTries(qemu)) {
                                for (T next = left.poll(); next != null; next = left.poll()) {
                                    work.on(tries, next);
                                }
                            }
                        })
                        .subscribeOn(Schedulers.boundedElastic()))
                .blockLast();
    }
}
