package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.vm.machine.GuestWork;
import io.github.qmpreactive.test.internal.vm.machine.Machine;
import io.github.qmpreactive.test.internal.vm.machine.Monitors;
import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import io.github.qmpreactive.test.profile.DeviceBus;
import io.github.qmpreactive.test.profile.DeviceDriver;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** How devices come and go. Changed on the fakes' event loop. */
public final class Devices {

    /** What ACPI calls what a guest was asked for, and how it went. */
    private static final int PLUG = 1;

    private static final int EJECT = 3;
    private static final int SUCCESS = 0;
    private static final int BUSY = 0x82;
    private static final int IN_PROGRESS = 0x84;

    /** So long after QEMU has removed a device its memory is freed, and its event comes: in QEMU 7.2 and 10.0, and in 11.1. */
    private static final Duration FREEING = Duration.ofMillis(50);

    private static final Duration FREEING_FROM_11 = Duration.ofMillis(1);

    private final Monitors monitors;
    private final QemuProfile profile;
    private final VmSettings settings;
    private final Peripherals peripherals;
    private final Buses buses;
    private final Backends backends;
    private final PropertyCheck properties;
    private final Drives drives;
    private final MemoryModules modules;
    private final Processors processors;
    private final Machine machine;
    private final GuestWork guest;
    private final Duration freeing;

    /** Those that are not found any more, and use their backends until QEMU reports that they are gone. */
    private final Set<Device> leaving = new LinkedHashSet<>();

    /** Those that the guest is to release, and whether QEMU refuses to ask it again. */
    private final Map<Device, Boolean> pending = new LinkedHashMap<>();

    Devices(VmSettings settings, Monitors monitors, Machine machine) {
        this.settings = settings;
        this.profile = settings.profile;
        this.peripherals = new Peripherals();
        this.buses = new Buses(profile.buses(settings.machine), peripherals::all);
        this.backends = new Backends(settings.backends, profile.version().isAtLeast(11, 0), () -> present()
                .map(Device::uses));
        this.drives =
                new Drives(backends.nodes(), this::present, profile.version().isAtLeast(10, 0));
        this.modules = new MemoryModules(settings, backends, peripherals::all);
        this.processors = new Processors(settings, peripherals::all);
        this.properties = new PropertyCheck(profile, backends, this::typeOf);
        this.monitors = monitors;
        this.machine = machine;
        this.guest = machine.guestWork();
        this.freeing = profile.version().isAtLeast(11, 0) ? FREEING_FROM_11 : FREEING;
        machine.onReset(this::onReset);
        machine.onGone(leaving::clear);
        settings.devices.forEach((id, driver) -> peripherals.addFirst(id, driver, buses.first(driver)));
    }

    private Stream<Device> present() {
        return Stream.concat(peripherals.all().stream(), leaving.stream());
    }

    MemoryModules modules() {
        return modules;
    }

    Processors processors() {
        return processors;
    }

    Backends backends() {
        return backends;
    }

    /** The type of an object or a device; null if there is none of this id. */
    private @Nullable String typeOf(String id) {
        String type = backends.typeOf(id);
        return type != null
                ? type
                : peripherals.withId(id).map(device -> device.driver().name()).orElse(null);
    }

    /** The drivers of those with an id, by id, in the order in which they came. */
    public Map<String, String> drivers() {
        Map<String, String> drivers = new LinkedHashMap<>();
        peripherals.all().stream()
                .filter(Device::isNamed)
                .forEach(device -> drivers.put(device.id(), device.driver().name()));
        return drivers;
    }

    void add(JsonNode arguments) {
        DeviceOptions options = DeviceOptions.of(arguments, profile.traits().deviceAddIsTyped());
        String id = options.id();
        boolean typed = profile.traits().deviceAddIsTyped();
        if (!typed) {
            checkId(id);
        }
        if (!options.has("driver")) {
            throw QmpRefusal.generic("Parameter 'driver' is missing");
        }
        String name = options.get("driver", "");
        DeviceDriver driver = settings.driver(name).orElseThrow(() -> Processors.unknown(name));
        String slotType = VmSettings.slotTypeOf(driver);
        if (driver.isOther() && slotType.isEmpty()) {
            throw QmpRefusal.generic(
                    "FakeVm has no such devices: stub device_add for " + driver.name() + ", or try it with real QEMU");
        }
        DeviceBus bus = buses.find(driver, options.bus());
        refuse(driver, refusal -> !refusal.startsWith("Bus '") && !refusal.startsWith("No '"));
        Buses.requireHotplug(bus);
        machine.requireNotMigrating("device_add");
        if (typed) {
            checkId(id);
        }
        Supplier<Set<String>> check =
                switch (slotType) {
                    case VmSettings.DIMM -> () -> modules.check(options);
                    case VmSettings.CPU -> Set::of;
                    default -> () -> check(driver, arguments);
                };
        Device device = peripherals.make(
                driver,
                bus,
                options,
                check,
                () -> slotType.equals(VmSettings.DIMM) ? modules.freeSlot() : processors.check(options));
        drives.requireFree(device);
        peripherals.enter(device);
        if (!slotType.isEmpty()) {
            guest.after(settings.guest.release() == null ? null : Duration.ZERO, () -> tell(device, PLUG, SUCCESS));
        }
    }

    private Set<String> check(DeviceDriver driver, JsonNode arguments) {
        Set<String> uses = properties.check(driver, arguments);
        drives.drain(uses);
        return uses;
    }

    private static void refuse(DeviceDriver driver, Predicate<String> when) {
        driver.refusal().filter(when).ifPresent(refusal -> {
            throw QmpRefusal.generic(refusal);
        });
    }

    private void checkId(@Nullable String id) {
        String refusal = profile.traits().deviceIdRefusal();
        if (id != null && !VmSettings.isId(id) && !refusal.isEmpty()) {
            throw QmpRefusal.generic(refusal.replace("{id}", id));
        }
    }

    void remove(String idOrPath) {
        Device device = peripherals.at(idOrPath);
        Buses.requireHotplug(device.bus());
        if (device.driver()
                .refusal()
                .filter(refusal -> !refusal.startsWith("No '"))
                .isPresent()) {
            throw QmpRefusal.generic("Device '" + device.driver().name() + "' does not support hotplugging");
        }
        machine.requireNotMigrating("device_del");
        requireSetUp(device);
        boolean isInSlot = !device.slotType().isEmpty();
        if (!device.driver().isPci() && !isInSlot) {
            leave(device);
            return;
        }
        if (pending.getOrDefault(device, false)) {
            throw QmpRefusal.generic("Device " + idOrPath + " is already in the process of unplug");
        }
        // QEMU notes the guest's clock at a request; 0, that of a machine that has not run yet, bars every other
        // request.
        pending.put(device, !isInSlot && !machine.hasRun());
        guest.after(settings.guest.release(), () -> {
            if (settings.guest.refusesUnplug()) {
                refuse(device);
            } else {
                release(device);
            }
        });
    }

    /** Before QEMU 11 the registers of processors are those of old machines until an operating system has switched them. */
    private void requireSetUp(Device device) {
        boolean isSetUp = machine.hasRun() || profile.version().isAtLeast(11, 0);
        if (device.slotType().equals(VmSettings.CPU) && !isSetUp) {
            throw QmpRefusal.generic("acpi: device unplug request for not supported device type: "
                    + device.driver().name());
        }
    }

    private Device pending(String id) {
        return peripherals
                .withId(id)
                .filter(pending::containsKey)
                .orElseThrow(
                        () -> new IllegalArgumentException("No device_del has requested the removal of '" + id + "'"));
    }

    /**
     * The guest releases a device.
     *
     * @throws IllegalArgumentException if there is no such device, or its removal was not requested
     */
    public void release(String id) {
        release(pending(id));
    }

    /**
     * The guest refuses to release a device.
     *
     * @throws IllegalArgumentException if there is no such device, or its removal was not requested
     */
    public void refuse(String id) {
        refuse(pending(id));
    }

    /** The guest lets go of a device, if that was requested. */
    void release(Device device) {
        if (device.slotType().isEmpty()) {
            leaveIfPending(device);
        } else if (pending.containsKey(device)) {
            tell(device, EJECT, IN_PROGRESS);
            forget(device).forEach(this::report);
            tell(device, EJECT, SUCCESS);
        }
    }

    /** The guest refuses to let go of a device that {@code device_del} wants removed, which can ask again. */
    void refuse(Device device) {
        if (pending.remove(device) == null) {
            return;
        }
        tell(device, EJECT, IN_PROGRESS);
        tell(device, EJECT, BUSY);
        if (device.slotType().isEmpty()) {
            ObjectNode data = path(device.path());
            monitors.emit("DEVICE_UNPLUG_GUEST_ERROR", device.isNamed() ? data.put("device", device.id()) : data);
        }
    }

    /** The guest tells of a slot by ACPI; of a device while there is one. */
    private void tell(Device device, int source, int status) {
        if (device.slotType().isEmpty()) {
            return;
        }
        ObjectNode info = JsonNodeFactory.instance.objectNode();
        if (device.isNamed() && peripherals.all().contains(device)) {
            info.put("device", device.id());
        }
        info.put("source", source)
                .put("status", status)
                .put("slot", String.valueOf(device.slot()))
                .put("slot-type", device.slotType());
        monitors.emit("ACPI_DEVICE_OST", JsonNodeFactory.instance.objectNode().set("info", info));
    }

    /** What the guest was asked for is gone when it begins anew, bus by bus; what is in a slot of ACPI's stays. */
    private void onReset() {
        pending.keySet().removeIf(device -> !device.slotType().isEmpty());
        pending.keySet().stream()
                .sorted(Comparator.comparingInt(Device::slot))
                .toList()
                .forEach(this::leaveIfPending);
    }

    @Nullable
    JsonNode list(String path) {
        return peripherals.list(path);
    }

    /** One that was on a controller has gone with that. */
    private void leaveIfPending(Device device) {
        if (pending.containsKey(device)) {
            leave(device);
        }
    }

    private void leave(Device device) {
        List<Device> gone = forget(device);
        leaving.addAll(gone);
        FakeLoop.later(freeing, () -> gone.stream().filter(leaving::remove).forEach(this::report));
    }

    /** What is on its buses goes with it, and before it: the newest first. */
    private List<Device> forget(Device device) {
        List<Device> gone = new ArrayList<>();
        buses.below(device).forEach(other -> gone.addAll(0, forget(other)));
        gone.add(device);
        pending.remove(device);
        peripherals.remove(device);
        return gone;
    }

    private void report(Device device) {
        if (device.driver().isSilent()) {
            return;
        }
        drives.drain(device.uses());
        device.parts().forEach(part -> monitors.emit("DEVICE_DELETED", path(part)));
        if (device.slotType().equals(VmSettings.CPU)) {
            return;
        }
        ObjectNode data = path(device.path());
        monitors.emit("DEVICE_DELETED", device.isNamed() ? data.put("device", device.id()) : data);
    }

    private static ObjectNode path(String path) {
        return JsonNodeFactory.instance.objectNode().put("path", path);
    }
}
