package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.profile.DeviceBus;
import io.github.qmpreactive.test.profile.DeviceDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The buses of a machine and of its devices, as QEMU looks for one. */
final class Buses {

    private static final DeviceBus NONE = new DeviceBus("", "", true);

    /** What of a device's buses cannot take devices while the machine runs. */
    private static final String COLD_TYPE = "IDE";

    private final List<DeviceBus> own;
    private final Supplier<List<Device>> devices;

    Buses(List<DeviceBus> own, Supplier<List<Device>> devices) {
        this.own = own;
        this.devices = devices;
    }

    /**
     * The bus that a device is to go on.
     *
     * @param wanted the name of the bus; empty if QEMU is to choose
     * @throws QmpRefusal if there is no such bus, or it takes no such devices
     */
    DeviceBus find(DeviceDriver driver, Optional<String> wanted) {
        return wanted.isPresent() ? named(driver, wanted.get()) : of(driver);
    }

    /** The bus on which a device is from the beginning. */
    DeviceBus first(DeviceDriver driver) {
        return all().stream()
                .filter(bus -> bus.takes(driver.busType()))
                .findFirst()
                .orElse(NONE);
    }

    /**
     * Checks that devices come and go on a bus while the machine runs.
     *
     * @throws QmpRefusal if they do not
     */
    static void requireHotplug(DeviceBus bus) {
        if (!bus.isHotpluggable()) {
            throw QmpRefusal.generic("Bus '" + bus.name() + "' does not support hotplugging");
        }
    }

    private DeviceBus of(DeviceDriver driver) {
        DeviceBus bus = first(driver);
        if (bus.equals(NONE) && !driver.busType().isEmpty()) {
            throw QmpRefusal.generic("No '" + driver.busType() + "' bus found for device '" + driver.name() + "'");
        }
        return bus;
    }

    private DeviceBus named(DeviceDriver driver, String path) {
        int begin = path.startsWith("/") ? 1 : 0;
        int end = path.indexOf('/', begin);
        String name = path.substring(begin, end < 0 ? path.length() : end);
        if (begin == 1) {
            throw QmpRefusal.noDevice(name);
        }
        DeviceBus bus = all().stream()
                .filter(other -> other.name().equals(name))
                .findFirst()
                .orElseThrow(() -> QmpRefusal.generic("Bus '" + name + "' not found"));
        if (!bus.takes(driver.busType())) {
            throw QmpRefusal.generic("Device '" + driver.name() + "' can't go on " + bus.type() + " bus");
        }
        return bus;
    }

    /** Those on the buses of a device, which go with it. */
    List<Device> below(Device device) {
        List<DeviceBus> buses = of(device);
        return devices.get().stream()
                .filter(other -> buses.contains(other.bus()))
                .toList();
    }

    private static List<DeviceBus> of(Device device) {
        return device.isNamed()
                ? device.driver().buses().stream()
                        .map(bus -> bus.split(" ", 2))
                        .map(bus ->
                                new DeviceBus(bus[1].replace("{id}", device.id()), bus[0], !bus[0].equals(COLD_TYPE)))
                        .toList()
                : List.of();
    }

    /** The buses of devices come behind the first two of the machine, those of the newest device first. */
    private List<DeviceBus> all() {
        List<DeviceBus> all = new ArrayList<>(own);
        devices.get().forEach(device -> of(device).forEach(bus -> all.add(2, bus)));
        return all;
    }
}
