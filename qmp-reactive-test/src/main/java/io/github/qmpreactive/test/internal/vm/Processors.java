package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The processors of a machine, those included that were added later: {@code -smp COUNT,maxcpus=MOST}. */
final class Processors {

    /** A thread of the process, which the fake has not got; the first of a process has its id. */
    private static final long FIRST_THREAD = 100_001;

    private static final String TYPE = "qemu64-x86_64-cpu";
    private static final String CORE = "core-id";
    private static final List<String> IDS = List.of("socket-id", CORE, "thread-id");

    private final VmSettings settings;
    private final Supplier<List<Device>> devices;

    Processors(VmSettings settings, Supplier<List<Device>> devices) {
        this.settings = settings;
        this.devices = devices;
    }

    /** Refuses a driver that the profile does not have: those of other models' processors among them. */
    static QmpRefusal unknown(String driver) {
        return QmpRefusal.generic(
                driver.endsWith("-x86_64-cpu")
                        ? "Invalid CPU type, expected cpu type: '" + TYPE + "'"
                        : "'" + driver + "' is not a valid device model name");
    }

    /**
     * Checks a new one.
     *
     * @return its number
     * @throws QmpRefusal for what QEMU refuses first
     */
    int check(DeviceOptions options) {
        Map<String, Integer> most = Map.of(CORE, settings.maxCpus - 1);
        for (String id : IDS) {
            if (!options.has(id)) {
                throw QmpRefusal.generic("CPU " + id + " is not set");
            }
            int last = most.getOrDefault(id, 0);
            String value = options.get(id, "");
            if (!value.matches("\\d{1,9}") || Integer.parseInt(value) > last) {
                throw QmpRefusal.generic("Invalid CPU " + id + ": " + value + " must be in range 0:" + last);
            }
        }
        int core = numberOf(options);
        if (pathOf(core).isPresent()) {
            throw QmpRefusal.generic("CPU[" + core + "] with APIC ID " + core + " exists");
        }
        return core;
    }

    private static int numberOf(DeviceOptions options) {
        return Integer.parseInt(options.get(CORE, "0"));
    }

    private List<Device> later() {
        return devices.get().stream()
                .filter(device -> device.slotType().equals(VmSettings.CPU))
                .toList();
    }

    private Optional<String> pathOf(int core) {
        // The local interrupt controller of the first processor comes between it and the second.
        return core < settings.cpus
                ? Optional.of("/machine/unattached/device[" + (core == 0 ? 0 : core + 1) + "]")
                : later().stream()
                        .filter(device -> device.slot() == core)
                        .map(Device::path)
                        .findFirst();
    }

    /** The reply to {@code query-cpus-fast}. */
    ArrayNode running() {
        ArrayNode cpus = JsonNodeFactory.instance.arrayNode();
        for (int core = 0; core < settings.cpus; core++) {
            add(cpus, core);
        }
        later().forEach(device -> add(cpus, device.slot()));
        return cpus;
    }

    private void add(ArrayNode cpus, int core) {
        ObjectNode cpu = cpus.addObject()
                .put("thread-id", FIRST_THREAD + core)
                .put("qom-path", pathOf(core).orElseThrow())
                .put("cpu-index", core)
                .put("target", "x86_64");
        if (settings.profile
                .schemaCheck()
                .problemOfReply("query-cpus-fast", cpus)
                .isPresent()) {
            // Since QEMU 11.
            cpu.put("qom-type", TYPE);
        }
        cpu.set("props", place(core));
    }

    private ObjectNode place(int core) {
        ObjectNode place = JsonNodeFactory.instance
                .objectNode()
                .put(CORE, core)
                .put("thread-id", 0)
                .put("socket-id", 0);
        return settings.memorySlots == 0 ? place : place.put("node-id", 0);
    }

    /** The reply to {@code query-hotpluggable-cpus}. */
    ArrayNode slots() {
        ArrayNode slots = JsonNodeFactory.instance.arrayNode();
        for (int core = settings.maxCpus - 1; core >= 0; core--) {
            ObjectNode slot = slots.addObject();
            slot.set("props", place(core));
            slot.put("vcpus-count", 1).put("type", TYPE);
            pathOf(core).ifPresent(path -> slot.put("qom-path", path));
        }
        return slots;
    }
}
