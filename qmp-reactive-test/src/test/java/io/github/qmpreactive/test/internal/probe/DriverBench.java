package io.github.qmpreactive.test.internal.probe;

import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Tries one driver after the other: adds a device, and another one, and removes them. A driver that ends QEMU is tried once
 * more in a new one. Not thread-safe.
 */
final class DriverBench implements AutoCloseable {

    /** The reasons for which no device of a driver can be added, whatever properties it is given. */
    private static final Pattern FINAL = Pattern.compile("Bus '.*' does not support hotplugging"
            + "|No '.*' bus found for device '.*'"
            + "|Parameter 'driver' expects a pluggable device type"
            + "|Device '.*' (does not support hotplugging|can not be hotplugged on this machine)");

    private static final String FIRST = "probe-first";
    private static final String SECOND = "probe-second";
    private static final String VIRTIO_PART = "virtio-backend";

    private final QemuLauncher plain;
    private final QemuLauncher equipped;
    private @Nullable ProbeMachine machine;
    private @Nullable ProbeMachine backends;
    private Set<String> virtio = Set.of();

    DriverBench(QemuLauncher qemu) {
        this.plain = plain(qemu);
        this.equipped = Backends.addTo(plain);
    }

    /** The machine that drivers are tried on. */
    static QemuLauncher plain(QemuLauncher qemu) {
        return qemu.withArgs("-machine", "pc", "-accel", "tcg", "-m", "32", "-usb");
    }

    /** The columns behind the name. */
    Stream<String> columns(String driver, String bus) {
        String kind = bus.equals("PCI") ? "pci" : bus.equals("usb-bus") ? "usb" : "other";
        try {
            return tried(driver, kind);
        } catch (ProbeMachine.Ended e) {
            close();
            try {
                return tried(driver, kind);
            } catch (ProbeMachine.Ended again) {
                // It cannot be removed without an end of QEMU.
                close();
                return Stream.of(kind);
            }
        }
    }

    private Stream<String> tried(String driver, String kind) {
        Optional<String> refusal = machine().refusal("device_add", Map.of("driver", driver, "id", FIRST));
        if (refusal.filter(reason -> FINAL.matcher(reason).matches()).isPresent()) {
            return refused(driver, refusal.get());
        }
        if (kind.equals("other")) {
            if (refusal.isEmpty()) {
                close();
            }
            return Stream.of(kind);
        }
        List<String> columns = new ArrayList<>(List.of(kind));
        columns.addAll(
                refusal.isEmpty() ? added(machine(), kind, driver, Map.of()) : searched(kind, driver, refusal.get()));
        return columns.stream();
    }

    /** A driver for whose devices the machine has no bus, or one that does not take them while the machine runs. */
    private Stream<String> refused(String driver, String refusal) {
        List<String> columns = new ArrayList<>(List.of(refusal));
        if (Backends.BUSES.stream().anyMatch(bus -> refusal.startsWith("No '" + bus + "' bus"))) {
            Optional<String> other = backends().refusal("device_add", Map.of("driver", driver, "id", FIRST));
            if (other.isEmpty()) {
                columns.addAll(added(backends(), "other", driver, Map.of()));
            } else if (!FINAL.matcher(other.get()).matches()) {
                columns.addAll(searched("other", driver, other.get()));
            }
        }
        return columns.stream();
    }

    /** The columns of a driver whose devices are refused without some properties. */
    private List<String> searched(String kind, String driver, String refusal) {
        List<String> columns = new ArrayList<>();
        PropertySearch search = new PropertySearch(this::backends, this::close, kind, driver, FIRST);
        List<String> needs = search.needs(refusal);
        if (search.isAdded()) {
            try {
                columns.addAll(added(backends(), kind, driver, search.properties()));
            } catch (ProbeMachine.Ended e) {
                // It cannot be removed without an end of QEMU.
                close();
            }
        } else if (virtio(backends()).contains(driver)) {
            columns.add("parts " + VIRTIO_PART);
        }
        columns.addAll(needs);
        return columns;
    }

    /** There is a device already: what is said of another one, and when both are removed. */
    private List<String> added(ProbeMachine at, String kind, String driver, Map<String, Object> properties) {
        Map<String, Object> other = new HashMap<>(properties);
        other.put("driver", driver);
        other.put("id", SECOND);
        List<String> once = new ArrayList<>();
        // With the same properties it is most likely refused for them.
        if (properties.isEmpty()) {
            Optional<String> refusal = at.refusal("device_add", other);
            refusal.ifPresent(
                    reason -> once.addAll(new PropertySearch(() -> at, () -> {}, kind, driver, SECOND).once(reason)));
            remove(at, SECOND);
        }
        List<String> columns = new ArrayList<>();
        BusProbe.of(at).stream()
                .filter(bus -> bus.contains(" " + FIRST))
                .forEach(bus -> columns.add("bus " + bus.replace(FIRST, "{id}")));
        columns.addAll(removal(at));
        columns.addAll(once);
        return columns;
    }

    /** The columns that tell of the removal of the first device. */
    private static List<String> removal(ProbeMachine at) {
        at.events();
        remove(at, FIRST);
        // Removals are reported in order, so what is not reported by now never is.
        at.execute("device_add", Map.of("driver", "usb-mouse", "id", "last"));
        at.execute("device_del", Map.of("id", "last"));
        List<QmpEvent> events = at.eventsUntil(event -> device(event).equals("last"));
        String path = "/machine/peripheral/" + FIRST;
        List<String> parts = events.stream()
                .map(event -> event.data().path("path").asString(""))
                .filter(part -> part.startsWith(path + "/"))
                .map(part -> part.substring(path.length() + 1).replace(FIRST, "{id}"))
                .toList();
        if (events.stream().noneMatch(event -> device(event).equals(FIRST))) {
            return List.of("silent");
        }
        return parts.isEmpty() ? List.of() : List.of("parts " + String.join(" ", parts));
    }

    /** Removes a device, and does what its guest would do. */
    static void remove(ProbeMachine at, String id) {
        Optional<Integer> slot = slot(at, id);
        if (at.refusal("device_del", Map.of("id", id)).isEmpty() && slot.isPresent()) {
            // The ports of a pc's ACPI: select the bus, eject.
            at.hmp("o /w 0xae10 0");
            at.hmp("o /w 0xae08 " + (1 << slot.get()));
        }
    }

    private static Optional<Integer> slot(ProbeMachine at, String id) {
        for (JsonNode device : at.execute("query-pci", Map.of()).path(0).path("devices")) {
            if (device.path("qdev_id").asString("").equals(id)) {
                return Optional.of(device.path("slot").asInt());
            }
        }
        return Optional.empty();
    }

    private static String device(QmpEvent event) {
        return event.name().equals("DEVICE_DELETED")
                ? event.data().path("device").asString("")
                : "";
    }

    private Set<String> virtio(ProbeMachine at) {
        if (virtio.isEmpty()) {
            virtio = at.execute("qom-list-types", Map.of("implements", "virtio-pci"))
                    .valueStream()
                    .map(type -> type.path("name").asString(""))
                    .collect(Collectors.toSet());
        }
        return virtio;
    }

    private ProbeMachine machine() {
        if (machine == null) {
            machine = new ProbeMachine(plain);
        }
        return machine;
    }

    private ProbeMachine backends() {
        if (backends == null) {
            backends = new ProbeMachine(equipped);
        }
        return backends;
    }

    /** Ends both machines; the next driver is tried on new ones. */
    @Override
    public void close() {
        if (machine != null) {
            machine.close();
            machine = null;
        }
        if (backends != null) {
            backends.close();
            backends = null;
        }
    }
}
