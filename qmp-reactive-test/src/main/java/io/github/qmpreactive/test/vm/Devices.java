package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** How devices come and go. Changed on the fakes' event loop. */
final class Devices implements MachineListener {

    private static final Pattern ID = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");

    /** For so long QEMU does not ask the guest again. */
    private static final long ASKED_MS = 5_000;

    private final Monitors monitors;
    private final Peripherals peripherals = new Peripherals();
    private final Consumer<Device> askGuest;

    /** When the guest may be asked again to release it, by the clock of delays. */
    private final Map<Device, Long> pending = new LinkedHashMap<>();

    Devices(Monitors monitors, Map<String, Driver> first, Consumer<Device> askGuest) {
        this.monitors = monitors;
        this.askGuest = askGuest;
        first.forEach(peripherals::addFirst);
    }

    List<Device> all() {
        return peripherals.all();
    }

    static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    void add(JsonNode arguments) {
        JsonNode givenId = arguments.path("id");
        String id = givenId.isString() ? givenId.stringValue() : null;
        if (id != null && !isId(id)) {
            throw QmpRefusal.generic("Parameter 'id' expects an identifier");
        }
        DeviceOptions options = DeviceOptions.of(arguments);
        if (!options.has("driver")) {
            throw QmpRefusal.generic("Parameter 'driver' is missing");
        }
        String name = options.get("driver", "");
        Driver driver = Drivers.find(name);
        if (driver == null) {
            throw QmpRefusal.generic("'" + name + "' is not a valid device model name");
        }
        String refusal = driver.refusal();
        if (refusal != null) {
            throw QmpRefusal.generic(refusal);
        }
        peripherals.add(id, driver, options);
    }

    void remove(String idOrPath) {
        Device device = peripherals.at(idOrPath);
        String refusal = device.driver().stays();
        if (refusal != null) {
            throw QmpRefusal.generic(refusal);
        }
        if (!device.driver().isPci()) {
            FakeLoop.later(() -> report(device));
            forget(device);
            return;
        }
        long now = Schedulers.parallel().now(TimeUnit.MILLISECONDS);
        if (now < pending.getOrDefault(device, now)) {
            throw QmpRefusal.generic("Device " + idOrPath + " is already in the process of unplug");
        }
        pending.put(device, now + ASKED_MS);
        askGuest.accept(device);
    }

    /** The device of this id, if somebody wants it removed. */
    @Nullable
    Device pending(String id) {
        return peripherals.withId(id).filter(pending::containsKey).orElse(null);
    }

    /** The guest lets go of a device, if somebody wants it to. */
    void release(Device device) {
        if (pending.containsKey(device)) {
            forget(device);
            report(device);
        }
    }

    /** What the guest was asked for is gone when it begins anew, slot by slot. */
    @Override
    public void onReset() {
        pending.keySet().stream()
                .sorted(Comparator.comparingInt(Device::slot))
                .toList()
                .forEach(device -> {
                    forget(device);
                    FakeLoop.later(() -> report(device));
                });
    }

    @Nullable
    JsonNode list(String path) {
        return peripherals.list(path);
    }

    private void forget(Device device) {
        pending.remove(device);
        peripherals.remove(device);
    }

    private void report(Device device) {
        if (device.driver().isSilent()) {
            return;
        }
        device.parts().forEach(part -> monitors.emit("DEVICE_DELETED", path(part)));
        ObjectNode data = path(device.path());
        monitors.emit("DEVICE_DELETED", device.isNamed() ? data.put("device", device.id()) : data);
    }

    private static ObjectNode path(String path) {
        return JsonNodeFactory.instance.objectNode().put("path", path);
    }
}
