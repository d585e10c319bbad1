package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.profile.DeviceBus;
import io.github.qmpreactive.test.profile.DeviceDriver;
import io.github.qmpreactive.test.profile.PropertyNeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
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

    private volatile List<Device> devices = List.of();
    private int unnamedCount;

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
        String path = idOrPath.startsWith("/") ? idOrPath : Device.NAMED + "/" + idOrPath;
        return devices.stream()
                .filter(device -> device.path().equals(path))
                .findFirst()
                .orElseThrow(() -> QmpRefusal.noDevice(idOrPath));
    }

    /** A device that was there from the beginning, with all the properties that can be asked for. */
    void addFirst(String id, DeviceDriver driver, DeviceBus bus) {
        boolean sole = driver.once().stream().noneMatch(PropertyNeed::canBeMet);
        enter(new Device(
                id, Device.NAMED + "/" + id, driver, bus, freeSlot(driver, bus), sole, Set.of(), DeviceOptions.NONE));
    }

    /**
     * A new device, which is still to be entered.
     *
     * @param properties checks what it was given, and tells what it uses
     * @param slots chooses its slot if it is not on a bus
     *
     * @throws QmpRefusal if its id is taken, a property is wrong, there is no room for it, or its driver asks for what it was
     *     not given
     */
    Device make(
            DeviceDriver driver,
            DeviceBus bus,
            DeviceOptions options,
            Supplier<Set<String>> properties,
            IntSupplier slots) {
        String id = options.id() == null ? "" : options.id();
        if (withId(id).isPresent()) {
            throw QmpRefusal.generic("Duplicate device ID '" + id + "'");
        }
        String path =
                options.id() == null ? Device.UNNAMED + "/device[" + unnamedCount++ + "]" : Device.NAMED + "/" + id;
        Set<String> uses = properties.get();
        int slot = driver.isOther() ? slots.getAsInt() : freeSlot(driver, bus);
        if (driver.isPci() && slot > LAST_SLOT) {
            throw QmpRefusal.generic(
                    "PCI: no slot/function available for " + driver.name() + ", all in use or reserved");
        }
        for (PropertyNeed needed : driver.needs()) {
            if (!needed.isMetBy(options.values())) {
                throw QmpRefusal.generic(needed.reasonFor(options.values()));
            }
        }
        Optional<PropertyNeed> sole = driver.once().stream()
                .filter(once -> !once.isMetBy(options.values()))
                .findFirst();
        if (sole.isPresent()
                && devices.stream()
                        .anyMatch(
                                other -> other.isSole() && other.driver().once().contains(sole.get()))) {
            throw QmpRefusal.generic(sole.get().reasonFor(options.values()));
        }
        return new Device(id, path, driver, bus, slot, sole.isPresent(), uses, options);
    }

    void remove(Device device) {
        devices = devices.stream().filter(other -> !other.equals(device)).toList();
    }

    /**
     * The members of a container, as {@code qom-list} lists them, in the order in which they came; null if it is no known one.
     */
    @Nullable
    JsonNode list(String path) {
        if (!path.equals(Device.NAMED) && !path.equals(Device.UNNAMED)) {
            return null;
        }
        var members = JsonNodeFactory.instance.arrayNode();
        members.addObject().put("name", "type").put("type", "string");
        devices.stream().filter(device -> device.path().startsWith(path + "/")).forEach(device -> members.addObject()
                .put("name", device.member())
                .put("type", "child<" + device.driver().name() + ">"));
        return members;
    }

    private int freeSlot(DeviceDriver driver, DeviceBus bus) {
        if (!driver.isPci()) {
            return 0;
        }
        return IntStream.iterate(bus.name().equals(ROOT) ? FIRST_SLOT : 0, slot -> slot + 1)
                .filter(slot ->
                        devices.stream().noneMatch(device -> device.bus().equals(bus) && device.slot() == slot))
                .findFirst()
                .orElseThrow();
    }

    void enter(Device device) {
        List<Device> more = new ArrayList<>(devices);
        more.add(device);
        devices = List.copyOf(more);
    }
}
