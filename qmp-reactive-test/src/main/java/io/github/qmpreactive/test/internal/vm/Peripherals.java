package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.profile.DeviceBus;
import io.github.qmpreactive.test.profile.DeviceDriver;
import io.github.qmpreactive.test.profile.PropertyNeed;
import io.github.qmpreactive.test.profile.QemuTraits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The devices of a machine. Changed on the fakes' event loop; what there is may be
 * read anywhere.
 */
final class Peripherals {

    /** On the bus of PCI; pc has its bridges before. */
    private static final int FIRST_SLOT = 2;

    private static final String ROOT = "pci.0";

    private static final int LAST_SLOT = 31;

    private static final Set<String> CONTAINERS =
            Set.of("/", "/machine", Device.NAMED, Device.UNNAMED, "/machine/unattached", "/objects", "/chardevs");

    private final QemuTraits traits;
    private volatile List<Device> devices = List.of();
    private int unnamedCount;

    Peripherals(QemuTraits traits) {
        this.traits = traits;
    }

    List<Device> all() {
        return devices;
    }

    Optional<Device> withId(String id) {
        return devices.stream()
                .filter(device -> device.isNamed() && device.id().equals(id))
                .findFirst();
    }

    /**
     * The device that is meant; an id is a path that begins at the named ones.
     *
     * @throws QmpRefusal if there is none
     */
    Device at(String idOrPath) {
        String path = idOrPath.startsWith("/") ? clean(idOrPath) : clean(Device.NAMED + "/" + idOrPath);
        if (CONTAINERS.contains(path)) {
            throw QmpRefusal.generic(idOrPath + " " + traits.notADevice());
        }
        return devices.stream()
                .filter(device -> device.path().equals(path))
                .findFirst()
                .orElseThrow(() -> QmpRefusal.noDevice(idOrPath));
    }

    /** A device that was there from the beginning, with all the properties that can be asked for. */
    void addFirst(String id, DeviceDriver driver, DeviceBus bus) {
        Device device = Device.named(id, driver, bus);
        boolean sole = driver.once().stream().noneMatch(PropertyNeed::canBeMet);
        enter(device.pluggedInto(driver.isPci() ? freeSlot(bus) : 0, sole, Set.of()));
    }

    /**
     * Plugs a device.
     *
     * @throws QmpRefusal if its id is taken, a property is wrong, there is no room for it, or its driver asks for what it was
     *     not given
     */
    void add(DeviceDriver driver, DeviceBus bus, DeviceOptions options, Supplier<Set<String>> properties) {
        String id = options.id();
        if (id != null && withId(id).isPresent()) {
            throw QmpRefusal.generic("Duplicate device ID '" + id + "'");
        }
        Device device = id == null ? Device.unnamed(unnamedCount++, driver, bus) : Device.named(id, driver, bus);
        enter(plugged(device, options, properties.get()));
    }

    void remove(Device device) {
        devices = devices.stream().filter(other -> !other.equals(device)).toList();
    }

    /**
     * The members of a container, as {@code qom-list} lists them, in the order in which they came; null if it is no known one.
     */
    @Nullable
    JsonNode list(String path) {
        String container = path.startsWith("/") ? clean(path) : path;
        if (!container.equals(Device.NAMED) && !container.equals(Device.UNNAMED)) {
            return null;
        }
        var members = JsonNodeFactory.instance.arrayNode();
        members.addObject().put("name", "type").put("type", "string");
        devices.stream()
                .filter(device -> device.path().startsWith(container + "/"))
                .forEach(device -> members.addObject()
                        .put("name", device.member())
                        .put("type", "child<" + device.driver().name() + ">"));
        return members;
    }

    private Device plugged(Device device, DeviceOptions options, Set<String> uses) {
        DeviceDriver driver = device.driver();
        int slot = freeSlot(device.bus());
        if (driver.isPci() && slot > LAST_SLOT) {
            throw QmpRefusal.generic(
                    "PCI: no slot/function available for " + driver.name() + ", all in use or reserved");
        }
        for (PropertyNeed needed : driver.needs()) {
            if (!needed.isMetBy(options.values())) {
                throw QmpRefusal.generic(needed.reasonFor(options.values()));
            }
        }
        boolean sole = false;
        for (PropertyNeed once : driver.once()) {
            sole = !once.isMetBy(options.values());
            if (sole
                    && devices.stream()
                            .anyMatch(other ->
                                    other.isSole() && other.driver().once().contains(once))) {
                throw QmpRefusal.generic(once.reasonFor(options.values()));
            }
        }
        return device.pluggedInto(driver.isPci() ? slot : 0, sole, uses);
    }

    private int freeSlot(DeviceBus bus) {
        return IntStream.iterate(bus.name().equals(ROOT) ? FIRST_SLOT : 0, slot -> slot + 1)
                .filter(slot ->
                        devices.stream().noneMatch(device -> device.bus().equals(bus) && device.slot() == slot))
                .findFirst()
                .orElseThrow();
    }

    private void enter(Device device) {
        List<Device> more = new ArrayList<>(devices);
        more.add(device);
        devices = List.copyOf(more);
    }

    /** QEMU takes no notice of slashes that stand for nothing. */
    private static String clean(String path) {
        String clean = path.replaceAll("/+", "/");
        return clean.length() > 1 && clean.endsWith("/") ? clean.substring(0, clean.length() - 1) : clean;
    }
}
