package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The memory modules of a machine, its {@code pc-dimm}s: {@code -m SIZE,slots=SLOTS,maxmem=MOST}. */
final class MemoryModules {

    private static final String BACKEND = "memdev";
    private static final Set<String> PROPERTIES = Set.of("driver", "id", "bus", BACKEND, "node");
    private static final Set<String> OTHERS = Set.of("addr", "slot", "size");

    /** Where QEMU puts the first one, and what the places of others are multiples of. */
    private static final long FIRST = 4L << 30;

    private static final long ALIGNMENT = 2L << 20;

    private final VmSettings settings;
    private final Backends backends;
    private final Supplier<List<Device>> devices;

    /** The places, by slot. */
    private final Map<Integer, Long> addresses = new HashMap<>();

    MemoryModules(VmSettings settings, Backends backends, Supplier<List<Device>> devices) {
        this.settings = settings;
        this.backends = backends;
        this.devices = devices;
    }

    /**
     * Checks a new one.
     *
     * @return the backend that it uses, as {@link VmSettings#key}
     * @throws QmpRefusal for what QEMU refuses first
     */
    Set<String> check(DeviceOptions options) {
        options.values().keySet().forEach(MemoryModules::requireKnown);
        String backend = options.get(BACKEND, "");
        if (options.has(BACKEND)) {
            requireMemory(backend);
        }
        if (settings.memorySlots == 0) {
            throw QmpRefusal.generic("no slots where allocated, please specify the 'slots' option");
        }
        if (freeSlot() == settings.memorySlots) {
            throw QmpRefusal.generic("no free slots available");
        }
        if (!options.has(BACKEND)) {
            throw QmpRefusal.generic("'memdev' property must be set");
        }
        long room = settings.maxMemory - settings.memory;
        if (plugged() + backends.sizeOf(backend) > room) {
            throw QmpRefusal.generic("not enough space, currently 0x" + Long.toHexString(plugged())
                    + " in use of total space for memory devices 0x" + Long.toHexString(room));
        }
        if (backends.isUsed("object", backend)) {
            throw QmpRefusal.generic("can't use already busy memdev: " + backend);
        }
        addresses.put(freeSlot(), freeAddress(backends.sizeOf(backend)));
        return new LinkedHashSet<>(Set.of(VmSettings.key("object", backend)));
    }

    private static void requireKnown(String property) {
        if (OTHERS.contains(property)) {
            throw QmpRefusal.generic(
                    "FakeVm has no pc-dimm with '" + property + "': QEMU chooses it, or stub device_add");
        }
        if (!PROPERTIES.contains(property)) {
            throw QmpRefusal.generic("Property 'pc-dimm." + property + "' not found");
        }
    }

    private void requireMemory(String backend) {
        String type = backends.typeOf(backend);
        if (type == null) {
            throw QmpRefusal.noDevice(backend);
        }
        if (!type.startsWith("memory-backend-")) {
            throw QmpRefusal.generic("Invalid parameter type for 'memdev', expected: memory-backend");
        }
    }

    /** The first slot that is free; how many there are if none is. */
    int freeSlot() {
        return IntStream.iterate(0, slot -> slot + 1)
                .filter(slot -> modules().noneMatch(module -> module.slot() == slot))
                .findFirst()
                .orElseThrow();
    }

    private long freeAddress(long size) {
        long address = FIRST;
        for (Device module : modules().toList()) {
            long begin = addressOf(module);
            if (address + size <= begin) {
                break;
            }
            address = (begin + sizeOf(module) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
        return address;
    }

    private long plugged() {
        return modules().mapToLong(this::sizeOf).sum();
    }

    /** Those that were added later, in the order of their addresses. */
    private Stream<Device> modules() {
        return devices.get().stream()
                .filter(device -> device.slotType().equals(VmSettings.DIMM))
                .sorted(Comparator.comparing(this::addressOf));
    }

    private long addressOf(Device module) {
        return addresses.getOrDefault(module.slot(), FIRST);
    }

    private long sizeOf(Device module) {
        return backends.sizeOf(module.options().get(BACKEND, ""));
    }

    /** The reply to {@code query-memory-size-summary}. */
    ObjectNode summary() {
        return object().put("base-memory", settings.memory).put("plugged-memory", plugged());
    }

    /** The reply to {@code query-memory-devices}. */
    ArrayNode list() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        modules().forEach(module -> {
            ObjectNode data = list.addObject().put("type", "dimm").putObject("data");
            data.put(BACKEND, "/objects/" + module.options().get(BACKEND, ""))
                    .put("hotplugged", true)
                    .put("addr", addressOf(module))
                    .put("hotpluggable", true)
                    .put("size", sizeOf(module))
                    .put("slot", module.slot())
                    .put("node", 0);
            if (module.isNamed()) {
                data.put("id", module.id());
            }
        });
        return list;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
